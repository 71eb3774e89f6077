#include "extract/pdf_input.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace cairn {
namespace {

constexpr std::size_t kBlockBytes = 4096;
constexpr std::uint64_t kAskBytes = std::uint64_t{1} << 18;

}  // namespace

// What the reader asks for, at the place where it stands.
std::string_view PdfInput::Bytes(std::size_t count) {
  bytes_ += std::min<std::size_t>(count, kBlockBytes);
  if (bytes_ - asked_at_ >= kAskBytes || asked_at_ == 0) {
    asked_at_ = bytes_;
    if (Status go = context_.KeepGoing(); !go.ok()) throw PdfStop{go};
  }
  if (bytes_ > context_.limits.total_bytes) {
    throw PdfStop{{StatusCode::kResourceExhausted, "the PDF cannot be read within the limit of bytes"}};
  }
  const std::string_view got = window_.At(static_cast<std::uint64_t>(at_), count);
  if (!window_.status().ok()) throw PdfStop{window_.status()};
  return got;
}

qpdf_offset_t PdfInput::findAndSkipNextEOL() {
  const auto is_end = [](char c) { return c == '\r' || c == '\n'; };
  bool found = false;
  while (true) {
    const std::string_view block = Bytes(kBlockBytes);
    if (block.empty()) return found ? last_offset : at_;
    std::size_t i = 0;
    if (!found) {
      i = static_cast<std::size_t>(std::find_if(block.begin(), block.end(), is_end) - block.begin());
      found = i < block.size();
      last_offset = at_ + static_cast<qpdf_offset_t>(i);
    }
    const std::size_t end = static_cast<std::size_t>(
        std::find_if_not(block.begin() + static_cast<std::ptrdiff_t>(i), block.end(), is_end) - block.begin());
    at_ += static_cast<qpdf_offset_t>(found ? end : block.size());
    if (found && end < block.size()) return last_offset;
  }
}

void PdfInput::seek(qpdf_offset_t offset, int whence) {
  const auto size = static_cast<qpdf_offset_t>(std::min<std::uint64_t>(window_.size(), INT64_MAX / 2));
  const qpdf_offset_t base = whence == SEEK_END ? size : whence == SEEK_CUR ? at_ : 0;
  qpdf_offset_t to = 0;
  // Beyond the end there is nothing, wherever that is.
  if (__builtin_add_overflow(base, offset, &to) || to > size) to = size;
  at_ = std::max<qpdf_offset_t>(to, 0);
}

std::size_t PdfInput::read(char* to, std::size_t length) {
  last_offset = at_;
  std::size_t done = 0;
  while (done < length) {
    const std::string_view block = Bytes(std::min(length - done, kBlockBytes));
    if (block.empty()) break;
    std::memcpy(to + done, block.data(), block.size());
    done += block.size();
    at_ += static_cast<qpdf_offset_t>(block.size());
  }
  return done;
}

}  // namespace cairn
