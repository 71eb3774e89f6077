#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace cairn {

/// What tells, without reading it, that a file changed. The time of change (ctime) cannot be set back, so that a
/// restored mtime shows. The device is 0 where it is that of the scan's root: a tree mounted again elsewhere is the
/// same.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

FileStamp StampOf(const struct statx& seen, std::uint64_t root_device);

/// Device numbers in one.
inline std::uint64_t DeviceOf(const struct statx& seen) {
  return (std::uint64_t{seen.stx_dev_major} << 32) | seen.stx_dev_minor;
}

/// What differs, for a person: "size 10 to 12, mtime ... to ...". Empty where nothing does.
std::string StampDifference(const FileStamp& before, const FileStamp& now);

/// Whether the stamp says enough. A page written through a mapping may change up to 35 s (the kernel's writeback)
/// after the time of the file was last set; and a file changed within the step of the clock after it was read keeps its
/// time. So a file that was changed less than 35 s before it was read at `read_ns`, or in the future, is read again.
bool IsRacy(const FileStamp& stamp, std::int64_t read_ns);
inline constexpr std::int64_t kRacyNs = std::int64_t{35} * 1'000'000'000;

}  // namespace cairn
