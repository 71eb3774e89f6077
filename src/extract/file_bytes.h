#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cairn/status.h"

namespace cairn {

/// The bytes of one file, at any offset. Whoever opened the file owns it; an extractor only reads. One thread at a
/// time. The file may change while it is read, so what was read at one time promises nothing about the next read.
class FileBytes {
 public:
  FileBytes() = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  virtual ~FileBytes() = default;

  /// How long the file was when it was opened.
  [[nodiscard]] virtual std::uint64_t size() const = 0;

  /// Reads what stands from `offset` on, as much as fits into `out`, and returns how many bytes came: fewer only at the
  /// end of the file, 0 beyond it.
  /// Returns UNAVAILABLE where the bytes cannot be read.
  virtual Result<std::size_t> Read(std::uint64_t offset, std::span<char> out) const = 0;

  /// The bytes [offset, offset + size), fewer at the end of the file. `size` is the caller's bound.
  /// Returns UNAVAILABLE where the bytes cannot be read.
  [[nodiscard]] Result<std::string> ReadUpTo(std::uint64_t offset, std::size_t size) const;
};

/// Room to read the file in, block after block: no more than it needs, since most files are short.
std::string BlockFor(const FileBytes& file, std::size_t bytes_max);

/// A file behind a descriptor, read with pread and never mapped: a mapping of a file that someone truncates is a
/// signal, pread is a short read. The descriptor stays the caller's and open for as long as this lives.
class DescriptorBytes final : public FileBytes {
 public:
  /// Returns INVALID_ARGUMENT where `fd` is no regular file, UNAVAILABLE where it cannot be asked for its size.
  static Result<DescriptorBytes> Open(int fd);

  DescriptorBytes(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  DescriptorBytes(DescriptorBytes&& other) noexcept : fd_(other.fd_), size_(other.size_) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::size_t> Read(std::uint64_t offset, std::span<char> out) const override;

 private:
  int fd_;
  std::uint64_t size_;
};

/// Bytes in memory: members of archives, and tests.
class MemoryBytes final : public FileBytes {
 public:
  explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> Read(std::uint64_t offset, std::span<char> out) const override;

 private:
  std::string bytes_;
};

}  // namespace cairn
