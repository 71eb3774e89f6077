#include "scan/folder_reader.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace cairn {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{64} << 10;  // Asked for at once.
constexpr std::size_t kBatchBytesMin = kBatchBytes / 2;
constexpr unsigned kAsked = STATX_TYPE | STATX_SIZE | STATX_MTIME | STATX_CTIME | STATX_INO | STATX_BTIME;

// As the kernel writes it (getdents(2)).
struct RawEntry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t bytes;
  std::uint8_t type;
  char name[1];  // As long as it is.
};

void MakeRoom(Listing& listing, std::size_t used) {
  const std::size_t room = used + std::max(used, kBatchBytes);
  auto bytes = std::make_unique_for_overwrite<char[]>(room);
  if (used != 0) std::memcpy(bytes.get(), listing.bytes.get(), used);
  listing.bytes = std::move(bytes);
  listing.room = room;
}

bool IsDots(const char* name) { return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)); }

FileKind KindOf(std::uint16_t mode) {
  if (S_ISREG(mode)) return FileKind::kFile;
  if (S_ISDIR(mode)) return FileKind::kFolder;
  return S_ISLNK(mode) ? FileKind::kLink : FileKind::kOther;
}

}  // namespace

int OpenPath(const std::string& path, int flags) {
  if (path.size() < PATH_MAX) return ::open(path.c_str(), flags);
  // Longer than a call takes: by pieces, each from the one before.
  int at = AT_FDCWD;
  std::size_t from = 0;
  while (path.size() - from >= PATH_MAX) {
    const std::size_t slash = path.rfind('/', from + PATH_MAX - 2);
    if (slash == std::string::npos || slash <= from) {
      if (at != AT_FDCWD) ::close(at);
      errno = ENAMETOOLONG;
      return -1;
    }
    const int next = ::openat(at, path.substr(from, slash - from).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at != AT_FDCWD) ::close(at);
    if (next < 0) return -1;
    at = next;
    from = slash + 1;
  }
  const int fd = ::openat(at, path.c_str() + from, flags);
  const int error = errno;
  if (at != AT_FDCWD) ::close(at);
  errno = error;
  return fd;
}

bool LookAt(int folder_fd, const char* name, std::uint64_t root_device, LinkPolicy links, Listed& out) {
  struct statx seen {};
  if (::statx(folder_fd, name, AT_SYMLINK_NOFOLLOW, kAsked, &seen) != 0) return false;
  // A link that points nowhere stays a link.
  if (S_ISLNK(seen.stx_mode) && links == LinkPolicy::kFollow) {
    struct statx target {};
    if (::statx(folder_fd, name, 0, kAsked, &target) == 0) seen = target;
  }
  out.kind = KindOf(seen.stx_mode);
  out.stamp = StampOf(seen, root_device);
  out.born_ns = (seen.stx_mask & STATX_BTIME) == 0
                    ? 0
                    : std::int64_t{seen.stx_btime.tv_sec} * 1'000'000'000 + seen.stx_btime.tv_nsec;
  return true;
}

Status ReadFolder(int fd, std::uint64_t root_device, LinkPolicy links, Listing& listing) {
  listing.entries.clear();
  listing.unseen.clear();
  std::size_t used = 0;
  for (;;) {
    if (listing.bytes == nullptr || listing.room - used < kBatchBytesMin) MakeRoom(listing, used);
    const long got = ::syscall(SYS_getdents64, fd, listing.bytes.get() + used, listing.room - used);
    if (got < 0) return {StatusCode::kUnavailable, std::strerror(errno)};
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  for (std::size_t at = 0; at < used;) {
    const auto* raw = reinterpret_cast<const RawEntry*>(listing.bytes.get() + at);
    at += raw->bytes;
    if (IsDots(raw->name)) continue;
    Listed entry;
    if (LookAt(fd, raw->name, root_device, links, entry)) {
      entry.name = raw->name;
      listing.entries.push_back(entry);
    } else if (errno == EACCES || errno == EPERM) {
      return {StatusCode::kUnavailable, std::strerror(errno)};  // Its rights let one list it, and no more.
    } else if (errno != ENOENT) {
      listing.unseen.emplace_back(raw->name);
      listing.unseen_error = errno;
    }
  }
  std::sort(listing.unseen.begin(), listing.unseen.end());
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const Listed& a, const Listed& b) { return a.name < b.name; });
  // A folder that is renamed in while it is read may be listed twice.
  const auto end = std::unique(listing.entries.begin(), listing.entries.end(),
                               [](const Listed& a, const Listed& b) { return a.name == b.name; });
  listing.entries.erase(end, listing.entries.end());
  return Status::Ok();
}

}  // namespace cairn
