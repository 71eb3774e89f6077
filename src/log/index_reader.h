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
    [[nodiscard]] std::uint32_t facet(std::size_t i) const { return facets.empty() ? Fact::kWholeRecord : facets[i]; }
  };
  [[nodiscard]] Postings FindSeries(std::string_view key) const;
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
  [[nodiscard]] const IndexSeries* Find(std::span<const IndexSeries> table, std::string_view key) const;
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
