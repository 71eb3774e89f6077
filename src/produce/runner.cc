#include "produce/runner.h"

#include <algorithm>

#include "produce/retry.h"

namespace cairn {
namespace {

using SteadyClock = std::chrono::steady_clock;

// What is expected to take no longer may be begun together with others.
constexpr std::chrono::microseconds kQuick{500};

DispatchOptions WithWorkers(DispatchOptions options, std::size_t workers) {
  options.workers = workers;
  return options;
}

// splitmix64
std::uint64_t NextRandom(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9E3779B97F4A7C15);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

}  // namespace

Runner::Runner(Producer& producer, RunnerOptions options, OnEnd on_end)
    : producer_(producer),
      options_(std::move(options)),
      on_end_(std::move(on_end)),
      rate_(options_.rate ? TokenBucket::InMemory(*options_.rate) : nullptr),
      queue_(WithWorkers(options_.dispatch, options_.workers)),
      random_(options_.seed),
      workers_(std::max<std::size_t>(options_.workers, 1)) {
  for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i].thread = std::thread([this, i] { Work(i); });
}

Runner::~Runner() {
  Stop();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  has_work_.notify_all();
  for (Worker& worker : workers_) worker.thread.join();
}

Status Runner::Submit(ProduceRequest request) {
  std::vector<ProduceRequest> one;
  one.push_back(std::move(request));
  return SubmitAll(std::move(one)) == 1 ? Status::Ok() : Status(StatusCode::kCancelled, "the runner was stopped");
}

std::size_t Runner::SubmitAll(std::vector<ProduceRequest> requests) {
  std::vector<std::chrono::nanoseconds> expected;
  expected.reserve(requests.size());
  for (const ProduceRequest& request : requests) expected.push_back(producer_.ExpectedCost(request));
  std::size_t taken = 0;
  std::unique_lock lock(mutex_);
  const auto has_room = [&] { return queue_.size() + delayed_.size() < options_.queue_max; };
  while (taken < requests.size()) {
    has_room_.wait(lock, [&] { return stopping_ || has_room(); });
    if (stopping_) break;
    const SteadyTime now = SteadyClock::now();
    const std::size_t before = taken;
    for (; taken < requests.size() && has_room(); ++taken) Push(std::move(requests[taken]), expected[taken], now);
    // Woken with the lock held they would wait for it.
    lock.unlock();
    if (taken - before == 1) {
      has_work_.notify_one();
    } else {
      has_work_.notify_all();
    }
    if (taken == requests.size()) return taken;
    lock.lock();
  }
  return taken;
}

void Runner::Push(ProduceRequest request, std::chrono::nanoseconds expected, SteadyTime now) {
  Task task;
  task.expected = expected;
  task.request = std::move(request);
  task.submitted = now;
  const std::uint64_t number = next_task_++;
  queue_.Push(number, expected);
  tasks_.emplace(number, std::move(task));
  ++stats_.submitted;
}

void Runner::Drain() {
  std::unique_lock lock(mutex_);
  is_idle_.wait(lock, [&] { return tasks_.empty(); });
}

bool Runner::DrainFor(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return is_idle_.wait_for(lock, time, [&] { return tasks_.empty(); });
}

void Runner::Stop(bool hurry) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  if (hurry) hurry_ = true;
  has_room_.notify_all();
  has_work_.notify_all();
  std::vector<std::uint64_t> waiting;
  while (const auto next = queue_.Pop()) {
    queue_.Done(next->slow);
    waiting.push_back(next->task);
  }
  for (const auto& [time, task] : delayed_) waiting.push_back(task);
  delayed_.clear();
  for (const std::uint64_t number : waiting) {
    const auto at = tasks_.find(number);
    ProduceEnd end;
    end.request = std::move(at->second.request);
    end.result = Result<Produced>(StatusCode::kCancelled, "stopped before it was begun");
    ++stats_.cancelled;
    End(lock, std::move(end));
    tasks_.erase(number);
  }
  is_idle_.wait(lock, [&] { return tasks_.empty(); });
}

RunnerStats Runner::Stats() const {
  const std::lock_guard lock(mutex_);
  RunnerStats stats = stats_;
  stats.queued = queue_.size() + delayed_.size();
  stats.running = tasks_.size() - stats.queued;
  const SteadyTime now = SteadyClock::now();
  for (const Worker& worker : workers_) {
    stats.workers.push_back(worker.health);
    if (worker.health.is_running) stats.workers.back().current = now - worker.since;
  }
  return stats;
}

void Runner::TakeBackDelayed(SteadyTime now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const std::uint64_t number = delayed_.begin()->second;
    delayed_.erase(delayed_.begin());
    queue_.Push(number, tasks_.at(number).expected);
  }
}

std::optional<DispatchQueue::Next> Runner::Take(std::unique_lock<std::mutex>& lock) {
  for (;;) {
    if (ending_) return std::nullopt;
    TakeBackDelayed(SteadyClock::now());
    if (const auto next = queue_.Pop()) {
      has_room_.notify_one();
      return next;
    }
    if (delayed_.empty()) {
      has_work_.wait(lock);
    } else {
      // A copy: another worker may take it away while this one waits.
      const SteadyTime until = delayed_.begin()->first;
      has_work_.wait_until(lock, until);
    }
  }
}

void Runner::Work(std::size_t number) {
  std::unique_lock lock(mutex_);
  while (const auto next = Take(lock)) {
    const auto batch = TakeMore(*next);
    if (batch.size() > 1) has_room_.notify_all();
    RunAll(lock, number, batch);
    for (const auto& done : batch) queue_.Done(done.slow);
    if (tasks_.empty()) is_idle_.notify_all();
  }
}

// Fewer towards the end, so that all workers end at about the same time.
std::vector<DispatchQueue::Next> Runner::TakeMore(const DispatchQueue::Next& first) {
  std::vector<DispatchQueue::Next> batch{first};
  const auto is_quick = [this](const DispatchQueue::Next& next) {
    const Task& task = tasks_.at(next.task);
    return task.attempts == 0 && task.expected <= kQuick;
  };
  if (rate_ || !is_quick(first)) return batch;
  const std::size_t most = std::min(producer_.most_at_once(), 1 + queue_.size() / (2 * workers_.size()));
  while (batch.size() < most) {
    const auto next = queue_.PopQuick(kQuick);
    if (!next) break;
    if (!is_quick(*next)) {
      queue_.Push(next->task, tasks_.at(next->task).expected);
      break;
    }
    batch.push_back(*next);
  }
  return batch;
}

void Runner::WaitForRate(std::unique_lock<std::mutex>& lock) {
  const auto wait = rate_->Take(SteadyClock::now().time_since_epoch(), std::chrono::hours(24));
  if (!wait || wait->count() <= 0) return;
  // The token is this worker's: it waits for its time, so that none is lost.
  const SteadyTime until = SteadyClock::now() + *wait;
  while (!stopping_ && SteadyClock::now() < until) has_room_.wait_until(lock, until);
}

void Runner::RunAll(std::unique_lock<std::mutex>& lock, std::size_t number,
                    const std::vector<DispatchQueue::Next>& batch) {
  Worker& worker = workers_[number];
  if (rate_) WaitForRate(lock);
  worker.since = SteadyClock::now();
  worker.health.is_running = true;
  std::vector<const ProduceRequest*> requests;
  for (const auto& next : batch) {
    Task& task = tasks_.at(next.task);
    if (task.attempts == 0) task.begun = worker.since;
    ++task.attempts;
    if (next.slow) ++stats_.slow;
    requests.push_back(&task.request);
  }

  ProduceContext context;
  context.worker = number;
  context.attempt = tasks_.at(batch.front().task).attempts;
  context.deadline = options_.deadline;
  context.memory_bytes = options_.memory_bytes;
  context.keep_going = [this] {
    return hurry_.load(std::memory_order_relaxed) ? Status(StatusCode::kCancelled, "the runner was stopped")
                                                  : Status::Ok();
  };
  lock.unlock();
  std::vector<Result<Produced>> results = producer_.ProduceAll(requests, context);
  lock.lock();

  const auto took = SteadyClock::now() - worker.since;
  worker.health.is_running = false;
  worker.health.tasks += batch.size();
  worker.health.busy += took;
  for (const auto& result : results) worker.health.failures += result ? 0 : 1;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    EndAttempt(lock, batch[i].task, std::move(results[i]), took / static_cast<std::int64_t>(batch.size()));
  }
}

void Runner::EndAttempt(std::unique_lock<std::mutex>& lock, std::uint64_t number, Result<Produced> result,
                        std::chrono::nanoseconds took) {
  Task& task = tasks_.at(number);
  if (!result && MayPass(result.error().code()) && !stopping_) {
    const auto wait = NextRetry(options_.retry, task.attempts, std::chrono::nanoseconds(0), NextRandom(random_));
    if (wait) {
      ++stats_.retries;
      delayed_.emplace(SteadyClock::now() + *wait, number);
      has_work_.notify_one();
      return;
    }
  }
  if (result) {
    ++stats_.succeeded;
  } else if (result.error().code() == StatusCode::kCancelled) {
    ++stats_.cancelled;
  } else {
    ++stats_.failed;
  }
  ProduceEnd end;
  end.request = std::move(task.request);
  end.result = std::move(result);
  end.attempts = task.attempts;
  end.took = took;
  end.waited = task.begun - task.submitted;
  End(lock, std::move(end));
  tasks_.erase(number);
}

void Runner::End(std::unique_lock<std::mutex>& lock, ProduceEnd end) {
  lock.unlock();
  on_end_(std::move(end));
  lock.lock();
}

}  // namespace cairn
