#include "cache/redis_breaker.h"

#include <algorithm>

namespace cairn {

RedisBreaker::Pass RedisBreaker::Ask(Time now) {
  if (!is_open()) return Pass::kThrough;
  const std::lock_guard lock(mutex_);
  if (!is_open()) return Pass::kThrough;
  if (now < probe_at_) return Pass::kRefused;
  probe_at_ = now + wait_;
  return Pass::kProbe;
}

void RedisBreaker::OnSuccess() {
  if (!has_failures_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  has_failures_ = false;
  is_open_ = false;
}

void RedisBreaker::OnFailure(Pass pass, Time now) {
  const std::lock_guard lock(mutex_);
  if (!is_open()) {
    has_failures_ = true;
    if (++failures_ < options_.failures) return;
    wait_ = options_.wait_min;
  } else if (pass == Pass::kProbe) {
    wait_ = std::min(wait_ * 2, options_.wait_max);
  } else {
    return;  // It began before the opening and tells nothing new.
  }
  probe_at_ = now + wait_;
  is_open_.store(true, std::memory_order_release);
}

}  // namespace cairn
