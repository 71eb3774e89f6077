#pragma once

#include <string>
#include <string_view>

#include "cairn/cache_stats.h"

namespace cairn {

/// Counts as the disk level keeps them: numbers of 8 bytes in the order of their declaration. A later version appends.
std::string WriteOperationStats(const CacheOperationStats& stats);

/// What is missing at the end is 0.
CacheOperationStats ReadOperationStats(std::string_view operation, std::string_view bytes);

/// What was counted since `before`, which was taken of the same counters.
CacheOperationStats StatsSince(const CacheOperationStats& now, const CacheOperationStats& before);

}  // namespace cairn
