#pragma once

#include <cstdint>
#include <string>

#include "cache/level.h"
#include "cache/redis_names.h"
#include "cache/redis_scripts.h"

namespace cairn {

/// Which buckets an invalidation has still to reach, a bit for each.
using RedisBuckets = std::uint64_t;
static_assert(RedisNames::kClusterBuckets <= 64);
inline constexpr RedisBuckets kAllBuckets = ~RedisBuckets{0};

/// Bumps the generations in those of `buckets` that the invalidation concerns, the counter of all explicit tags first,
/// deletes values that are removed, and returns the buckets that could not be reached; `error` says why.
RedisBuckets BumpGenerations(RedisClient& client, const RedisNames& names, const Invalidation& invalidation,
                             RedisBuckets buckets, RedisDeadline deadline, Status& error);

/// Tells the other hosts, `sender` being this one. `messages_max`: how many are kept for those that are away.
Status PublishInvalidation(RedisClient& client, const RedisNames& names, const Invalidation& invalidation,
                           std::string_view sender, std::uint64_t messages_max, RedisDeadline deadline);

/// Whether a tag is one that the application names: in Redis it has one counter, not one in each bucket.
bool IsExplicit(const LevelTag& tag);

}  // namespace cairn
