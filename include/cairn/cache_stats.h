#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cairn/cache_policy.h"

namespace cairn {

/// How long something took, many times: bucket i counts what took less than 2^i ns and not less than 2^(i-1).
struct CacheLatency {
  std::uint64_t count = 0;
  std::uint64_t total_ns = 0;
  std::array<std::uint64_t, 40> buckets{};

  void Add(std::uint64_t ns, std::uint64_t times = 1);
  void Add(const CacheLatency& other);
  /// The upper edge of the bucket that holds this quantile, from 0 to 1; 0 where nothing was counted.
  [[nodiscard]] std::uint64_t QuantileNs(double quantile) const;
};

/// What one operation met at one level. A call that is answered by the disk counts a miss in memory and a hit on disk.
struct CacheCounts {
  std::uint64_t hits = 0;  ///< Fresh ones.
  std::uint64_t misses = 0;
  std::uint64_t stale = 0;
  std::uint64_t negative = 0;
  std::uint64_t stores = 0;
  std::uint64_t fenced = 0;   ///< Stores refused because of an invalidation in between.
  std::uint64_t evicted = 0;  ///< For want of room.
  std::uint64_t expired = 0;  ///< Dropped because their time was over.
  std::uint64_t removed = 0;  ///< Dropped because they were invalidated.
  std::uint64_t errors = 0;   ///< The level could not answer, or what it held was damaged.
  CacheLatency hit_latency;   ///< Memory hits are sampled, one in 64.
  /// Standing now: in the memory of this process, on disk with what was removed and not yet swept. The shared level
  /// does not tell.
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;

  void Add(const CacheCounts& other);
};

struct CacheOperationStats {
  std::string operation;  ///< `source:name`.
  std::uint64_t loads = 0;
  std::uint64_t load_failures = 0;
  std::uint64_t coalesced = 0;      ///< Calls that waited for another's load.
  std::uint64_t time_saved_ns = 0;  ///< What the hits would have cost to load.
  CacheLatency load_latency;
  CacheCounts memory;
  CacheCounts disk;
  CacheCounts shared;

  [[nodiscard]] const CacheCounts& at(CacheLevel level) const;
  CacheCounts& at(CacheLevel level);
  void Add(const CacheOperationStats& other);
};

struct CacheLevelStats {
  CacheLevel level = CacheLevel::kNone;
  bool is_open = false;
  std::string state;  ///< `open`, `off`, or why it is not: `bypassed: the file is from a newer version`.
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0;
};

/// Where there is a disk level, its counts are those of all processes since the cache was made; otherwise this one's.
struct CacheStats {
  std::vector<CacheLevelStats> levels;
  std::vector<CacheOperationStats> operations;
};

}  // namespace cairn
