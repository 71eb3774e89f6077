#include "query/json_search_avx2.h"

#include <immintrin.h>

#include <cstring>
#include <string>

// From here on, and after every header that others include too: no function of theirs is to be compiled for these
// instructions and then chosen by the linker for all.
#pragma GCC target("avx2,pclmul,bmi,bmi2,popcnt")

#include "query/json_search_impl.h"

namespace cairn {
namespace {

struct Avx2 {
  struct Block {
    __m256i low;
    __m256i high;
  };

  static Block Load(const char* p) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32))};
  }
  static std::uint64_t Mask(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
  }
  static std::uint64_t Equal(const Block& block, char c) {
    const __m256i same = _mm256_set1_epi8(c);
    return Mask(_mm256_cmpeq_epi8(block.low, same), _mm256_cmpeq_epi8(block.high, same));
  }
  static std::uint64_t Folded(const Block& block, char c) {
    const __m256i bit = _mm256_set1_epi8(0x20);
    return Equal({_mm256_or_si256(block.low, bit), _mm256_or_si256(block.high, bit)}, c);
  }
  static std::uint64_t Parity(std::uint64_t mask) {
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(mask)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }
};

}  // namespace

FieldHit FindFieldAvx2(const char* p, const char* end, const FieldPattern* patterns, std::size_t count) {
  return JsonSearch<Avx2>::Find(p, end, patterns, count);
}

}  // namespace cairn
