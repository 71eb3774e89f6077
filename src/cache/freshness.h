#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/entry_times.h"
#include "cairn/cache_options.h"
#include "cairn/cache_policy.h"
#include "cairn/cache_result.h"

namespace cairn {

/// Now, on both clocks.
struct CacheNow {
  Timestamp wall;
  std::int64_t steady_ns = 0;
};

/// Until when an entry is good in this process. What another host or an earlier process stored keeps the rest of its
/// TTL; one that says it comes from the future, beyond what clocks may differ by, is stale. With fields: fresh while
/// all are, stale while one is.
EntryTimes TimesOf(const CacheEntry& entry, const CacheNow& now);

/// No later than `ttl_max` from now; zero: as they are.
EntryTimes Clamp(EntryTimes times, std::chrono::nanoseconds ttl_max, std::int64_t now_ns);

/// The TTL with a random part taken off.
std::chrono::nanoseconds Jittered(std::chrono::nanoseconds ttl, double jitter, std::uint64_t random);

/// Whether this caller refreshes a fresh entry before its time: by share of its TTL, or by chance, the likelier the
/// nearer its end and the longer its load (XFetch: Vattani, Chierichetti, Lowenstein, "Optimal probabilistic cache
/// stampede prevention", VLDB 2015).
bool IsRefreshedEarly(const CachePolicy& policy, const EntryTimes& times, std::chrono::nanoseconds load_time,
                      std::int64_t now_ns, std::uint64_t random);
/// Until when a hit is fresh for certain and chance has not to be asked: also by a time that is
/// `CacheClock::kRecentNsMax` old.
std::int64_t CalmUntil(const CachePolicy& policy, const EntryTimes& times, std::chrono::nanoseconds load_time);

/// Those of the asked fields that are missing or past their deadline.
std::vector<std::string> MissingFields(const CacheEntry* entry, const EntryTimes& times,
                                       const std::vector<std::string>& asked, std::int64_t now_ns);

/// How long an entry can be of use from now on: to the end of its grace.
std::chrono::nanoseconds KeepFor(const EntryTimes& times, std::int64_t now_ns);

}  // namespace cairn
