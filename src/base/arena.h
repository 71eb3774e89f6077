#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace cairn {

/// Bytes that live as long as the arena. One thread at a time; views into it stay valid when it is moved.
class Arena {
 public:
  explicit Arena(std::size_t block_bytes = std::size_t{64} << 10) : block_bytes_(block_bytes) {}

  char* Allocate(std::size_t bytes) {
    if (bytes > left_) Grow(bytes);
    char* out = next_;
    next_ += bytes;
    left_ -= bytes;
    return out;
  }

  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* out = Allocate(text.size());
    std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
  }

  /// Takes back the unused end of the newest allocation.
  void Shrink(const char* end) {
    left_ += static_cast<std::size_t>(next_ - end);
    next_ -= next_ - end;
  }

  /// Forgets everything, keeping up to `kKeptBytes` for reuse: memory that comes and goes with every batch costs a
  /// page fault for each page.
  void Reset() {
    std::size_t kept = 0;
    std::erase_if(blocks_, [&](const Block& block) {
      kept += block.size;
      return kept > kKeptBytes;
    });
    at_block_ = 0;
    next_ = nullptr;
    left_ = 0;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  static constexpr std::size_t kKeptBytes = std::size_t{8} << 20;

  void Grow(std::size_t bytes) {
    while (at_block_ < blocks_.size() && blocks_[at_block_].size < bytes) ++at_block_;
    if (at_block_ == blocks_.size()) {
      const std::size_t size = bytes > block_bytes_ ? bytes : block_bytes_;
      blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
    }
    next_ = blocks_[at_block_].bytes.get();
    left_ = blocks_[at_block_].size;
    ++at_block_;
  }

  std::size_t block_bytes_;
  std::vector<Block> blocks_;
  std::size_t at_block_ = 0;  // The next to be used.
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace cairn
