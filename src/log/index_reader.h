#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/file_system.h"
#include "log/index_format.h"

namespace cairn {

/// Reads a mapped `.idx`. Any thread may call it. Every access is bounded, so that damage which the header's checksum
/// does not see gives a wrong line, which its reader notices, and never a fault.
class IndexReader {
 public:
  /// Returns DATA_LOSS where the header is damaged, FAILED_PRECONDITION where a newer version wrote it.
  static Result<std::shared_ptr<IndexReader>> Open(FileSystem& files, const std::string& path);

  [[nodiscard]] const IndexHeader& header() const { return *header_; }
  [[nodiscard]] std::uint32_t records() const { return header_->records; }
  [[nodiscard]] std::uint64_t file_bytes() const { return map_->size(); }
  /// As `Mapping::Release`.
  void Release() const { map_->Release(); }

  /// Reads the whole file against its checksum.
  [[nodiscard]] Status Verify() const;

  struct Postings {
    std::span<const std::int64_t> times;
    std::span<const std::uint32_t> records;
    std::span<const std::uint32_t> facets;  ///< Empty: all whole records.
    std::uint32_t first = 0;                ///< The number of the first among all of the index.
    [[nodiscard]] std::uint32_t facet(std::size_t i) const { return facets.empty() ? Fact::kWholeRecord : facets[i]; }
  };
  [[nodiscard]] Postings FindSeries(std::string_view key) const { return SeriesSearch(*this, KeyHash(key)).Find(key); }
  /// Those of all series, one behind the other.
  [[nodiscard]] Postings AllPostings() const { return {times_, posting_records_, posting_facets_, 0}; }

  /// Looks a series up in steps, each of which has fetched from memory what the next one reads: whoever looks in many
  /// indexes takes each step in all of them before the next, and waits once instead of once for each.
  class SeriesSearch {
   public:
    SeriesSearch(const IndexReader& index, std::uint64_t hash);
    void Nearer();
    void Near();
    /// Does the steps that were not taken.
    Postings Find(std::string_view key);

   private:
    void Guess(std::size_t at);

    const IndexReader* index_;
    std::uint64_t hash_;
    std::size_t at_ = 0;     // Where the entry stands, or about there.
    bool is_found_ = false;  // It is the first that is not before the hash.
  };
  [[nodiscard]] std::span<const std::uint32_t> FindRun(std::string_view key) const;

  [[nodiscard]] std::optional<std::uint32_t> LineOffset(std::uint32_t record) const;

  /// Records that may have this fingerprint: whoever asks compares the bytes.
  template <typename Visitor>
  void VisitFingerprint(std::uint64_t print, Visitor&& visit) const {
    const auto [begin, end] = Bucket(print);
    for (std::uint32_t i = begin; i < end; ++i) {
      if (prints_[i].tag == static_cast<std::uint32_t>(print)) visit(prints_[i].record);
    }
  }

 private:
  IndexReader() = default;
  Status Load(const std::string& path);
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> Bucket(std::uint64_t print) const;
  // The entry of a key among those of its hash, the first of which stands there.
  [[nodiscard]] const IndexSeries* FindFrom(std::span<const IndexSeries> table, std::size_t at, std::uint64_t hash,
                                            std::string_view key) const;
  template <typename T>
  std::span<const T> Section(std::uint64_t at, std::uint64_t count) const;

  std::string path_;
  std::unique_ptr<Mapping> map_;
  const IndexHeader* header_ = nullptr;
  std::span<const std::uint32_t> lines_;
  std::span<const IndexSeries> series_;
  std::span<const std::int64_t> times_;
  std::span<const std::uint32_t> posting_records_;
  std::span<const std::uint32_t> posting_facets_;
  std::span<const IndexRun> runs_;
  std::span<const std::uint32_t> run_records_;
  std::span<const std::uint32_t> buckets_;
  std::span<const IndexPrint> prints_;
  std::string_view strings_;
};

}  // namespace cairn
