#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "child.h"

namespace cairn::bench {

/// A Redis of this run's own: on a free port of the loopback, keeping nothing on disk, stopped with this.
class RedisServer {
 public:
  /// Ends the process where redis-server cannot be started.
  explicit RedisServer(const std::string& folder);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  Child process_;
};

/// Plain GET and SET over one connection of hiredis. One thread at a time.
class RedisRival {
 public:
  explicit RedisRival(const RedisServer& server);

  void Set(std::string_view key, std::string_view value);
  /// Good until the next call. Ends the process where it is not there.
  std::string_view Get(std::string_view key);

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  std::unique_ptr<redisContext, FreeContext> context_;
  std::unique_ptr<redisReply, FreeReply> reply_;
};

}  // namespace cairn::bench
