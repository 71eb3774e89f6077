#pragma once

#include <optional>

#include "cache/redis_breaker.h"
#include "cache/redis_pool.h"

namespace cairn {

/// One server: its connections and its breaker. Any thread may call it.
class RedisNode {
 public:
  struct Options {
    RedisPool::Options pool;
    RedisBreaker::Options breaker;
  };

  RedisNode(const RedisUrl& url, const RedisEndpoint& endpoint, const Options& options)
      : endpoint_(endpoint), pool_(url, endpoint, options.pool), breaker_(options.breaker) {}

  /// Sends the commands in one write and adds the answers to `replies`. What meets a connection that died while idle is
  /// sent once more, so commands must bear to be run twice.
  /// Returns UNAVAILABLE at once while the breaker is open, otherwise what went wrong on the way.
  Status Run(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies);

  /// `Run` in two halves, so that several servers work at once. Without a value nothing was sent; `Run` then says why.
  class Pending;
  std::optional<Pending> Start(const RedisCommands& commands, RedisDeadline deadline);

  [[nodiscard]] const RedisEndpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] bool is_down() const { return breaker_.is_open(); }
  /// Whether the server calls itself part of a cluster; asks it if no connection has said so yet.
  Result<bool> IsCluster(RedisDeadline deadline);

 private:
  Status Refused() const;
  Status Attempt(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies, bool& again);

  const RedisEndpoint endpoint_;
  RedisPool pool_;
  RedisBreaker breaker_;
};

class RedisNode::Pending {
 public:
  Pending(RedisNode* node, RedisPool::Loan loan, std::size_t answers)
      : node_(node), loan_(std::move(loan)), answers_(answers) {}
  /// Adds the answers to `replies`; an error leaves it as it was.
  Status Finish(RedisDeadline deadline, std::vector<RedisReply>& replies);

 private:
  RedisNode* node_;
  RedisPool::Loan loan_;
  std::size_t answers_;
};

}  // namespace cairn
