#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"

namespace cairn {

/// Records that wait on disk, in their order: a folder of segments, docs/client.md has their form. One holder at a
/// time; one thread at a time. After a crash everything stands that `Append` returned ok for.
class Spill {
 public:
  struct Options {
    std::uint64_t bytes_max = std::uint64_t{1} << 30;  ///< Of all segments, with what frames the records.
    std::uint64_t segment_bytes = std::uint64_t{16} << 20;
  };

  /// Makes the folder where there is none. Returns UNAVAILABLE where somebody else holds it, or it cannot be used.
  static Result<std::unique_ptr<Spill>> Open(FileSystem& files, const std::string& folder, const Options& options);

  /// Returns RESOURCE_EXHAUSTED where they would be too much or the disk is full, UNAVAILABLE where they cannot be
  /// written; nothing of them stands then.
  Status Append(std::span<const std::string> records);

  /// Whether they are within its bound, in a segment of their own.
  [[nodiscard]] bool Fits(std::span<const std::string> records) const;
  [[nodiscard]] bool empty() const { return segments_.empty(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// The records of the oldest segment, which takes no more. A torn tail is left out and put to `torn/`; what is
  /// damaged before the end is put to `damaged/`. Returns UNAVAILABLE where it cannot be read.
  Result<std::vector<std::string>> ReadOldest();
  /// Removes it.
  Status DropOldest();

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
  };
  Spill(FileSystem& files, std::string folder, const Options& options)
      : files_(files), folder_(std::move(folder)), options_(options) {}
  Status Begin();
  [[nodiscard]] std::string PathOf(std::uint64_t number) const;

  FileSystem& files_;
  const std::string folder_;
  const Options options_;
  std::unique_ptr<FileLock> lock_;
  std::deque<Segment> segments_;
  std::unique_ptr<AppendFile> active_;  // Of the last segment; null: the next record begins one.
  std::uint64_t bytes_ = 0;
  std::uint64_t next_ = 1;
};

}  // namespace cairn
