#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "cache/redis_url.h"
#include "cairn/status.h"

namespace cairn {

/// When an operation must be over, on the clock that never jumps.
using RedisDeadline = std::chrono::steady_clock::time_point;

/// The bytes to and from one server: TCP, a Unix socket, or TLS over TCP. One thread at a time.
class RedisTransport {
 public:
  RedisTransport() = default;
  RedisTransport(const RedisTransport&) = delete;
  RedisTransport& operator=(const RedisTransport&) = delete;
  /// Closes the descriptor without a word to the server: in a child after fork the parent's stream stays whole.
  virtual ~RedisTransport() = default;

  /// Sends all of it. Returns DEADLINE_EXCEEDED, or UNAVAILABLE where the connection broke.
  virtual Status Send(std::string_view bytes, RedisDeadline deadline) = 0;
  /// Waits for some bytes and returns how many were read, at least one. Returns DEADLINE_EXCEEDED, or UNAVAILABLE where
  /// the connection broke or ended.
  virtual Result<std::size_t> Receive(char* out, std::size_t size, RedisDeadline deadline) = 0;

  /// Ends a wait in `Send` or `Receive`, now or later, as though the connection had broken. Any thread may call it.
  virtual void Interrupt() = 0;

  /// Resolves, connects and, where the URL says so, shakes hands over TLS, all before `deadline`.
  /// Returns DEADLINE_EXCEEDED, UNAVAILABLE where nobody listens, UNAUTHENTICATED where the certificate does not hold,
  /// INVALID_ARGUMENT where a certificate file cannot be read.
  static Result<std::unique_ptr<RedisTransport>> Connect(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                         RedisDeadline deadline);
};

}  // namespace cairn
