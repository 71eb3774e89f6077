#include "query/json_search.h"

#include <emmintrin.h>

#include "base/processor.h"
#include "query/json_search_avx2.h"
#include "query/json_search_avx512.h"
#include "query/json_search_impl.h"

namespace cairn {
namespace {

struct Sse2 {
  struct Block {
    __m128i parts[4];
  };

  static Block Load(const char* p) {
    Block block;
    for (int i = 0; i < 4; ++i) block.parts[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * i));
    return block;
  }
  static std::uint64_t Equal(const Block& block, char c) {
    const __m128i same = _mm_set1_epi8(c);
    std::uint64_t mask = 0;
    for (int i = 0; i < 4; ++i) {
      const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(block.parts[i], same));
      mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(bits)) << (16 * i);
    }
    return mask;
  }
  static std::uint64_t Folded(Block block, char c) {
    for (__m128i& part : block.parts) part = _mm_or_si128(part, _mm_set1_epi8(0x20));
    return Equal(block, c);
  }
  static std::uint64_t Parity(std::uint64_t mask) {
    for (int shift = 1; shift < 64; shift *= 2) mask ^= mask << shift;
    return mask;
  }
};

using Search = FieldHit (*)(const char*, const char*, const FieldPattern*, std::size_t);

/// The fastest that the processor has.
Search Choose() {
  const bool common = HasPclmul() && HasBmi2();
  if (common && HasAvx512Bytes()) return FindFieldAvx512;
  if (common && HasAvx2()) return FindFieldAvx2;
  return FindFieldSse2;
}

}  // namespace

FieldHit FindField(const char* p, const char* end, const FieldPattern* patterns, std::size_t count) {
  static const Search kSearch = Choose();
  return kSearch(p, end, patterns, count);
}

FieldHit FindFieldSse2(const char* p, const char* end, const FieldPattern* patterns, std::size_t count) {
  return JsonSearch<Sse2>::Find(p, end, patterns, count);
}

}  // namespace cairn
