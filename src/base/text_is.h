#pragma once

#include <cstring>
#include <string_view>

namespace cairn {

/// Whether a text equals a literal: a comparison of known length, which the compiler writes out without a call.
template <std::size_t kBytes>
bool TextIs(std::string_view text, const char (&literal)[kBytes]) {
  return text.size() == kBytes - 1 && std::memcmp(text.data(), literal, kBytes - 1) == 0;
}

}  // namespace cairn
