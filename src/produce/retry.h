#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cairn/time.h"

namespace cairn {

/// When a request that failed is tried again.
struct RetryPolicy {
  std::uint32_t attempts = 4;  ///< The first one counted.
  std::chrono::nanoseconds backoff{std::chrono::milliseconds(500)};
  std::chrono::nanoseconds backoff_max{std::chrono::seconds(30)};
  std::chrono::nanoseconds retry_after_max{std::chrono::minutes(1)};
};

/// How long to wait before the next attempt, after `failed` of them; nothing: give up. Random from zero to the backoff,
/// which doubles (full jitter: many who failed together do not come back together). What the server asked for in
/// `retry_after` comes first, and the random part behind it; above its maximum: give up.
std::optional<std::chrono::nanoseconds> NextRetry(const RetryPolicy& policy, std::uint32_t failed,
                                                  std::chrono::nanoseconds retry_after, std::uint64_t random);

/// Reads a `Retry-After`: seconds or a date, at most a day. Zero for what is neither, is over, or is empty.
std::chrono::nanoseconds ParseRetryAfter(std::string_view text, Timestamp now);

}  // namespace cairn
