#include "bus/webhook_backoff.h"

#include <algorithm>

namespace cairn {

std::chrono::nanoseconds WebhookBackoff::After(std::uint32_t failed, std::chrono::nanoseconds retry_after,
                                               std::uint64_t random) const {
  std::chrono::nanoseconds pause = first;
  for (std::uint32_t i = 1; i < failed && pause < longest; ++i) pause *= 3;
  pause = std::min(pause, longest);
  const auto spread = static_cast<std::uint64_t>(pause.count()) * 2 / 5;
  const auto shift = static_cast<std::int64_t>(random % (spread + 1)) - static_cast<std::int64_t>(spread / 2);
  return std::max(retry_after, pause + std::chrono::nanoseconds(shift));
}

}  // namespace cairn
