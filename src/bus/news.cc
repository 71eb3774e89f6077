#include "bus/news.h"

namespace cairn {
namespace {

// Nobody's time is over much later than it should be.
constexpr std::chrono::milliseconds kLook{50};

}  // namespace

News::News(Repository& repository) : repository_(repository), thread_([this] { Run(); }) {}

News::~News() {
  Stop();
  thread_.join();
}

// Who knows less than those who wait already has missed something, unless these wait for what is far ahead.
bool News::HasMissed(Seq last) {
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty() || last >= waiters_.begin()->first) return false;
  }
  return repository_.WaitFor(last, {}).code() != StatusCode::kDeadlineExceeded;
}

void News::Await(Seq last, std::chrono::milliseconds timeout, Told told) {
  if (HasMissed(last)) return told();
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopped_) {
      waiters_.emplace(last, Waiter{Clock::now() + timeout, std::move(told)});
      changed_.notify_one();
      return;
    }
  }
  told();
}

void News::Stop() {
  std::vector<Told> all;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    for (auto& [last, waiter] : waiters_) all.push_back(std::move(waiter.told));
    waiters_.clear();
    changed_.notify_one();
  }
  for (const Told& told : all) told();
}

bool News::is_stopped() {
  const std::lock_guard lock(mutex_);
  return is_stopped_;
}

std::vector<News::Told> News::Take(const Seq* of, Clock::time_point now) {
  std::vector<Told> out;
  const std::lock_guard lock(mutex_);
  for (auto at = waiters_.begin(); at != waiters_.end();) {
    if ((of != nullptr && at->first == *of) || at->second.deadline <= now) {
      out.push_back(std::move(at->second.told));
      at = waiters_.erase(at);
    } else {
      ++at;
    }
  }
  return out;
}

void News::Run() {
  while (true) {
    Seq first;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_stopped_ || !waiters_.empty(); });
      if (is_stopped_) return;
      first = waiters_.begin()->first;
    }
    const Status status = repository_.WaitFor(first, kLook);
    // Whoever waits on a store that cannot be asked finds out by asking.
    const bool is_told = status.code() != StatusCode::kDeadlineExceeded;
    for (const Told& told : Take(is_told ? &first : nullptr, Clock::now())) told();
  }
}

}  // namespace cairn
