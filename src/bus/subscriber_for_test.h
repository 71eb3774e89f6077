#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "cairn/bus.h"

namespace cairn {

/// Until it is so, or half a minute is over.
inline void AwaitThat(const std::function<bool()>& is_so) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
}

/// What a handler was told: sequence numbers. Any thread may call it.
class Seen {
 public:
  std::atomic<int> fail_times = 0;  ///< So many calls fail.

  FactHandler Handler() {
    return [this](std::span<const Fact> facts) -> Status {
      if (fail_times > 0) {
        --fail_times;
        return {StatusCode::kUnavailable, "not now"};
      }
      const std::lock_guard lock(mutex_);
      batches_.push_back(facts.size());
      for (const Fact& fact : facts) seqs_.push_back(fact.seq().value);
      changed_.notify_all();
      return Status::Ok();
    };
  }
  /// All of them, once there are so many, or half a minute is over.
  std::vector<std::uint64_t> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return seqs_.size() >= count; });
    return seqs_;
  }
  std::vector<std::size_t> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> seqs_;
  std::vector<std::size_t> batches_;
};

}  // namespace cairn
