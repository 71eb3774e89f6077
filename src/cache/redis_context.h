#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "cache/level.h"
#include "cache/redis_names.h"
#include "cache/redis_scripts.h"
#include "cache/redis_value.h"

namespace cairn {

/// What every operation of the level needs.
struct RedisContext {
  RedisClient& client;
  const RedisNames& names;
  const std::function<std::uint64_t()>& random;
};

/// How long the counter of a key, a user or an explicit tag outlives what was stored under it. A load that takes longer
/// is not stored.
inline constexpr std::chrono::milliseconds kCounterTtl = std::chrono::hours(1);

/// Whether a tag is one of few, whose counters stay for good: everything, a source, an operation.
inline bool IsPermanent(const LevelTag& tag) { return !tag.text.starts_with("t:") && !tag.text.starts_with("u:"); }

/// Adds the two arguments of the script `ensure` for one counter.
inline void AddStart(const RedisContext& context, bool is_permanent, RedisCommands& out) {
  out.Word({std::to_string(context.random() & RedisGeneration::kRandomMask)});
  out.Word({is_permanent ? std::string("0") : std::to_string(kCounterTtl.count())});
}

Result<LevelRead> ReadFromRedis(const RedisContext& context, const LevelKey& key, LevelDeadline deadline);
Result<LevelStored> StoreInRedis(const RedisContext& context, const LevelWrite& write, LevelDeadline deadline);

}  // namespace cairn
