#include <immintrin.h>

#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>

// Nothing but the hash itself is compiled for AVX2: an inline function of another header must not be.
#pragma GCC push_options
#pragma GCC target("avx2")
#define XXH_INLINE_ALL
#define XXH_VECTOR 2  // XXH_AVX2: a preprocessor that runs by itself does not see the target.
#include <xxhash.h>

namespace cairn {

std::uint64_t LongHashAvx2(const char* bytes, std::size_t size);
std::uint64_t LongHashAvx2(const char* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

}  // namespace cairn
#pragma GCC pop_options
