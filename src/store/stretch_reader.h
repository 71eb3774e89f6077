#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/file_system.h"
#include "log/segment.h"

namespace cairn {

/// Reads the lines of a segment in their order through mappings of its own, which last for a stretch each: what is read
/// once does not stay in memory. One thread; neither file system nor segment may go before it.
class StretchReader {
 public:
  StretchReader(FileSystem& files, const OpenSegment& segment) : files_(files), segment_(segment) {}

  /// Valid until the next call.
  std::string_view At(Location location) {
    const std::uint64_t end = std::uint64_t{location.offset} + location.length;
    if (end > until_) {
      map_.reset();
      until_ = end + kStretchBytes;
      if (auto map = files_.Map(segment_.path(), kSegmentMapBytes)) map_ = std::move(*map);
    }
    // It may have been sealed, and is gone from its folder; the segment's own mapping stays.
    if (map_ == nullptr) return segment_.BytesAt(location);
    return {map_->data() + location.offset, location.length};
  }

 private:
  static constexpr std::uint64_t kStretchBytes = std::uint64_t{16} << 20;

  FileSystem& files_;
  const OpenSegment& segment_;
  std::unique_ptr<Mapping> map_;
  std::uint64_t until_ = 0;
};

}  // namespace cairn
