#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "cache/redis_connection.h"

namespace cairn {

/// The connections to one server: opened when needed, at most so many, the one used last taken first. Any thread may
/// call it. In a child after fork it begins anew: the parent's connections are closed there without a word.
class RedisPool {
 public:
  struct Options {
    int connections_max = 4;  ///< Callers beyond wait. At least 1.
  };

  /// A connection on loan; it goes back on destruction, or away if it is broken.
  class Loan {
   public:
    Loan(RedisPool* pool, std::unique_ptr<RedisConnection> connection, bool is_fresh)
        : pool_(pool), connection_(std::move(connection)), is_fresh_(is_fresh) {}
    Loan(Loan&&) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_ != nullptr) pool_->Return(std::move(connection_));
    }
    RedisConnection& operator*() const { return *connection_; }
    RedisConnection* operator->() const { return connection_.get(); }
    /// Whether it was opened for this loan, so that the server has just been there.
    [[nodiscard]] bool is_fresh() const { return is_fresh_; }

   private:
    RedisPool* pool_;
    std::unique_ptr<RedisConnection> connection_;
    bool is_fresh_;
  };

  RedisPool(const RedisUrl& url, const RedisEndpoint& endpoint, const Options& options);
  RedisPool(const RedisPool&) = delete;
  RedisPool& operator=(const RedisPool&) = delete;

  /// Returns RESOURCE_EXHAUSTED where no connection came free before `deadline`, otherwise what `RedisConnection::Open`
  /// says, which has until `deadline` too.
  Result<Loan> Take(RedisDeadline deadline);
  /// Closes those not on loan: after one was found dead the others are too, as a rule.
  void DropIdle();

 private:
  void Return(std::unique_ptr<RedisConnection> connection);
  void ForgetParent();

  const RedisUrl url_;
  const RedisEndpoint endpoint_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<RedisConnection>> idle_;
  int open_ = 0;
  std::uint64_t forks_;
};

}  // namespace cairn
