#include "service/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "service/unpack_source.h"

namespace cairn {
namespace {

// A file, a pipe or a terminal, with the first bytes looked at before they are read.
class FileSource : public ByteSource {
 public:
  explicit FileSource(int fd) : fd_(fd) {}
  ~FileSource() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }

  Result<std::size_t> Read(char* out, std::size_t size) override {
    if (!head_.empty()) {
      const std::size_t given = std::min(size, head_.size());
      std::memcpy(out, head_.data(), given);
      head_.erase(0, given);
      return given;
    }
    return ReadFd(out, size);
  }

  [[nodiscard]] bool WouldWait() const override {
    if (!head_.empty()) return false;
    pollfd state{fd_, POLLIN, 0};
    return ::poll(&state, 1, 0) == 0;
  }

  Result<std::string_view> Peek(std::size_t size) {
    char buffer[16];
    while (head_.size() < size) {
      auto read = ReadFd(buffer, std::min(sizeof buffer, size - head_.size()));
      if (!read) return read.error();
      if (*read == 0) break;
      head_.append(buffer, *read);
    }
    return std::string_view(head_);
  }

 private:
  Result<std::size_t> ReadFd(char* out, std::size_t size) {
    while (true) {
      const ssize_t got = ::read(fd_, out, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      // A signal ends the wait: the caller may have been asked to stop, so it gets to look.
      if (errno == EINTR) return Status(StatusCode::kCancelled, "interrupted");
      if (errno == EAGAIN) {
        pollfd state{fd_, POLLIN, 0};
        if (::poll(&state, 1, -1) < 0 && errno == EINTR) return Status(StatusCode::kCancelled, "interrupted");
        continue;
      }
      return Status(StatusCode::kUnavailable, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
  }

  int fd_;
  std::string head_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> MakeByteSource(int fd) {
  auto file = std::make_unique<FileSource>(fd);
  auto head = file->Peek(4);
  if (!head) return head.error();
  const std::string_view magic = *head;
  if (magic.substr(0, 2) == "\x1F\x8B") return UnpackGzip(std::move(file));
  const bool skippable = magic.size() == 4 && (magic[0] & 0xF0) == 0x50 && magic.substr(1) == "\x2A\x4D\x18";
  if (magic == "\x28\xB5\x2F\xFD" || skippable) return UnpackZstd(std::move(file));
  return std::unique_ptr<ByteSource>(std::move(file));
}

Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::string& path) {
  if (path == "-") return MakeByteSource(STDIN_FILENO);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Status(errno == ENOENT ? StatusCode::kNotFound : StatusCode::kUnavailable,
                  fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  struct stat state {};
  if (::fstat(fd, &state) == 0 && S_ISDIR(state.st_mode)) {
    ::close(fd);
    return Status(StatusCode::kUnavailable, "is a folder");
  }
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return MakeByteSource(fd);
}

}  // namespace cairn
