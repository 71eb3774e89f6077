#include "base/contains.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstring>

namespace cairn {

bool Contains(std::string_view text, std::string_view word) {
#if defined(__SSE2__)
  constexpr std::size_t kTogether = sizeof(__m128i);
  if (word.size() >= 2 && text.size() >= word.size()) {
    const __m128i first = _mm_set1_epi8(word.front());
    const __m128i last = _mm_set1_epi8(word.back());
    const std::size_t places = text.size() - word.size() + 1;
    std::size_t at = 0;
    for (; at + kTogether <= places; at += kTogether) {
      const char* const begin = text.data() + at;
      const __m128i firsts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
      const __m128i lasts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + word.size() - 1));
      const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(firsts, first), _mm_cmpeq_epi8(lasts, last));
      for (auto found = static_cast<unsigned>(_mm_movemask_epi8(both)); found != 0; found &= found - 1) {
        if (std::memcmp(begin + std::countr_zero(found), word.data(), word.size()) == 0) return true;
      }
    }
    text.remove_prefix(at);
  }
#endif
  return text.find(word) != std::string_view::npos;
}

bool JsonMayContain(std::string_view json, std::string_view word) {
  if (Contains(json, word)) return true;
  const std::size_t backslash = json.find('\\');  // Most texts have none.
  return backslash != std::string_view::npos && Contains(json.substr(backslash), "\\u");
}

}  // namespace cairn
