#include "cache/redis_node.h"

#include <fmt/format.h>

namespace cairn {
namespace {

RedisBreaker::Time Now() { return std::chrono::steady_clock::now(); }

}  // namespace

Status RedisNode::Refused() const {
  return {StatusCode::kUnavailable, fmt::format("Redis at {} is down; asked again soon", endpoint_.ToString())};
}

Status RedisNode::Run(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies) {
  const RedisBreaker::Pass pass = breaker_.is_open() ? breaker_.Ask(Now()) : RedisBreaker::Pass::kThrough;
  if (pass == RedisBreaker::Pass::kRefused) return Refused();
  bool again = false;
  Status status = Attempt(commands, deadline, replies, again);
  if (again) {
    pool_.DropIdle();
    status = Attempt(commands, deadline, replies, again);
  }
  if (status.ok()) {
    breaker_.OnSuccess();
    return status;
  }
  // That callers crowd at the pool says nothing about the server.
  if (status.code() != StatusCode::kResourceExhausted) breaker_.OnFailure(pass, Now());
  return status.WithContext(fmt::format("Redis at {}", endpoint_.ToString()));
}

Status RedisNode::Attempt(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies,
                          bool& again) {
  again = false;
  auto loan = pool_.Take(deadline);
  if (!loan) return loan.error();
  const std::size_t before = replies.size();
  Status ran = (*loan)->Run(commands, deadline, replies);
  if (!ran.ok()) {
    replies.resize(before);
    again = ran.code() == StatusCode::kUnavailable && !loan->is_fresh() && !(*loan)->was_heard();
  }
  return ran;
}

std::optional<RedisNode::Pending> RedisNode::Start(const RedisCommands& commands, RedisDeadline deadline) {
  if (breaker_.is_open()) return std::nullopt;
  auto loan = pool_.Take(deadline);
  if (!loan || !(*loan)->Send(commands, deadline).ok()) return std::nullopt;
  return Pending(this, std::move(*loan), commands.size());
}

Status RedisNode::Pending::Finish(RedisDeadline deadline, std::vector<RedisReply>& replies) {
  const std::size_t before = replies.size();
  for (std::size_t i = 0; i < answers_; ++i) {
    Result<RedisReply> reply = loan_->Receive(deadline);
    if (!reply) {
      replies.resize(before);
      if (reply.error().code() == StatusCode::kDeadlineExceeded) {
        node_->breaker_.OnFailure(RedisBreaker::Pass::kThrough, Now());
      }
      return reply.error();
    }
    replies.push_back(std::move(*reply));
  }
  node_->breaker_.OnSuccess();
  return Status::Ok();
}

Result<bool> RedisNode::IsCluster(RedisDeadline deadline) {
  const RedisBreaker::Pass pass = breaker_.Ask(Now());
  if (pass == RedisBreaker::Pass::kRefused) return Refused();
  auto loan = pool_.Take(deadline);
  if (!loan) {
    if (loan.error().code() != StatusCode::kResourceExhausted) breaker_.OnFailure(pass, Now());
    return loan.error();
  }
  breaker_.OnSuccess();
  return (*loan)->greeting().is_cluster;
}

}  // namespace cairn
