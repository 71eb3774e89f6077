#pragma once

#include <immintrin.h>
#include <sched.h>

#include <atomic>

namespace cairn {

/// For a few dozen instructions at a time. A waiter soon yields, since the holder may have lost its processor.
class SpinLock {
 public:
  void lock() {
    int tries = 0;
    while (is_held_.exchange(true, std::memory_order_acquire)) {
      while (is_held_.load(std::memory_order_relaxed)) {
        if (++tries < kTriesBeforeYield) {
          _mm_pause();
        } else {
          ::sched_yield();
        }
      }
    }
  }
  void unlock() { is_held_.store(false, std::memory_order_release); }

 private:
  static constexpr int kTriesBeforeYield = 64;
  std::atomic<bool> is_held_ = false;
};

}  // namespace cairn
