#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace cairn {

/// Keeps callers from waiting on a backend that is down. Closed: every call goes through. After some failures in a row
/// it opens: calls are refused at once, except that one at a time may probe (half-open) when a wait has passed; the
/// wait doubles with each probe that fails. One success closes it. Any thread may call it.
class RedisBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  struct Options {
    int failures = 3;                            ///< In a row, before it opens. At least 1.
    std::chrono::milliseconds wait_min{250};     ///< Before the first probe. At least 1 ms.
    std::chrono::milliseconds wait_max{10'000};  ///< The doubling ends here.
  };
  enum class Pass : std::uint8_t { kRefused, kThrough, kProbe };

  explicit RedisBreaker(const Options& options) : options_(options) {}

  /// Whether the caller may go through. If so it reports back with `OnSuccess` or `OnFailure`; a probe that never
  /// reports only delays the next one by a wait.
  [[nodiscard]] Pass Ask(Time now);
  void OnSuccess();
  void OnFailure(Pass pass, Time now);

  [[nodiscard]] bool is_open() const { return is_open_.load(std::memory_order_acquire); }

 private:
  const Options options_;
  std::atomic<bool> is_open_ = false;
  std::atomic<bool> has_failures_ = false;
  std::mutex mutex_;
  // Guarded by mutex_.
  int failures_ = 0;
  std::chrono::milliseconds wait_{0};
  Time probe_at_;
};

}  // namespace cairn
