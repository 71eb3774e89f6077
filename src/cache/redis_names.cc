#include "cache/redis_names.h"

#include <fmt/format.h>

#include <cstring>

#include "cache/redis_slots.h"

namespace cairn {

RedisNames::Hex::Hex(std::uint64_t number) {
  // Eight digits at once, each in a byte.
  const auto digits_of = [](std::uint64_t half) {
    half = (half | half << 16) & 0x0000ffff0000ffff;
    half = (half | half << 8) & 0x00ff00ff00ff00ff;
    half = (half | half << 4) & 0x0f0f0f0f0f0f0f0f;
    const std::uint64_t is_letter = (half + 0x0606060606060606) >> 4 & 0x0101010101010101;
    return __builtin_bswap64(half + 0x3030303030303030 + is_letter * ('a' - '0' - 10));
  };
  const std::uint64_t digits[] = {digits_of(number >> 32), digits_of(number & 0xffffffff)};
  static_assert(sizeof digits == sizeof digits_);
  std::memcpy(digits_.data(), digits, sizeof digits);
}

RedisNames::RedisNames(std::string_view prefix, bool is_cluster)
    : log_(fmt::format("{{{}:1:log}}", prefix)), log_slot_(RedisSlotOf(log_)) {
  for (std::size_t i = 0; i < (is_cluster ? kClusterBuckets : 1); ++i) {
    heads_.push_back(fmt::format("{{{}:1:{:02x}}}", prefix, i));
    slots_.push_back(RedisSlotOf(heads_.back()));
  }
}

}  // namespace cairn
