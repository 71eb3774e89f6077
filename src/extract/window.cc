#include "extract/window.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::size_t kBlockBytes = 16384;

}  // namespace

Window::Window(const FileBytes& file, std::uint64_t begin, std::uint64_t size)
    : file_(&file), begin_(begin), size_(begin < file.size() ? std::min(size, file.size() - begin) : 0) {}

std::string_view Window::At(std::uint64_t at, std::size_t count) {
  if (at >= size_ || count == 0) return {};
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - at));
  if (at < held_at_ || at + count > held_at_ + held_.size()) {
    if (file_ == nullptr || !status_.ok()) return {};
    const auto block = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(count, kBlockBytes), size_ - at));
    if (room_ < block || room_ > 4 * std::max(block, kBlockBytes)) {
      // Not cleared: what is read fills it.
      block_ = std::make_unique_for_overwrite<char[]>(block);
      room_ = block;
    }
    auto got = file_->Read(begin_ + at, {block_.get(), block});
    held_at_ = at;
    held_ = {};
    if (!got) {
      status_ = got.error();
      return {};
    }
    bytes_read_ += *got;
    held_ = {block_.get(), *got};
  }
  return held_.substr(static_cast<std::size_t>(at - held_at_), count);
}

}  // namespace cairn
