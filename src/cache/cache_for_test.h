#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <random>

#include "cairn/cache_options.h"

namespace cairn {

/// A clock that stands still until a test moves it.
class ManualCacheClock final : public CacheClock {
 public:
  Timestamp Now() override { return {now_ns_.load()}; }
  std::int64_t SteadyNs() override { return steady_ns_.load(); }
  void Advance(std::chrono::nanoseconds by) {
    now_ns_ += by.count();
    steady_ns_ += by.count();
  }
  /// The time of day alone jumps, as when a clock is set.
  void Jump(std::chrono::nanoseconds by) { now_ns_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_ns_ = 1'768'000'000'000'000'000;
  std::atomic<std::int64_t> steady_ns_ = 1'000'000'000'000;
};

/// Runs what was submitted when the test says so.
class ManualExecutor final : public CacheExecutor {
 public:
  bool Submit(std::function<void()> work) override {
    const std::lock_guard lock(mutex_);
    if (is_full) return false;
    work_.push_back(std::move(work));
    return true;
  }
  /// Runs all; says how many.
  int Run() {
    int count = 0;
    for (;; ++count) {
      std::function<void()> work;
      {
        const std::lock_guard lock(mutex_);
        if (work_.empty()) return count;
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return work_.size();
  }
  std::atomic<bool> is_full = false;

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> work_;
};

/// The same numbers in each run.
inline std::function<std::uint64_t()> SeededRandom(std::uint64_t seed) {
  struct Source {
    std::mutex mutex;
    std::mt19937_64 engine;
  };
  auto source = std::make_shared<Source>();
  source->engine.seed(seed);
  return [source] {
    const std::lock_guard lock(source->mutex);
    return source->engine();
  };
}

}  // namespace cairn
