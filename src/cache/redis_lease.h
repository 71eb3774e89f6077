#pragma once

#include <memory>

#include "cache/redis_context.h"

namespace cairn {

/// Takes the right to load a key (SET NX PX with a token of its own); null where another host holds it. It ends on
/// destruction if it is still the holder's, within `release_timeout`, or by itself after `lasting`. `client` is kept
/// alive by it.
Result<std::unique_ptr<LevelLease>> TakeRedisLease(const RedisContext& context, std::shared_ptr<RedisClient> client,
                                                   const LevelKey& key, std::chrono::milliseconds lasting,
                                                   LevelDeadline deadline, std::chrono::milliseconds release_timeout);

/// Asks again and again until nobody holds it. Returns DEADLINE_EXCEEDED at `until`. `timeout` is that of one question.
Status AwaitRedisLease(const RedisContext& context, const LevelKey& key, LevelDeadline until,
                       std::chrono::milliseconds timeout);

}  // namespace cairn
