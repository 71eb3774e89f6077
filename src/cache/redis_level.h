#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "cache/level.h"
#include "cairn/cache_options.h"

namespace cairn {

struct RedisLevelOptions {
  CacheSharedOptions shared;
  std::function<std::uint64_t()> random;           ///< Any thread calls it.
  std::function<void(const CacheEvent&)> log;      ///< Told when the level is lost and when it is back. May be empty.
  std::uint64_t messages_max = 10'000;             ///< Invalidations that the log keeps for hosts that are away.
  std::chrono::milliseconds listen_silence{1000};  ///< A server that says nothing for longer is taken for dead.
};

/// The level on Redis 7, one server or a cluster; see redis_names.h for what stands there. Makes no connection before
/// `Subscribe` or the first operation, and works, as a level that is down, where there is none to be had.
/// Returns INVALID_ARGUMENT for a URL that is none, options out of bounds, or braces in the prefix.
Result<std::unique_ptr<SharedLevel>> OpenRedisLevel(RedisLevelOptions options);

}  // namespace cairn
