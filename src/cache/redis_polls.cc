#include "cache/redis_polls.h"

#include <algorithm>
#include <thread>

namespace cairn {
namespace {

int TurnsMax() {
  static const int max = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2);
  return max;
}

}  // namespace

std::atomic<int> RedisPolls::turns_ = 0;

RedisPolls::Turn::Turn(RedisPolls& polls) : polls_(polls) {
  if (polls_.rest_ > 0) {
    --polls_.rest_;
    return;
  }
  is_granted_ = turns_.fetch_add(1, std::memory_order_relaxed) < TurnsMax();
  if (!is_granted_) turns_.fetch_sub(1, std::memory_order_relaxed);
}

RedisPolls::Turn::~Turn() {
  if (!is_granted_) return;
  turns_.fetch_sub(1, std::memory_order_relaxed);
  if (!has_answer_) polls_.rest_ = kRestAfterVain;
}

}  // namespace cairn
