#include "base/json_string.h"

#include <cstdint>
#include <optional>

namespace cairn {
namespace {

void AppendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      out += static_cast<char>(0xE0 | code >> 12);
    } else {
      out += static_cast<char>(0xF0 | code >> 18);
      out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    }
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (code & 0x3F));
}

/// The code unit of `\uXXXX` at the beginning of `text`.
std::optional<std::uint32_t> CodeUnit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    unit <<= 4;
    if (c >= '0' && c <= '9') {
      unit |= static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      unit |= static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      unit |= static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

}  // namespace

std::size_t AppendUnescaped(std::string& out, std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return 0;
  static constexpr std::string_view kNames = R"("\/bfnrt)";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const auto at = kNames.find(text[1]); at != std::string_view::npos) {
    out += kMeanings[at];
    return 2;
  }
  const auto unit = CodeUnit(text);
  if (!unit) return 0;
  if (*unit < 0xD800 || *unit > 0xDFFF) {
    AppendUtf8(out, *unit);
    return 6;
  }
  const auto low = *unit < 0xDC00 ? CodeUnit(text.substr(6)) : std::nullopt;
  if (!low || *low < 0xDC00 || *low > 0xDFFF) {
    AppendUtf8(out, 0xFFFD);
    return 6;
  }
  AppendUtf8(out, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
  return 12;
}

std::string UnescapeJson(std::string_view inside) {
  std::string out;
  out.reserve(inside.size());
  while (!inside.empty()) {
    std::size_t bytes = AppendUnescaped(out, inside);
    if (bytes == 0) {
      out += inside[0];
      bytes = 1;
    }
    inside.remove_prefix(bytes);
  }
  return out;
}

}  // namespace cairn
