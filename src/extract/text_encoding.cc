#include "extract/text_encoding.h"

#include <cstring>
#include <utility>

#include "base/json.h"
#include "extract/charset.h"
#include "extract/text.h"

namespace cairn {
namespace {

// Whether eight bytes are below 0x80, and none is NUL unless `nul_too`.
bool IsPlain(const char* bytes, bool nul_too) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  return ((word | (nul_too ? 0 : word - kOnes)) & kHigh) == 0;
}

}  // namespace

void TextEncoding::Add(std::string_view block) {
  if (first_ && !block.empty()) {
    first_ = false;
    if (block.starts_with("\xff\xfe")) wide_ = "utf-16le";
    if (block.starts_with("\xfe\xff")) wide_ = "utf-16be";
    mark_ = !wide_.empty() || block.starts_with("\xef\xbb\xbf");
  }
  if (!wide_.empty()) return;
  std::size_t at = 0;
  while (at < block.size()) {
    // Eight letters of ASCII tell nothing, and are most of most texts.
    while (more_ == 0 && at + 8 <= block.size() && IsPlain(block.data() + at, nul_)) at += 8;
    if (at == block.size()) break;
    const auto byte = static_cast<unsigned char>(block[at++]);
    nul_ = nul_ || byte == 0;
    high_ = high_ || byte >= 0x80;
    controls_ = controls_ || (byte >= 0x80 && byte < 0xa0);
    if (utf8_) Step(byte);
  }
}

void TextEncoding::Step(unsigned char byte) {
  if (more_ > 0) {
    utf8_ = byte >= lowest_ && byte <= highest_;
    --more_;
    lowest_ = 0x80;
    highest_ = 0xbf;
  } else if (byte >= 0xf0 && byte < 0xf5) {
    more_ = 3;
    if (byte == 0xf0) lowest_ = 0x90;
    if (byte == 0xf4) highest_ = 0x8f;
  } else if (byte >= 0xe0 && byte < 0xf0) {
    more_ = 2;
    if (byte == 0xe0) lowest_ = 0xa0;
    if (byte == 0xed) highest_ = 0x9f;
  } else if (byte >= 0xc2 && byte < 0xe0) {
    more_ = 1;
  } else {
    utf8_ = byte < 0x80;
  }
}

std::string_view TextEncoding::Name() const {
  if (!wide_.empty()) return wide_;
  if (nul_) return "binary";
  if (mark_) return "utf-8";
  if (!high_) return "us-ascii";
  if (utf8_ && more_ == 0) return "utf-8";
  return controls_ ? "unknown-8bit" : "iso-8859-1";
}

std::string DecodeText(std::string_view bytes, std::string_view charset) {
  if (bytes.starts_with("\xff\xfe")) return FromUtf16(bytes, false);
  if (bytes.starts_with("\xfe\xff")) return FromUtf16(bytes, true);
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  // What is UTF-8 throughout is that, whatever it says of itself, but for charsets of seven bits with their escapes.
  if (IsUtf8(bytes) && bytes.find('\x1b') == std::string_view::npos) return std::string(bytes);
  auto decoded = DecodeCharset(bytes, charset);
  return decoded ? std::move(*decoded) : ToUtf8(bytes);
}

}  // namespace cairn
