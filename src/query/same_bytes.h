#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cairn {

// Whether bytes are equal, for keys: most are so short that a call to compare them costs more than to compare them.
// Inlined wherever they stand, so that each file compiles them for its own instructions.

[[gnu::always_inline]] inline bool SameWord(const char* a, const char* b) {
  std::uint64_t x;
  std::uint64_t y;
  std::memcpy(&x, a, sizeof x);
  std::memcpy(&y, b, sizeof y);
  return x == y;
}

[[gnu::always_inline]] inline bool SameBytes(const char* a, const char* b, std::size_t size) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (size < kWord) {
    for (std::size_t at = 0; at < size; ++at) {
      if (a[at] != b[at]) return false;
    }
    return true;
  }
  for (std::size_t at = 0; at + kWord < size; at += kWord) {
    if (!SameWord(a + at, b + at)) return false;
  }
  return SameWord(a + size - kWord, b + size - kWord);  // May overlap the word before.
}

}  // namespace cairn
