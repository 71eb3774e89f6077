#pragma once

#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <stop_token>

namespace cairn {

/// Steady time, and waiting for it to pass. Any thread may call it.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  virtual ~Waiter() = default;

  /// Since the host started, asleep or awake: the same for all its processes, never set back.
  [[nodiscard]] virtual std::chrono::nanoseconds Now() = 0;
  /// False where `stop` ended it before its time.
  virtual bool Wait(std::chrono::nanoseconds time, std::stop_token stop) = 0;
};

/// The system's.
class SystemWaiter : public Waiter {
 public:
  std::chrono::nanoseconds Now() override {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }
  bool Wait(std::chrono::nanoseconds time, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
  }
};

}  // namespace cairn
