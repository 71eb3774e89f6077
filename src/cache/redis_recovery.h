#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cache/level.h"
#include "cache/redis_invalidate.h"

namespace cairn {

/// What `LevelWrite` refers to, kept.
struct KeptWrite {
  KeptWrite(const LevelWrite& write, LevelDeadline now);

  std::string text;
  std::string short_text;
  std::string source;
  std::uint64_t hash;
  std::uint64_t text_hash;
  std::uint64_t version;
  std::vector<LevelTag> implicit_tags;
  std::vector<LevelTag> explicit_tags;
  std::vector<LevelTag> more_tags;
  std::string bytes;
  LevelFence fence;
  LevelDeadline keep_until;
  std::optional<std::uint64_t> expected_stamp;

  [[nodiscard]] LevelKey key() const;
  [[nodiscard]] std::size_t size() const;
};

/// What could not be done while Redis was away, until it is back: bounded, the last word on each subject winning. An
/// invalidation outdoes a store of its key, and `remove` outdoes `expire`. Where there is no room for an invalidation,
/// stores go first; then all invalidations become one, of everything. Any thread may call it.
class RedisRecovery {
 public:
  struct Options {
    std::uint64_t entries = 10'000;
    std::uint64_t bytes = 16ULL << 20;
  };
  /// One key, tag or pattern that has still to be invalidated in `buckets`, and then told.
  struct Pending {
    Invalidation invalidation;
    RedisBuckets buckets = kAllBuckets;
  };
  struct Batch {
    std::vector<Pending> invalidations;
    std::vector<KeptWrite> stores;
  };

  explicit RedisRecovery(const Options& options) : options_(options) {}

  /// Returns false where everything is invalidated instead.
  bool Add(const Invalidation& invalidation, RedisBuckets buckets);
  /// Returns false where there is no room, or the key waits to be invalidated.
  bool Add(const LevelWrite& write, LevelDeadline now);

  /// Whether what stands in a bucket may have been invalidated by a call that waits here.
  [[nodiscard]] bool IsBlocked(std::size_t bucket) const {
    return (blocked_.load(std::memory_order_acquire) & (RedisBuckets{1} << bucket)) != 0;
  }
  [[nodiscard]] bool is_empty() const;
  [[nodiscard]] std::size_t size() const;

  /// Takes everything out, to be done; buckets stay blocked until `Finish`, to which comes what could not be done.
  Batch Take();
  void Finish(Batch left);

 private:
  void AddLocked(const Invalidation& invalidation, RedisBuckets buckets);
  void AddOne(const std::string& subject, Invalidation one, RedisBuckets buckets);
  void MakeRoom(std::uint64_t bytes);
  [[nodiscard]] bool HasRoom(std::uint64_t bytes) const;
  [[nodiscard]] bool IsInvalidated(const std::string& key_text) const;

  const Options options_;
  std::atomic<RedisBuckets> blocked_ = 0;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Pending> invalidations_;  ///< By kind and subject: `k...`, `t...`, `p...`.
  std::map<std::string, KeptWrite> stores_;       ///< By key and version.
  std::uint64_t bytes_ = 0;
  std::uint64_t taken_entries_ = 0;  ///< They count until they are done.
  std::uint64_t taken_bytes_ = 0;
  bool has_overflowed_ = false;
};

}  // namespace cairn
