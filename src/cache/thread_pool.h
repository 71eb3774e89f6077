#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "cairn/cache_options.h"

namespace cairn {

/// A few threads and a bounded queue. Threads begin when there is work for them.
class ThreadPool final : public CacheExecutor {
 public:
  ThreadPool(std::uint32_t threads, std::uint32_t queue) : threads_max_(threads), queue_max_(queue) {}
  /// Ends what runs, and drops what has not begun.
  ~ThreadPool() override;
  bool Submit(std::function<void()> work) override;
  /// Waits until nothing runs and nothing waits.
  void AwaitIdle();

 private:
  void Loop();

  const std::uint32_t threads_max_;
  const std::uint32_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable idle_;
  // Guarded by mutex_.
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::uint32_t waiting_ = 0;
  bool is_stopping_ = false;
};

}  // namespace cairn
