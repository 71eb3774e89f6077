#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache.h"

namespace cairn::bench {

/// What every cache workload keeps, unless it says otherwise.
inline constexpr std::size_t kCacheKeys = 100'000;
inline constexpr std::size_t kCacheValueBytes = 1'024;
inline constexpr double kZipfExponent = 0.99;

/// `count` picks of 0 to `keys`, the k-th likeliest with chance proportional to 1 / k^0.99, the likely ones scattered
/// among the others. The same each time for the same `seed`.
std::vector<std::uint32_t> ZipfPicks(std::size_t count, std::size_t keys, std::uint64_t seed);

/// The value of the i-th key: 1 KB that does not compress.
std::string CacheValue(std::uint64_t i);

/// A loader that has the answer at hand.
CacheLoaded LoadAtOnce(const CacheLoad& load);

/// A policy for values that outlive the run and expire never early.
CachePolicy LastingPolicy(CacheLevels levels);

/// Levels in memory alone, on disk alone, shared alone; memory and disk.
inline constexpr CacheLevels kMemoryAlone{.memory = true, .disk = false, .shared = false};
inline constexpr CacheLevels kDiskAlone{.memory = false, .disk = true, .shared = false};
inline constexpr CacheLevels kSharedAlone{.memory = false, .disk = false, .shared = true};
inline constexpr CacheLevels kMemoryAndDisk{.memory = true, .disk = true, .shared = false};

/// A cache with one operation and the keys that are asked for.
struct AskedCache {
  std::unique_ptr<Cache> cache;
  const CacheOperation* operation = nullptr;
  std::vector<CacheKey> keys;

  AskedCache(CacheOptions options, const CachePolicy& policy, std::size_t key_count);
  /// Stores the value of each key and waits until all are where they belong.
  void Fill() const;
  /// Ends the process unless the key is answered by `level`; returns the value.
  [[nodiscard]] std::string_view MustHit(std::size_t key, CacheLevel level, CacheResult& result) const;
};

}  // namespace cairn::bench
