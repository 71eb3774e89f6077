#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "log/index_reader.h"

namespace cairn {

// Kept lines, `.lines`: little-endian, mapped as it stands; `docs/format.md` has the layout.

inline constexpr char kLinesMagic[8] = {'C', 'A', 'I', 'R', 'N', 'L', 'I', 'N'};
inline constexpr std::uint32_t kLinesVersion = 1;

struct KeptLinesHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t last_crc;  ///< Of the segment's last commit, which goes on from all before it.
  std::uint64_t first_seq;
  std::uint64_t index_hash;  ///< `IndexHeader::body_hash`: the lines stand against the order of that index's postings.
  std::uint32_t records;
  std::uint32_t postings;
  std::uint64_t line_bytes;
  std::uint64_t places_hash;  ///< XXH3-64 of the places behind the header.
  std::uint64_t header_hash;  ///< XXH3-64 of the header before this field.
};

/// Where a line stands among the kept ones; without what is between it and the next. No line: 0 bytes.
struct KeptPlace {
  std::uint32_t offset = 0;
  std::uint32_t bytes = 0;  ///< With `kOwnJson` where the line is what leaves over HTTP (`IsOwnJson`).
  static constexpr std::uint32_t kOwnJson = 0x80000000;
};

struct KeptLine {
  std::string_view text;
  bool is_own_json = false;
};

/// What stands behind each line: so that those of a series are the elements of a JSON array as they stand.
inline constexpr std::string_view kBetweenLines = ",\n";

inline constexpr std::string_view kKeptSuffix = ".lines";

/// The lines of a sealed segment once more, uncompressed, for reading: those of a series side by side, the newest
/// first, as they are mostly asked for, so that a history is a few stretches of memory and not as many places as it has
/// facts. Disposable: whoever removes them costs readers time and nothing else. Any thread may call it.
class KeptLines {
 public:
  /// In `views/`, beside the log's folder.
  static std::string Path(const std::string& log_dir, Seq first);

  /// Writes those of a segment whose lines are `lines`, a `Mapping`'s, and which `index` is of, as a file of
  /// `bytes_max` at the most: synced, then renamed into place. Takes `kWindowBytes` of memory, or a 64th of the lines
  /// if that is more, and 12 bytes a record. Whoever needs its space meanwhile removes the temporary file, which ends
  /// this. Returns CANCELLED where `cancel` (may be null) was set, RESOURCE_EXHAUSTED on a full disk or where it would
  /// be longer, UNAVAILABLE where it was removed; then nothing is left.
  static Status Write(FileSystem& files, const std::string& log_dir, const IndexReader& index, std::string_view lines,
                      std::uint64_t bytes_max, const std::atomic<bool>* cancel);
  static constexpr std::uint64_t kWindowBytes = std::uint64_t{8} << 20;

  /// Null where there are none, or they are of another segment or version, or cut.
  static std::shared_ptr<const KeptLines> Open(FileSystem& files, const std::string& log_dir, const IndexReader& index);

  /// Reads all places against their checksum, once: whether they are sound. Some milliseconds for a segment, and not
  /// for each process that asks one question. Until then who asks for a line looks whether it is the one.
  bool Verify() const;
  [[nodiscard]] bool is_verified() const { return is_verified_.load(std::memory_order_relaxed); }

  /// The line of a record, counted from 0 in the segment, or of a posting, counted from 0 in its index. Empty where
  /// there is none. As in an unsealed segment, nothing holds the lines themselves against a checksum but `verify`.
  [[nodiscard]] KeptLine OfRecord(std::uint32_t record) const { return At(records_, record); }
  [[nodiscard]] KeptLine OfPosting(std::uint32_t posting) const { return At(postings_, posting); }
  /// Has fetched into the processor's cache where the lines of so many postings stand, the first being that one.
  void FetchPlaces(std::uint32_t first, std::size_t count) const;

  /// Whether the file is in its folder and as long as it was. Who cuts it leaves nothing that could be read.
  [[nodiscard]] bool Stands() const;
  [[nodiscard]] std::uint64_t file_bytes() const { return map_->size(); }
  void Release() const { map_->Release(); }

 private:
  KeptLines() = default;
  [[nodiscard]] KeptLine At(std::span<const KeptPlace> places, std::uint32_t number) const {
    if (number >= places.size()) return {};
    const KeptPlace place = places[number];
    const std::uint32_t bytes = place.bytes & ~KeptPlace::kOwnJson;
    if (std::uint64_t{place.offset} + bytes > lines_.size()) return {};
    return {{lines_.data() + place.offset, bytes}, bytes != place.bytes};
  }

  std::unique_ptr<Mapping> map_;
  std::span<const KeptPlace> records_;
  std::span<const KeptPlace> postings_;
  std::string_view lines_;
  std::uint64_t places_hash_ = 0;
  mutable std::atomic<bool> is_verified_ = false;
};

}  // namespace cairn
