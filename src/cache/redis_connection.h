#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cache/redis_command.h"
#include "cache/redis_reply.h"
#include "cache/redis_transport.h"

namespace cairn {

/// One authenticated connection. One thread at a time. After any error but a command's own it is broken: answers can no
/// longer be matched to questions, so it is thrown away.
class RedisConnection {
 public:
  /// What the server said of itself.
  struct Greeting {
    bool is_cluster = false;
    bool is_replica = false;
    std::string version;
  };

  /// Connects, says HELLO with the URL's credentials, and selects its database. Returns what `RedisTransport::Connect`
  /// says, UNAUTHENTICATED for a wrong password, UNAVAILABLE while the server loads its data, FAILED_PRECONDITION for a
  /// server older than Redis 7.
  static Result<std::unique_ptr<RedisConnection>> Open(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                       RedisDeadline deadline);

  explicit RedisConnection(std::unique_ptr<RedisTransport> transport) : transport_(std::move(transport)) {}

  /// Sends all commands in one write and adds their answers to `replies`, in order.
  Status Run(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies);
  Result<RedisReply> Run(std::initializer_list<std::string_view> words, RedisDeadline deadline);

  Status Send(const RedisCommands& commands, RedisDeadline deadline);
  Result<RedisReply> Receive(RedisDeadline deadline);

  /// Ends a wait of another thread in `Receive`, now or later.
  void Interrupt() { transport_->Interrupt(); }

  [[nodiscard]] bool is_broken() const { return is_broken_; }
  /// Whether the server has answered anything since `Run` began: if not, it may never have seen the commands.
  [[nodiscard]] bool was_heard() const { return was_heard_; }
  [[nodiscard]] const Greeting& greeting() const { return greeting_; }

 private:
  Status Greet(const RedisUrl& url, RedisDeadline deadline);
  Status Broken(Status why);

  std::unique_ptr<RedisTransport> transport_;
  RedisReplyReader reader_;
  Greeting greeting_;
  bool is_broken_ = false;
  bool was_heard_ = false;
};

}  // namespace cairn
