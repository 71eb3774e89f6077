#include "query/json_search_avx512.h"

#include <immintrin.h>

#include <cstring>
#include <string>

// From here on, and after every header that others include too: no function of theirs is to be compiled for these
// instructions and then chosen by the linker for all.
#pragma GCC target("avx512f,avx512bw,pclmul,bmi,bmi2,popcnt")

#include "query/json_search_impl.h"

namespace cairn {
namespace {

struct Avx512 {
  using Block = __m512i;

  static Block Load(const char* p) { return _mm512_loadu_si512(p); }
  static std::uint64_t Equal(Block block, char c) { return _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(c)); }
  static std::uint64_t Folded(Block block, char c) { return Equal(_mm512_or_si512(block, _mm512_set1_epi8(0x20)), c); }
  static std::uint64_t Parity(std::uint64_t mask) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(mask)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }
};

}  // namespace

FieldHit FindFieldAvx512(const char* p, const char* end, const FieldPattern* patterns, std::size_t count) {
  return JsonSearch<Avx512>::Find(p, end, patterns, count);
}

}  // namespace cairn
