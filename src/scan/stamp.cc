#include "scan/stamp.h"

#include <fmt/format.h>

#include <algorithm>

#include "cairn/time.h"

namespace cairn {
namespace {

std::int64_t Nanoseconds(const struct statx_timestamp& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp StampOf(const struct statx& seen, std::uint64_t root_device) {
  FileStamp stamp;
  stamp.size = seen.stx_size;
  stamp.mtime_ns = Nanoseconds(seen.stx_mtime);
  stamp.ctime_ns = Nanoseconds(seen.stx_ctime);
  stamp.inode = seen.stx_ino;
  const std::uint64_t device = DeviceOf(seen);
  stamp.device = device == root_device ? 0 : device;
  return stamp;
}

std::string StampDifference(const FileStamp& before, const FileStamp& now) {
  std::string out;
  const auto add = [&out](std::string_view text) {
    if (!out.empty()) out += ", ";
    out += text;
  };
  if (before.size != now.size) add(fmt::format("size {} to {}", before.size, now.size));
  const auto time = [&](std::string_view what, std::int64_t old_ns, std::int64_t new_ns) {
    if (old_ns != new_ns) add(fmt::format("{} {} to {}", what, FormatTimestamp({old_ns}), FormatTimestamp({new_ns})));
  };
  time("mtime", before.mtime_ns, now.mtime_ns);
  time("ctime", before.ctime_ns, now.ctime_ns);
  if (before.inode != now.inode) add("another inode");
  if (before.device != now.device) add("another device");
  return out;
}

bool IsRacy(const FileStamp& stamp, std::int64_t read_ns) {
  return std::max(stamp.mtime_ns, stamp.ctime_ns) >= read_ns - kRacyNs;
}

}  // namespace cairn
