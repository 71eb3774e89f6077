#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace cairn {

/// Lets so many through at once. Any thread may call it.
class Gate {
 public:
  explicit Gate(std::uint32_t places) : free_(places) {}

  /// Waits for a place. False where `stop` or the time ended the wait.
  bool Enter(std::chrono::nanoseconds wait_max, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, stop, wait_max, [&] { return free_ > 0; })) return false;
    --free_;
    return true;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    ++free_;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint32_t free_;  // Guarded by mutex_.
};

/// A place in a gate, given back with it.
class GatePlace {
 public:
  explicit GatePlace(Gate& gate) : gate_(gate) {}
  GatePlace(const GatePlace&) = delete;
  GatePlace& operator=(const GatePlace&) = delete;
  ~GatePlace() { gate_.Leave(); }

 private:
  Gate& gate_;
};

}  // namespace cairn
