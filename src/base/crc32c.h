#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `bytes`, going on from `before`, the value of the bytes before
/// them: Crc32c(Crc32c(0, a), b) == Crc32c(0, ab).
std::uint32_t Crc32c(std::uint32_t before, std::string_view bytes);

}  // namespace cairn
