#pragma once

#include <poll.h>

#include "cache/redis_polls.h"
#include "cache/redis_transport.h"

namespace cairn {

/// Owns a descriptor.
class RedisSocket {
 public:
  RedisSocket() = default;
  explicit RedisSocket(int fd) : fd_(fd) {}
  RedisSocket(RedisSocket&& other) noexcept : fd_(other.fd_), receive_timeout_ms_(other.receive_timeout_ms_) {
    other.fd_ = -1;
  }
  RedisSocket& operator=(RedisSocket&& other) noexcept;
  RedisSocket(const RedisSocket&) = delete;
  RedisSocket& operator=(const RedisSocket&) = delete;
  ~RedisSocket();

  [[nodiscard]] int fd() const { return fd_; }
  /// Ends the connection for whichever thread uses it; the descriptor stays open.
  void Shutdown() const;
  /// Waits for `events` (POLLIN, POLLOUT). Returns DEADLINE_EXCEEDED.
  Status Wait(short events, RedisDeadline deadline) const;
  /// Looks a few times, then waits in `recv` itself; what it returns, or DEADLINE_EXCEEDED, UNAVAILABLE. Up to a
  /// millisecond late.
  Result<std::size_t> Receive(char* out, std::size_t size, RedisDeadline deadline);

 private:
  /// `recv` that does not sleep; -1 and EAGAIN where there is nothing yet.
  ssize_t Poll(char* out, std::size_t size);

  RedisPolls polls_;
  int fd_ = -1;
  std::int64_t receive_timeout_ms_ = 0;  ///< As the kernel knows it.
};

/// A connected, blocking socket: a blocking read with a timeout is one call where poll and read are two. Names are
/// resolved in a thread of their own, since the resolver knows no deadline.
Result<RedisSocket> ConnectRedisSocket(const RedisEndpoint& endpoint, RedisDeadline deadline);

}  // namespace cairn
