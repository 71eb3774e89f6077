#include "record/json_scalar.h"

#include <emmintrin.h>

#include <bit>

namespace cairn {
namespace {

constexpr std::size_t kDigitsMax = 18;  // Fits 64 bits, whatever they are.

// The bits of those of 16 bytes that are no digits.
unsigned NoDigits(const char* text) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i digits = _mm_add_epi8(bytes, _mm_set1_epi8(-'0'));
  const __m128i at_most_nine = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
  return ~static_cast<unsigned>(_mm_movemask_epi8(at_most_nine));
}

std::size_t CountDigits(const char* text) {
  std::size_t count = 0;
  for (; count < kDigitsMax + 16; count += 16) {
    if (const unsigned others = NoDigits(text + count) & 0xFFFF; others != 0) {
      return count + static_cast<std::size_t>(std::countr_zero(others));
    }
  }
  return count;
}

// The bytes of a number without an exponent and of few digits; 0 for any other.
std::size_t NumberBytes(const char* at) {
  const std::size_t sign = *at == '-' ? 1 : 0;
  at += sign;
  const std::size_t whole = CountDigits(at);
  if (whole == 0 || whole > kDigitsMax || (*at == '0' && whole > 1)) return 0;
  if (at[whole] != '.') return sign + whole;
  const std::size_t fraction = CountDigits(at + whole + 1);
  return fraction == 0 || fraction > kDigitsMax ? 0 : sign + whole + 1 + fraction;
}

}  // namespace

std::size_t ScalarBytes(const char* at) {
  switch (*at) {
    case 't':
      return std::memcmp(at, "true", 4) == 0 ? 4 : 0;
    case 'n':
      return std::memcmp(at, "null", 4) == 0 ? 4 : 0;
    case 'f':
      return std::memcmp(at, "false", 5) == 0 ? 5 : 0;
    default:
      return NumberBytes(at);
  }
}

}  // namespace cairn
