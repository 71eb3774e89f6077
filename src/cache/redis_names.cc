#include "cache/redis_names.h"

#include <fmt/format.h>

#include "cache/redis_slots.h"

namespace cairn {

RedisNames::Hex::Hex(std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = digits_.size(); i > 0; --i, number >>= 4) digits_[i - 1] = kDigits[number & 15];
}

RedisNames::RedisNames(std::string_view prefix, bool is_cluster)
    : log_(fmt::format("{{{}:1:log}}", prefix)), log_slot_(RedisSlotOf(log_)) {
  for (std::size_t i = 0; i < (is_cluster ? kClusterBuckets : 1); ++i) {
    heads_.push_back(fmt::format("{{{}:1:{:02x}}}", prefix, i));
    slots_.push_back(RedisSlotOf(heads_.back()));
  }
}

}  // namespace cairn
