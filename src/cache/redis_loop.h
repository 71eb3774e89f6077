#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace cairn {

/// A background thread that takes one step after another. A step says how long to pause after it.
class RedisLoop {
 public:
  static constexpr std::chrono::milliseconds kUntilWoken = std::chrono::milliseconds::max();

  explicit RedisLoop(std::function<std::chrono::milliseconds()> step);
  RedisLoop(const RedisLoop&) = delete;
  RedisLoop& operator=(const RedisLoop&) = delete;
  /// Waits for the step under way.
  ~RedisLoop();

  /// Ends a pause.
  void Wake();

 private:
  void Run();

  const std::function<std::chrono::milliseconds()> step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool is_woken_ = false;
  bool is_ending_ = false;
  std::thread thread_;
};

}  // namespace cairn
