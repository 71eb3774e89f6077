#include "base/contains.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstring>

namespace cairn {

#if defined(__SSE2__)
namespace {

constexpr std::size_t kTogether = sizeof(__m128i);

// Looks for two letters of a word at 16 places at once.
class TwoLetters {
 public:
  // Of a word in quotes, which JSON has many of, those within.
  explicit TwoLetters(std::string_view word)
      : first_at_(word.size() > 2 && word.front() == '"' ? 1 : 0),
        last_at_(word.size() - (word.size() > 2 && word.back() == '"' ? 2 : 1)),
        first_(_mm_set1_epi8(word[first_at_])),
        last_(_mm_set1_epi8(word[last_at_])) {}

  [[nodiscard]] __m128i At(const char* begin) const {
    const __m128i firsts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + first_at_));
    const __m128i lasts = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin + last_at_));
    return _mm_and_si128(_mm_cmpeq_epi8(firsts, first_), _mm_cmpeq_epi8(lasts, last_));
  }

 private:
  std::size_t first_at_;
  std::size_t last_at_;
  __m128i first_;
  __m128i last_;
};

bool IsAtOneOf(__m128i places, const char* begin, std::string_view word) {
  for (auto found = static_cast<unsigned>(_mm_movemask_epi8(places)); found != 0; found &= found - 1) {
    if (std::memcmp(begin + std::countr_zero(found), word.data(), word.size()) == 0) return true;
  }
  return false;
}

}  // namespace
#endif

bool Contains(std::string_view text, std::string_view word) {
#if defined(__SSE2__)
  if (word.size() >= 2 && text.size() >= word.size()) {
    const TwoLetters letters(word);
    const std::size_t places = text.size() - word.size() + 1;
    std::size_t at = 0;
    for (; at + 2 * kTogether <= places; at += 2 * kTogether) {
      const char* const begin = text.data() + at;
      const __m128i here = letters.At(begin);
      const __m128i behind = letters.At(begin + kTogether);
      if (_mm_movemask_epi8(_mm_or_si128(here, behind)) == 0) continue;
      if (IsAtOneOf(here, begin, word) || IsAtOneOf(behind, begin + kTogether, word)) return true;
    }
    for (; at + kTogether <= places; at += kTogether) {
      if (IsAtOneOf(letters.At(text.data() + at), text.data() + at, word)) return true;
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
