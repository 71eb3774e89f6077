#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "extract/byte_view.h"
#include "extract/file_bytes.h"

namespace cairn {

/// A part of a file seen through a block that moves: readers that jump between small pieces pay one pread a block.
/// Offsets count from the beginning of the part. One thread at a time.
class Window {
 public:
  /// All of `file` from `begin` on, at most `size` bytes of it. `file` outlives this.
  explicit Window(const FileBytes& file, std::uint64_t begin = 0, std::uint64_t size = ~std::uint64_t{0});
  /// Bytes in memory, which outlive this.
  explicit Window(std::string_view bytes) : size_(bytes.size()), held_(bytes) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The bytes [at, at + count): fewer at the end, and none where they cannot be read, see `status`. `count` is the
  /// caller's bound. They stay until the next call.
  std::string_view At(std::uint64_t at, std::size_t count);
  /// Whether so many bytes stand there.
  [[nodiscard]] bool Has(std::uint64_t at, std::uint64_t count) const { return at <= size_ && count <= size_ - at; }

  /// The first failure to read, or OK.
  [[nodiscard]] const Status& status() const { return status_; }
  /// How many bytes were read from the file.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  const FileBytes* file_ = nullptr;
  std::uint64_t begin_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t held_at_ = 0;
  std::string_view held_;
  std::unique_ptr<char[]> block_;
  std::size_t room_ = 0;  // Of the block.
  std::uint64_t bytes_read_ = 0;
  Status status_;
};

}  // namespace cairn
