#include <algorithm>
#include <bit>

#include "cairn/cache_stats.h"

namespace cairn {

void CacheLatency::Add(std::uint64_t ns, std::uint64_t times) {
  count += times;
  total_ns += ns * times;
  buckets[std::min<std::size_t>(std::bit_width(ns), buckets.size() - 1)] += times;
}

void CacheLatency::Add(const CacheLatency& other) {
  count += other.count;
  total_ns += other.total_ns;
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
}

std::uint64_t CacheLatency::QuantileNs(double quantile) const {
  if (count == 0) return 0;
  const auto rank = static_cast<std::uint64_t>(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count - 1));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    below += buckets[i];
    if (below > rank) return std::uint64_t{1} << i;
  }
  return std::uint64_t{1} << (buckets.size() - 1);
}

void CacheCounts::Add(const CacheCounts& other) {
  hits += other.hits;
  misses += other.misses;
  stale += other.stale;
  negative += other.negative;
  stores += other.stores;
  fenced += other.fenced;
  evicted += other.evicted;
  expired += other.expired;
  removed += other.removed;
  errors += other.errors;
  hit_latency.Add(other.hit_latency);
  entries += other.entries;
  bytes += other.bytes;
}

const CacheCounts& CacheOperationStats::at(CacheLevel level) const {
  if (level == CacheLevel::kShared) return shared;
  return level == CacheLevel::kDisk ? disk : memory;
}

CacheCounts& CacheOperationStats::at(CacheLevel level) {
  return const_cast<CacheCounts&>(std::as_const(*this).at(level));
}

void CacheOperationStats::Add(const CacheOperationStats& other) {
  loads += other.loads;
  load_failures += other.load_failures;
  coalesced += other.coalesced;
  time_saved_ns += other.time_saved_ns;
  load_latency.Add(other.load_latency);
  memory.Add(other.memory);
  disk.Add(other.disk);
  shared.Add(other.shared);
}

}  // namespace cairn
