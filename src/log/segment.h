#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "cairn/record.h"
#include "cairn/status.h"

namespace cairn {

/// A line of the log and what keeps its bytes in place.
struct PinnedLine {
  std::string_view line;  ///< Without its newline; 64 bytes behind it are readable.
  std::shared_ptr<const void> pin;
};

/// Where a line stands in its segment, in uncompressed bytes. Stays true when the segment is sealed.
struct Location {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;  ///< Without the newline; 0: there is no such line (its batch was damaged).
};

/// A stretch of the log: the records `first` to `last`. Either a file of JSON lines or a sealed one.
class Segment {
 public:
  explicit Segment(Seq first) : first_(first) {}
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  virtual ~Segment() = default;

  [[nodiscard]] Seq first() const { return first_; }
  [[nodiscard]] virtual bool sealed() const = 0;
  /// The line at an offset where one begins.
  /// Returns DATA_LOSS where the bytes there are damaged.
  virtual Result<PinnedLine> Line(Location location) const = 0;
  /// As `Mapping::Release`, of all its files.
  virtual void Release() const = 0;

 private:
  Seq first_;
};

/// The largest a segment may grow: offsets are 32 bits, with room for the largest record behind the limit.
inline constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{2} << 30;
inline constexpr std::uint64_t kSegmentMapBytes = std::uint64_t{4} << 30;

/// A segment of JSON lines. The file may grow; its locations are kept here by whoever folds the log, who guards them.
class OpenSegment : public Segment {
 public:
  static Result<std::shared_ptr<OpenSegment>> Open(FileSystem& files, const std::string& path, Seq first);

  [[nodiscard]] bool sealed() const override { return false; }
  Result<PinnedLine> Line(Location location) const override;
  void Release() const override { map_->Release(); }

  /// The first `bytes` of the file, which the caller knows to be there.
  [[nodiscard]] std::string_view Bytes(std::uint64_t bytes) const { return {map_->data(), bytes}; }
  /// What keeps the bytes in place.
  [[nodiscard]] const std::shared_ptr<Mapping>& pin() const { return map_; }
  /// The line at a location whose length is known, while this object lives.
  [[nodiscard]] std::string_view BytesAt(Location location) const {
    return {map_->data() + location.offset, location.length};
  }
  /// How long the file is now, also after it was sealed and removed.
  [[nodiscard]] Result<std::uint64_t> FileBytes() const { return map_->FileBytes(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  void AddLocation(Seq seq, Location location);
  [[nodiscard]] const std::vector<Location>& locations() const { return locations_; }

 private:
  OpenSegment(std::string path, Seq first, std::shared_ptr<Mapping> map)
      : Segment(first), path_(std::move(path)), map_(std::move(map)), data_(map_->data()) {}

  std::string path_;
  std::shared_ptr<Mapping> map_;
  const char* data_;
  std::vector<Location> locations_;
};

/// `00000000000000000001`: how a segment's files begin, after its first sequence number.
std::string SegmentName(Seq first);
/// The other way round; 0 where `name` does not begin so.
Seq SegmentFirst(std::string_view name);

inline constexpr std::string_view kOpenSuffix = ".jsonl";
inline constexpr std::string_view kSealedSuffix = ".jsonl.zst";
inline constexpr std::string_view kIndexSuffix = ".idx";

struct SegmentFile {
  Seq first;
  bool open = false;  ///< Its lines stand; else it is sealed.
};

/// The segments in a log's folder, in order. Returns NOT_FOUND where there is no such folder.
Result<std::vector<SegmentFile>> ListSegments(FileSystem& files, const std::string& log_dir);

}  // namespace cairn
