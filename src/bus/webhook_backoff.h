#pragma once

#include <chrono>
#include <cstdint>

namespace cairn {

/// When a delivery that failed is tried again. The pauses are `first`, three times that, and so on up to `longest`,
/// each up to a fifth shorter or longer: with twelve attempts the last comes about 22 hours after the first.
struct WebhookBackoff {
  std::chrono::nanoseconds first{std::chrono::seconds(5)};
  std::chrono::nanoseconds longest{std::chrono::hours(6)};

  /// After `failed` attempts; what the receiver asked for (`retry_after`) where that is longer.
  [[nodiscard]] std::chrono::nanoseconds After(std::uint32_t failed, std::chrono::nanoseconds retry_after,
                                               std::uint64_t random) const;
};

}  // namespace cairn
