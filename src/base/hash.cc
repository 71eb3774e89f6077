#define XXH_INLINE_ALL
#include "base/hash.h"

#include <xxhash.h>

#include "base/processor.h"

namespace cairn {
namespace {

// Up to here XXH3 reads the bytes one by one or in a few steps, whatever the processor.
constexpr std::size_t kShortBytes = 240;

LongHash ChooseLongHash() { return HasAvx2() ? LongHashAvx2 : LongHashSse2; }

}  // namespace

std::uint64_t LongHashSse2(const char* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

std::uint64_t Hash64(std::string_view bytes) {
  static const LongHash long_hash = ChooseLongHash();
  return bytes.size() <= kShortBytes ? XXH3_64bits(bytes.data(), bytes.size()) : long_hash(bytes.data(), bytes.size());
}

}  // namespace cairn
