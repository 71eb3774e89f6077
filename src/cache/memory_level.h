#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "cache/entry_key.h"
#include "cache/entry_times.h"
#include "cache/generations.h"
#include "cache/hit_counts.h"
#include "cache/readers.h"
#include "cache/s3_fifo.h"
#include "cache/spin_lock.h"
#include "cairn/cache_options.h"
#include "cairn/cache_result.h"
#include "cairn/cache_stats.h"

namespace cairn {

/// The entries of this process. A hit copies a pointer and writes no list; about which there is nothing to decide takes
/// no lock, others take a short one. What an entry is worth is decided anew at each hit: by its times and by the
/// generations. Any thread may call it.
class MemoryLevel {
 public:
  /// `notes_uses`: `Seen` tells when entries were used, for the history.
  MemoryLevel(const CacheMemoryOptions& options, const Generations& generations, bool notes_uses = false);
  MemoryLevel(const MemoryLevel&) = delete;
  MemoryLevel& operator=(const MemoryLevel&) = delete;
  ~MemoryLevel();

  using Key = EntryKey;
  struct Hit {
    std::shared_ptr<const CacheEntry> entry;
    EntryTimes times;
    CacheState state = CacheState::kMiss;
    CacheLevel from = CacheLevel::kNone;  ///< The level that it was taken from.
    bool is_expired = false;              ///< By the verb, not by its time.

    [[nodiscard]] bool is_fresh() const { return state == CacheState::kFresh || state == CacheState::kNegative; }
  };
  /// What stands, fresh or stale; a miss otherwise. Counts it unless `is_counted` is off.
  Hit Read(const Key& key, std::int64_t now_ns, bool is_counted = true);

  /// A hit before its `calm_until_ns`, in as few steps as can be and without a lock; otherwise false, and `Read`
  /// decides. Nothing of `result` that is not set here is looked at.
  bool ReadCalm(std::uint64_t hash, std::string_view text, std::size_t operation, CacheClock& clock,
                CacheResult& result);

  struct Write {
    const Key& key;
    std::shared_ptr<const CacheEntry> entry;
    EntryTimes times;
    std::uint64_t sequence = 0;  ///< The generations' number when its load began.
    bool is_expired = false;
    std::span<const std::uint64_t> tags;
    std::int64_t calm_until_ns = 0;  ///< freshness.h; 0: each hit has to be looked at.
    CacheLevel from = CacheLevel::kNone;
  };
  /// An entry that is larger than a shard's share is not kept.
  void Store(const Write& write);

  /// For the history: it was asked for and came from elsewhere.
  void NoteUse(std::uint64_t hash, std::int64_t now_ns);

  /// Says whether it was there.
  bool Erase(std::uint64_t hash);
  void Clear();

  struct Seen {
    std::shared_ptr<const CacheEntry> entry;
    EntryTimes times;
    CacheState state = CacheState::kMiss;
    std::uint64_t bytes = 0;
    std::uint64_t hits = 0;         ///< Since it was last looked through with `take_uses`.
    std::int64_t last_used_ns = 0;  ///< Steady; 0: never.
  };
  /// Each entry that stands. `take_uses` begins to count their hits anew.
  void Visit(std::int64_t now_ns, const std::function<void(const Seen&)>& visit, bool take_uses = false);

  struct Counts {
    CacheCounts counts;
    std::uint64_t time_saved_ns = 0;
  };
  [[nodiscard]] Counts CountsOf(std::size_t operation) const;
  void AddLatency(std::size_t operation, std::uint64_t ns);
  [[nodiscard]] CacheLevelStats Stats() const;

 private:
  struct Node;
  struct Shard;
  class Dropped;

  [[nodiscard]] Shard& ShardOf(std::uint64_t hash) const;
  /// What a node is worth now; whether it was removed, where that makes it a miss.
  CacheState Judge(Node& node, std::int64_t now_ns, bool& is_removed) const;

  const CacheMemoryOptions options_;
  const Generations& generations_;
  const bool notes_uses_;
  HitCounts calm_hits_;
  Readers readers_;
  std::uint64_t entries_max_ = 0;  ///< Of a shard; 0: no bound.
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace cairn
