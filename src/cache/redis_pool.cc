#include "cache/redis_pool.h"

#include <fmt/format.h>

#include "cache/fork_gate.h"

namespace cairn {

RedisPool::RedisPool(const RedisUrl& url, const RedisEndpoint& endpoint, const Options& options)
    : url_(url), endpoint_(endpoint), options_(options), forks_(ForkGate::forks_seen()) {}

Result<RedisPool::Loan> RedisPool::Take(RedisDeadline deadline) {
  {
    std::unique_lock lock(mutex_);
    if (forks_ != ForkGate::forks_seen()) ForgetParent();
    const auto ready = [this] { return !idle_.empty() || open_ < options_.connections_max; };
    if (!ready() && !returned_.wait_until(lock, deadline, ready)) {
      return Status(StatusCode::kResourceExhausted,
                    fmt::format("all {} connections to {} are busy", options_.connections_max, endpoint_.ToString()));
    }
    if (!idle_.empty()) {
      Loan loan(this, std::move(idle_.back()), false);
      idle_.pop_back();
      return loan;
    }
    ++open_;
  }
  auto connection = RedisConnection::Open(url_, endpoint_, deadline);
  if (!connection) {
    const std::lock_guard lock(mutex_);
    --open_;
    returned_.notify_one();
    return connection.error();
  }
  return Loan(this, std::move(*connection), true);
}

void RedisPool::Return(std::unique_ptr<RedisConnection> connection) {
  const std::lock_guard lock(mutex_);
  if (connection->is_broken() || forks_ != ForkGate::forks_seen()) {
    --open_;
  } else {
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

void RedisPool::DropIdle() {
  std::vector<std::unique_ptr<RedisConnection>> dropped;
  const std::lock_guard lock(mutex_);
  open_ -= static_cast<int>(idle_.size());
  dropped.swap(idle_);
}

void RedisPool::ForgetParent() {
  idle_.clear();
  open_ = 0;
  forks_ = ForkGate::forks_seen();
}

}  // namespace cairn
