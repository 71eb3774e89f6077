#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

/// XXH3-64 of the bytes (xxhash's doc/xxhash_spec.md), the same on every processor: it is stored. Short texts cost no
/// call into a library; long ones take AVX2 where the processor has it, which Debian's build of the library does not.
std::uint64_t Hash64(std::string_view bytes);

/// How `Hash64` takes long texts, chosen at run time.
using LongHash = std::uint64_t (*)(const char* bytes, std::size_t size);
std::uint64_t LongHashSse2(const char* bytes, std::size_t size);
std::uint64_t LongHashAvx2(const char* bytes, std::size_t size);

}  // namespace cairn
