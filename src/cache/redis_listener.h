#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cache/level.h"
#include "cache/redis_client.h"

namespace cairn {

/// Hears what other hosts invalidate, in order and without gaps: it follows a stream that keeps the last messages, so
/// that a connection that broke costs nothing but time as long as the stream still has what was said meanwhile. A
/// silent server, a gap, a log that was emptied or that lost its end are all noticed. One thread takes the steps.
class RedisListener {
 public:
  struct Options {
    std::string log;                          ///< The stream's key.
    std::string sender;                       ///< This client's name: its own messages are passed over.
    std::chrono::milliseconds silence{1000};  ///< How long a question waits in Redis for a message.
    std::chrono::milliseconds connect_timeout{500};
    std::chrono::milliseconds pause_min{100};  ///< Before connecting again; doubles.
    std::chrono::milliseconds pause_max{2000};
  };

  /// `on_rollback`: the store stands at an earlier state than this host has seen; what was removed since stands again.
  RedisListener(RedisClient* client, InvalidationSink* sink, Options options, std::function<void()> on_rollback);

  /// Connects and catches up, or hears the next messages. Returns how long to pause before the next step.
  std::chrono::milliseconds Step();
  /// Ends a step that waits, and all that follow at once. Any thread may call it.
  void Interrupt();

  [[nodiscard]] bool is_listening() const { return is_listening_.load(std::memory_order_acquire); }

 private:
  struct Id {
    std::string epoch;
    std::uint64_t number = 0;
  };
  static std::optional<Id> ReadId(std::string_view text);

  Status Connect();
  Status CatchUp(std::uint64_t last);
  Status Hear();
  Status Deliver(const RedisReply& messages);
  void Lose();
  RedisDeadline In(std::chrono::milliseconds time) const { return std::chrono::steady_clock::now() + time; }

  RedisClient* const client_;
  InvalidationSink* const sink_;
  const Options options_;
  const std::function<void()> on_rollback_;
  std::atomic<bool> is_listening_ = false;
  std::optional<InvalidationSink::Position> position_;
  std::chrono::milliseconds pause_;
  std::mutex mutex_;
  // Guarded by mutex_, which the thread of the steps need not take to read.
  std::unique_ptr<RedisConnection> connection_;
  bool is_interrupted_ = false;
};

}  // namespace cairn
