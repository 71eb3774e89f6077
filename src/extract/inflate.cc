#include "extract/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cairn {
namespace {

constexpr int kZlib = 15;  // the largest window, with zlib's header
constexpr int kRaw = -15;  // without any

Inflated Inflate(std::string_view packed, std::size_t bytes_max, int window) {
  Inflated out;
  z_stream stream = {};
  if (inflateInit2(&stream, window) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib reads it only
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), 1U << 30));
  std::array<char, 16384> block;
  int state = Z_OK;
  while (state == Z_OK && out.bytes.size() <= bytes_max) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = block.size();
    state = inflate(&stream, Z_NO_FLUSH);
    out.bytes.append(block.data(), block.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  out.whole = state == Z_STREAM_END;
  if (out.bytes.size() > bytes_max) {
    out.too_long = true;
    out.whole = false;
    out.bytes.resize(bytes_max);
  }
  return out;
}

}  // namespace

std::optional<std::string> InflateZlib(std::string_view packed, std::size_t bytes_max) {
  Inflated out = Inflate(packed, bytes_max, kZlib);
  if (!out.whole) return std::nullopt;
  return std::move(out.bytes);
}

Inflated InflateZlibPart(std::string_view packed, std::size_t bytes_max) { return Inflate(packed, bytes_max, kZlib); }

Inflated InflateRaw(std::string_view packed, std::size_t bytes_max) { return Inflate(packed, bytes_max, kRaw); }

}  // namespace cairn
