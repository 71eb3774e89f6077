#include "lookup/cache_report.h"

#include <algorithm>
#include <array>

namespace cairn {
namespace {

constexpr std::array kLevels = {CacheLevel::kMemory, CacheLevel::kDisk, CacheLevel::kShared};

std::uint64_t Since(std::uint64_t now, std::uint64_t before) { return now > before ? now - before : 0; }

CacheLatency Since(CacheLatency now, const CacheLatency& before) {
  now.count = Since(now.count, before.count);
  now.total_ns = Since(now.total_ns, before.total_ns);
  for (std::size_t i = 0; i < now.buckets.size(); ++i) now.buckets[i] = Since(now.buckets[i], before.buckets[i]);
  return now;
}

CacheCounts Since(CacheCounts now, const CacheCounts& before) {
  for (std::uint64_t CacheCounts::*one :
       {&CacheCounts::hits, &CacheCounts::misses, &CacheCounts::stale, &CacheCounts::negative, &CacheCounts::stores,
        &CacheCounts::fenced, &CacheCounts::evicted, &CacheCounts::expired, &CacheCounts::removed,
        &CacheCounts::errors}) {
    now.*one = Since(now.*one, before.*one);
  }
  now.hit_latency = Since(now.hit_latency, before.hit_latency);
  return now;
}

CacheOperationStats Since(CacheOperationStats now, const CacheOperationStats& before) {
  for (std::uint64_t CacheOperationStats::*one :
       {&CacheOperationStats::loads, &CacheOperationStats::load_failures, &CacheOperationStats::coalesced,
        &CacheOperationStats::time_saved_ns}) {
    now.*one = Since(now.*one, before.*one);
  }
  now.load_latency = Since(now.load_latency, before.load_latency);
  for (const CacheLevel level : kLevels) now.at(level) = Since(now.at(level), before.at(level));
  return now;
}

std::uint64_t Answered(const CacheCounts& counts) { return counts.hits + counts.stale + counts.negative; }
std::uint64_t Calls(const CacheCounts& counts) { return Answered(counts) + counts.misses; }
double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void Add(const CacheOperationStats& stats, CacheReport& report) {
  CacheReportLoads loads{stats.operation};
  for (const CacheLevel level : kLevels) {
    const CacheCounts& counts = stats.at(level);
    if (loads.calls == 0) loads.calls = Calls(counts);
    if (Calls(counts) + counts.stores + counts.errors + counts.removed + counts.entries == 0) continue;
    report.lines.push_back({stats.operation, level, counts, Ratio(Answered(counts), Calls(counts)),
                            counts.hit_latency.QuantileNs(0.5), counts.hit_latency.QuantileNs(0.99)});
  }
  loads.loads = stats.loads;
  loads.load_failures = stats.load_failures;
  loads.coalesced = stats.coalesced;
  loads.answered_ratio = 1 - Ratio(std::min(stats.loads, loads.calls), loads.calls);
  if (loads.calls == 0) loads.answered_ratio = 0;
  loads.load_ns_p50 = stats.load_latency.QuantileNs(0.5);
  loads.load_ns_p99 = stats.load_latency.QuantileNs(0.99);
  loads.time_saved_ns = stats.time_saved_ns;
  report.loads.push_back(std::move(loads));
}

}  // namespace

CacheReport MakeCacheReport(const CacheStats& stats, const CacheStats* before) {
  CacheReport out;
  out.levels = stats.levels;
  std::vector<CacheOperationStats> operations = stats.operations;
  std::sort(operations.begin(), operations.end(),
            [](const auto& a, const auto& b) { return a.operation < b.operation; });
  CacheOperationStats all;
  for (CacheOperationStats& operation : operations) {
    if (before != nullptr) {
      for (const CacheOperationStats& earlier : before->operations) {
        if (earlier.operation == operation.operation) {
          operation = Since(std::move(operation), earlier);
          break;
        }
      }
    }
    all.Add(operation);
    Add(operation, out);
  }
  all.operation = "all";
  Add(all, out);
  return out;
}

}  // namespace cairn
