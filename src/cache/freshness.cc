#include "cache/freshness.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cairn {
namespace {

/// By how much clocks of hosts that share a level may differ.
constexpr std::int64_t kSkewNs = 2'000'000'000;

std::int64_t Add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

double Unit(std::uint64_t random) {
  constexpr int kMantissaBits = 53;
  return (static_cast<double>(random >> (64 - kMantissaBits)) + 1) / static_cast<double>(1ULL << kMantissaBits);
}

EntryTimes TimesOf(Timestamp created, std::chrono::nanoseconds ttl, std::chrono::nanoseconds grace,
                   const CacheNow& now) {
  const std::int64_t age = now.wall.ns - created.ns;
  EntryTimes times;
  times.created_ns = now.steady_ns - std::max<std::int64_t>(0, age);
  times.fresh_until_ns = age < -kSkewNs ? now.steady_ns : Add(times.created_ns, ttl.count());
  times.stale_until_ns = Add(times.fresh_until_ns, grace.count());
  return times;
}

}  // namespace

EntryTimes TimesOf(const CacheEntry& entry, const CacheNow& now) {
  EntryTimes times = TimesOf(entry.created, entry.ttl, entry.grace, now);
  if (entry.fields.empty()) return times;
  times.fresh_until_ns = std::numeric_limits<std::int64_t>::max();
  times.stale_until_ns = 0;
  for (const CacheField& field : entry.fields) {
    const EntryTimes its = TimesOf(field.created, field.ttl, entry.grace, now);
    times.fresh_until_ns = std::min(times.fresh_until_ns, its.fresh_until_ns);
    times.stale_until_ns = std::max(times.stale_until_ns, its.stale_until_ns);
  }
  return times;
}

EntryTimes Clamp(EntryTimes times, std::chrono::nanoseconds ttl_max, std::int64_t now_ns) {
  if (ttl_max.count() == 0) return times;
  const std::int64_t end = Add(now_ns, ttl_max.count());
  times.fresh_until_ns = std::min(times.fresh_until_ns, end);
  times.stale_until_ns = std::min(times.stale_until_ns, end);
  return times;
}

std::chrono::nanoseconds Jittered(std::chrono::nanoseconds ttl, double jitter, std::uint64_t random) {
  const double off = static_cast<double>(ttl.count()) * jitter * (1 - Unit(random));
  return ttl - std::chrono::nanoseconds(static_cast<std::int64_t>(off));
}

std::int64_t CalmUntil(const CachePolicy& policy, const EntryTimes& times, std::chrono::nanoseconds load_time) {
  // Chance beyond this many load times is one in e^20.
  constexpr double kFarthest = 20;
  const double early = kFarthest * policy.early_refresh_beta * static_cast<double>(load_time.count());
  const auto ttl = static_cast<double>(times.fresh_until_ns - times.created_ns);
  double calm = ttl - early - static_cast<double>(CacheClock::kRecentNsMax);
  if (policy.eager_refresh > 0) calm = std::min(calm, policy.eager_refresh * ttl);
  return calm <= 0 ? times.created_ns : times.created_ns + static_cast<std::int64_t>(calm);
}

bool IsRefreshedEarly(const CachePolicy& policy, const EntryTimes& times, std::chrono::nanoseconds load_time,
                      std::int64_t now_ns, std::uint64_t random) {
  const auto ttl = static_cast<double>(times.fresh_until_ns - times.created_ns);
  if (policy.eager_refresh > 0 && static_cast<double>(now_ns - times.created_ns) >= policy.eager_refresh * ttl)
    return true;
  const double early = -std::log(Unit(random)) * policy.early_refresh_beta * static_cast<double>(load_time.count());
  return static_cast<double>(now_ns) + early >= static_cast<double>(times.fresh_until_ns);
}

std::vector<std::string> MissingFields(const CacheEntry* entry, const EntryTimes& times,
                                       const std::vector<std::string>& asked, std::int64_t now_ns) {
  std::vector<std::string> missing;
  for (const std::string& name : asked) {
    const CacheField* field = entry == nullptr ? nullptr : entry->Field(name);
    // The steady clock again: how long after the entry itself the field was made does not depend on any clock since.
    const std::int64_t created = field == nullptr ? 0 : times.created_ns - (entry->created.ns - field->created.ns);
    if (field == nullptr || Add(created, field->ttl.count()) <= now_ns) missing.push_back(name);
  }
  return missing;
}

std::chrono::nanoseconds KeepFor(const EntryTimes& times, std::int64_t now_ns) {
  return std::chrono::nanoseconds(std::max<std::int64_t>(0, times.stale_until_ns - now_ns));
}

}  // namespace cairn
