#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "cairn/status.h"

namespace cairn {

/// A rate limit that all processes of a host keep together, through a small file. A token comes back one window after
/// it was used, so that no window of that length, wherever it begins, sees more uses than allowed: a bucket that
/// refills steadily would let through up to twice as many, which servers that count by the minute refuse.
///
/// Tokens are given in the order asked; one that is given for later and then not used is lost. After a crash at any
/// point the limit still holds. Any thread, any process, also a forked one, may call it.
///
/// Times are those of `Waiter::Now`, which begin anew when the host starts; the file knows of which start it is.
class TokenBucket {
 public:
  static constexpr std::uint32_t kTokensMax = 10'000;

  struct Limit {
    std::uint32_t tokens = 100;  ///< In each window; from 1 to `kTokensMax`. Processes may have different ones.
    std::chrono::nanoseconds window{std::chrono::minutes(1)};
  };

  /// Opens or makes the file at `path`. `boot` names the host's start. Returns what the file system does.
  static Result<std::unique_ptr<TokenBucket>> Open(FileSystem& files, const std::string& path, std::uint64_t boot,
                                                   Limit limit);
  /// One for this process alone.
  static std::unique_ptr<TokenBucket> InMemory(Limit limit);

  /// Takes a token and returns how long to wait before it is used. Returns RESOURCE_EXHAUSTED, taking none, where
  /// that is longer than `wait_max`; what the file system does where the file cannot be locked.
  Result<std::chrono::nanoseconds> Take(std::chrono::nanoseconds now, std::chrono::nanoseconds wait_max);

  /// No token is to be used before `until`: the server said so.
  Status Block(std::chrono::nanoseconds until);
  /// How long that still holds; zero where it does not.
  Result<std::chrono::nanoseconds> Blocked(std::chrono::nanoseconds now);

 private:
  struct Page;
  class Guard;

  TokenBucket(FileSystem* files, std::string path, std::uint64_t boot, Limit limit)
      : files_(files), path_(std::move(path)), boot_(boot), limit_(limit) {}

  FileSystem* const files_;  // Null in memory.
  const std::string path_;
  const std::uint64_t boot_;
  const Limit limit_;
  std::unique_ptr<Mapping> mapping_;
  std::vector<char> memory_;  // Guarded by mutex_; in memory only.
  std::mutex mutex_;          // In memory only: a file is locked instead, which a forked child can undo.
  Page* page_ = nullptr;      // Guarded by that lock.
};

}  // namespace cairn
