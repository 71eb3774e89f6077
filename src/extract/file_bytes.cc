#include "extract/file_bytes.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace cairn {

Result<std::string> FileBytes::ReadUpTo(std::uint64_t offset, std::size_t size) const {
  const std::uint64_t rest = offset < this->size() ? this->size() - offset : 0;
  std::string out(static_cast<std::size_t>(std::min<std::uint64_t>(size, rest)), '\0');
  auto got = Read(offset, out);
  if (!got) return got.error();
  out.resize(*got);
  return out;
}

std::string BlockFor(const FileBytes& file, std::size_t bytes_max) {
  constexpr std::uint64_t kBytesMin = 4096;
  return std::string(static_cast<std::size_t>(std::clamp<std::uint64_t>(file.size(), kBytesMin, bytes_max)), '\0');
}

Result<DescriptorBytes> DescriptorBytes::Open(int fd) {
  struct stat facts = {};
  if (fstat(fd, &facts) != 0) {
    return Status(StatusCode::kUnavailable, fmt::format("asking for the size of a file: {}", std::strerror(errno)));
  }
  if (!S_ISREG(facts.st_mode)) return Status(StatusCode::kInvalidArgument, "not a regular file; it is left out");
  return DescriptorBytes(fd, static_cast<std::uint64_t>(facts.st_size));
}

Result<std::size_t> DescriptorBytes::Read(std::uint64_t offset, std::span<char> out) const {
  if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) return std::size_t{0};
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      return Status(StatusCode::kUnavailable,
                    fmt::format("reading at byte {}: {}", offset + done, std::strerror(errno)));
    }
  }
  return done;
}

Result<std::size_t> MemoryBytes::Read(std::uint64_t offset, std::span<char> out) const {
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t count = std::min<std::size_t>(out.size(), bytes_.size() - offset);
  std::memcpy(out.data(), bytes_.data() + offset, count);
  return count;
}

}  // namespace cairn
