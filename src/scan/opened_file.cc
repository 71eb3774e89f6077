#include "scan/opened_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cairn {

OpenedFile OpenedFile::Open(const std::string& path, LinkPolicy links) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (links == LinkPolicy::kFollow ? 0 : O_NOFOLLOW);
  // Reading for metadata is no use of the file; only its owner may say so.
  OpenedFile opened;
  opened.fd_ = OpenPath(path, flags | O_NOATIME);
  if (opened.fd_ < 0 && errno == EPERM) opened.fd_ = OpenPath(path, flags);
  if (opened.fd_ < 0) opened.error_ = errno;
  return opened;
}

OpenedFile::~OpenedFile() {
  if (fd_ >= 0) ::close(fd_);
}

bool OpenedFile::Look(FileStamp& stamp) const {
  struct statx seen {};
  constexpr unsigned kAsked = STATX_TYPE | STATX_SIZE | STATX_MTIME | STATX_CTIME | STATX_INO;
  if (::statx(fd_, "", AT_EMPTY_PATH, kAsked, &seen) != 0 || !S_ISREG(seen.stx_mode)) return false;
  // The walk said what device it is; another one now would be a mount in between, which the inode tells.
  const std::uint64_t device = stamp.device;
  stamp = StampOf(seen, DeviceOf(seen));
  stamp.device = device;
  return true;
}

Status OpenFailure(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return {StatusCode::kPermissionDenied, std::strerror(error)};
    case EIO:
    case ESTALE:
    case ETIMEDOUT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return {StatusCode::kUnavailable, std::strerror(error)};
    default:
      return {StatusCode::kFailedPrecondition, std::strerror(error)};
  }
}

}  // namespace cairn
