#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/json.h"

namespace cairn {

/// Strings that are hard to step over.
inline std::string RandomText(std::mt19937_64& random) {
  static const std::vector<std::string> kPieces = {
      "a", "b",  "payload", "x",    "\"", "\\",           "{", "}",    "[",        "]", ":", ",", "é", "日",
      "😀", "\n", "\t",      "\\\"", "0",  "\"payload\":", "/", "\x7f", "row_count"};
  std::string out;
  for (auto n = random() % 6; n != 0; --n) out += kPieces[random() % kPieces.size()];
  if (random() % 10 == 0) out += std::string(random() % 150, 'z');
  return out;
}

/// The string as JSON, any character now and then as an escape.
inline std::string RandomJsonString(std::mt19937_64& random, std::string_view text) {
  const std::string plain = JsonString(text);
  if (random() % 2 == 0) return plain;
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto c = static_cast<unsigned char>(plain[i]);
    if (c == '\\') {
      out += plain[i];
      out += plain[++i];
    } else if (c > ' ' && c < 0x7F && c != '"' && random() % 4 == 0) {
      static constexpr std::string_view kHex = "0123456789abcdefABCDEF";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[(c & 15) + ((c & 15) > 9 && random() % 2 == 0 ? 6 : 0)];
    } else {
      out += plain[i];
    }
  }
  return out;
}

}  // namespace cairn
