#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/cache_stats.h"

namespace cairn {

/// One line of `cairn cache stats`: an operation at a level.
struct CacheReportLine {
  std::string operation;  ///< `audnexus:book`, or `all`.
  CacheLevel level = CacheLevel::kNone;
  CacheCounts counts;
  double hit_ratio = 0;  ///< Of the calls that came to this level: fresh, stale and negative answers. 0 without calls.
  std::uint64_t hit_ns_p50 = 0;
  std::uint64_t hit_ns_p99 = 0;
};

/// What an operation asked its source, and what that saved.
struct CacheReportLoads {
  std::string operation;
  std::uint64_t calls = 0;  ///< Of callers, as the first level counts them.
  std::uint64_t loads = 0;
  std::uint64_t load_failures = 0;
  std::uint64_t coalesced = 0;
  double answered_ratio = 0;  ///< Of the calls that needed no load of their own.
  std::uint64_t load_ns_p50 = 0;
  std::uint64_t load_ns_p99 = 0;
  std::uint64_t time_saved_ns = 0;
};

struct CacheReport {
  std::vector<CacheLevelStats> levels;
  std::vector<CacheReportLine>
      lines;  ///< By operation, then level; those of `all` last. Levels without calls left out.
  std::vector<CacheReportLoads> loads;  ///< By operation; `all` last.
};

/// What `stats` says, counted together for a person. With `before`, an earlier one of the same cache, what happened
/// since (`--watch`); the levels are as they are now.
CacheReport MakeCacheReport(const CacheStats& stats, const CacheStats* before = nullptr);

}  // namespace cairn
