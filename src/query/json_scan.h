#pragma once

#include <emmintrin.h>

#include <bit>
#include <cstdint>

#include "query/json_search.h"

namespace cairn {

/// Steps over valid, minified JSON. All need 64 readable bytes after `end`; on bytes that are no JSON they return `end`
/// or stop early, and never read further.

/// From just inside a string to its closing quote; `escaped` is set where a backslash stood on the way.
inline const char* StringEnd(const char* p, const char* end, bool& escaped) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  while (p < end) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(hit));
    if (mask == 0) {
      p += 16;
      continue;
    }
    p += std::countr_zero(mask);
    if (*p == '"') return p < end ? p : end;
    escaped = true;
    p += 2;
  }
  return end;
}

/// From a number, `true`, `false` or `null` to the `,`, `}` or `]` after it.
inline const char* ScalarEnd(const char* p, const char* end) {
  while (p < end && *p != ',' && *p != '}' && *p != ']') ++p;
  return p;
}

/// From just inside an object or array to the byte after its closing bracket.
inline const char* ContainerEnd(const char* p, const char* end) { return FindField(p, end, nullptr, 0).at; }

/// From the first byte of a value to the byte after it.
inline const char* ValueEnd(const char* p, const char* end) {
  if (*p == '"') {
    bool escaped = false;
    p = StringEnd(p + 1, end, escaped);
    return p < end ? p + 1 : end;
  }
  if (*p == '{' || *p == '[') return ContainerEnd(p + 1, end);
  return ScalarEnd(p, end);
}

}  // namespace cairn
