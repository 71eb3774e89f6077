#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "cache/level.h"
#include "cairn/status.h"

namespace cairn {

/// Locks on keys among the processes of a host: a byte each of one file that stays empty (open file description locks).
/// They end with their process. Within the process whoever holds one shares it. Any thread may call it.
class KeyLocks : public std::enable_shared_from_this<KeyLocks> {
 public:
  static Result<std::shared_ptr<KeyLocks>> Open(const std::string& path);
  KeyLocks(const KeyLocks&) = delete;
  KeyLocks& operator=(const KeyLocks&) = delete;
  ~KeyLocks();

  /// Null where another process holds it.
  Result<std::unique_ptr<LevelLease>> TryLock(std::uint64_t hash);
  /// Waits for it; null at `until`.
  Result<std::unique_ptr<LevelLease>> Await(std::uint64_t hash, LevelDeadline until);

  /// In a child of fork: lets go of the file, so that the parent's locks do not live as long as the child.
  void Abandon();

 private:
  class Held;
  explicit KeyLocks(int fd) : fd_(fd) {}
  void Unlock(std::uint64_t hash);

  int fd_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::uint64_t, int> holders_;
};

}  // namespace cairn
