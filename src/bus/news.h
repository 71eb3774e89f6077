#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Tells many who wait that a record came, with one thread for all of them. Any thread may call it.
class News {
 public:
  /// `repository` outlives this.
  explicit News(Repository& repository);
  News(const News&) = delete;
  News& operator=(const News&) = delete;
  /// Stops.
  ~News();

  using Told = std::function<void()>;
  /// Calls `told` once: when a record after `last` is visible, when the time is over, or when this stops. On any
  /// thread; `told` is short.
  void Await(Seq last, std::chrono::milliseconds timeout, Told told);
  /// All are told, now and from now on at once.
  void Stop();
  [[nodiscard]] bool is_stopped();

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiter {
    Clock::time_point deadline;
    Told told;
  };
  bool HasMissed(Seq last);
  void Run();
  /// Takes those whose time is over, or all of `of`.
  std::vector<Told> Take(const Seq* of, Clock::time_point now);

  Repository& repository_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::multimap<Seq, Waiter> waiters_;  // By the record that they know last.
  bool is_stopped_ = false;

  std::thread thread_;
};

}  // namespace cairn
