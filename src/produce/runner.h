#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "produce/dispatch_queue.h"
#include "produce/producer.h"
#include "produce/retry.h"
#include "produce/token_bucket.h"

namespace cairn {

struct RunnerOptions {
  std::size_t workers = 1;
  /// Requests that wait, retries included; `Submit` waits when so many do.
  std::size_t queue_max = 16'384;
  DispatchOptions dispatch;  ///< `workers` is taken from above.
  RetryPolicy retry{.attempts = 3, .backoff = std::chrono::milliseconds(100), .backoff_max = std::chrono::seconds(5)};
  std::chrono::nanoseconds deadline{std::chrono::seconds(60)};  ///< Of one attempt; 0 for none.
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;          ///< Of one attempt.
  /// At most so many attempts begun in each window; none for no limit.
  std::optional<TokenBucket::Limit> rate;
  std::uint64_t seed = 1;  ///< Of the random part of the backoff.
};

/// What became of a request.
struct ProduceEnd {
  ProduceRequest request;
  Result<Produced> result{StatusCode::kCancelled, ""};
  std::uint32_t attempts = 0;          ///< 0: never begun.
  std::chrono::nanoseconds took{0};    ///< Of the last attempt.
  std::chrono::nanoseconds waited{0};  ///< From `Submit` to the first attempt.
};

struct WorkerHealth {
  std::uint64_t tasks = 0;
  std::uint64_t failures = 0;
  std::chrono::nanoseconds busy{0};
  bool is_running = false;
  std::chrono::nanoseconds current{0};  ///< How long the task under way has been so.
};

struct RunnerStats {
  std::uint64_t submitted = 0;
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t retries = 0;
  std::uint64_t slow = 0;  ///< Begun in the slow lane.
  std::size_t queued = 0;
  std::size_t running = 0;
  std::vector<WorkerHealth> workers;
};

/// Runs requests through a producer with a bounded number of workers. Every request ends exactly once, by a call of
/// `on_end`, which may come from any worker, several at once.
///
/// Any thread may call it, `on_end` too, except that it must not `Submit` (it could wait for itself). Destruction
/// stops.
class Runner {
 public:
  using OnEnd = std::function<void(ProduceEnd)>;

  Runner(Producer& producer, RunnerOptions options, OnEnd on_end);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Waits where the queue is full. Returns CANCELLED after `Stop`: the request was not taken and has no end.
  Status Submit(ProduceRequest request);
  /// Several at once, which costs less, and the dearest of them all is begun first. How many were taken, from the
  /// front: all, but after `Stop`.
  std::size_t SubmitAll(std::vector<ProduceRequest> requests);
  /// Waits until everything that was submitted has ended.
  void Drain();
  /// The same, for so long at most. False where something is still to be done.
  bool DrainFor(std::chrono::nanoseconds time);
  /// No request is begun any more; those under way run to their end, the others end as CANCELLED with no attempts, so
  /// that their owner can ask again. With `hurry` those under way are asked to end too. Returns when all have ended.
  void Stop(bool hurry = false);

  [[nodiscard]] RunnerStats Stats() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Task {
    ProduceRequest request;
    std::chrono::nanoseconds expected{0};
    std::uint32_t attempts = 0;
    SteadyTime submitted;
    SteadyTime begun;
  };
  struct Worker {
    WorkerHealth health;
    SteadyTime since;
    std::thread thread;
  };

  void Push(ProduceRequest request, std::chrono::nanoseconds expected, SteadyTime now);
  void Work(std::size_t number);
  // Waits for a task that may begin; none when it is to end.
  std::optional<DispatchQueue::Next> Take(std::unique_lock<std::mutex>& lock);
  // Quick ones to be begun together with that one, where the producer likes it.
  std::vector<DispatchQueue::Next> TakeMore(const DispatchQueue::Next& first);
  void WaitForRate(std::unique_lock<std::mutex>& lock);
  void RunAll(std::unique_lock<std::mutex>& lock, std::size_t number, const std::vector<DispatchQueue::Next>& batch);
  void EndAttempt(std::unique_lock<std::mutex>& lock, std::uint64_t number, Result<Produced> result,
                  std::chrono::nanoseconds took);
  void TakeBackDelayed(SteadyTime now);
  void End(std::unique_lock<std::mutex>& lock, ProduceEnd end);

  Producer& producer_;
  const RunnerOptions options_;
  const OnEnd on_end_;
  std::unique_ptr<TokenBucket> rate_;
  std::atomic<bool> hurry_ = false;

  mutable std::mutex mutex_;
  // All below are guarded by mutex_.
  std::condition_variable has_work_;
  std::condition_variable has_room_;
  std::condition_variable is_idle_;
  DispatchQueue queue_;
  std::map<std::uint64_t, Task> tasks_;               // Waiting and running.
  std::multimap<SteadyTime, std::uint64_t> delayed_;  // To be tried again then.
  std::uint64_t next_task_ = 1;
  std::uint64_t random_;
  bool stopping_ = false;
  bool ending_ = false;
  RunnerStats stats_;
  std::vector<Worker> workers_;
};

}  // namespace cairn
