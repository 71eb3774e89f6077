#pragma once

#include <string>
#include <string_view>

#include "cairn/cache.h"
#include "lookup/cache_report.h"
#include "lookup/warm_status.h"

namespace cairn {

/// A cache as JSON objects, for every edge. Durations are seconds where the name ends in `_s`, else nanoseconds.

/// `{"level","open","state","entries","bytes","bytes_max"}`
std::string CacheLevelJson(const CacheLevelStats& level);
/// `{"operation","level","hit_ratio","hits",...}`
std::string CacheLineJson(const CacheReportLine& line);
/// `{"operation","calls","loads",...,"time_saved_ns"}`
std::string CacheLoadsJson(const CacheReportLoads& loads);
/// `{"levels":[...],"operations":[...],"loads":[...]}`
std::string CacheReportJson(const CacheReport& report);
/// `{"key","operation","state","level","created","ttl_s","bytes","sealed","tags"}`
std::string CacheListedJson(const CacheListed& entry);
/// `{"key","level","state","why"}`, and where there is an entry `created`, `ttl_s`, `grace_s`, `tags`, `value`.
std::string CacheInspectedJson(std::string_view key, const CacheInspected& inspected);
/// What an entry holds: its value, or its fields as an object.
std::string CacheEntryText(const CacheEntry& entry);
/// `{"what","verb","entries","by_generation","shared_pending","shared_owed"}`
std::string CacheInvalidatedJson(std::string_view what, const CacheInvalidated& invalidated, bool expired);
/// `{"total","done",...,"skipped"`, and behind it `more` and the brace.
std::string WarmProgressJson(const WarmProgress& progress, std::string_view more = {});
/// The same with `pid`, `running`, `state`.
std::string WarmStatusJson(const WarmStatus& status);
/// `running`, or how it ended.
std::string WarmStateText(const WarmStatus& status);

}  // namespace cairn
