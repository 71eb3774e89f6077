#include "cache/stats_codec.h"

#include "cache/bytes.h"

namespace cairn {
namespace {

template <typename Visit>
void VisitNumbers(CacheLatency& latency, const Visit& visit) {
  visit(latency.count);
  visit(latency.total_ns);
  for (std::uint64_t& bucket : latency.buckets) visit(bucket);
}

template <typename Visit>
void VisitNumbers(CacheOperationStats& stats, const Visit& visit) {
  visit(stats.loads);
  visit(stats.load_failures);
  visit(stats.coalesced);
  visit(stats.time_saved_ns);
  VisitNumbers(stats.load_latency, visit);
  for (CacheCounts* counts : {&stats.memory, &stats.disk, &stats.shared}) {
    visit(counts->hits);
    visit(counts->misses);
    visit(counts->stale);
    visit(counts->negative);
    visit(counts->stores);
    visit(counts->fenced);
    visit(counts->evicted);
    visit(counts->expired);
    visit(counts->removed);
    visit(counts->errors);
    VisitNumbers(counts->hit_latency, visit);
  }
}

}  // namespace

std::string WriteOperationStats(const CacheOperationStats& stats) {
  std::string bytes;
  CacheOperationStats copy = stats;
  VisitNumbers(copy, [&](std::uint64_t& number) { ByteWriter(bytes).Number(number); });
  return bytes;
}

CacheOperationStats ReadOperationStats(std::string_view operation, std::string_view bytes) {
  CacheOperationStats stats;
  stats.operation = operation;
  ByteReader reader(bytes);
  VisitNumbers(stats, [&](std::uint64_t& number) { number = reader.Number<std::uint64_t>(); });
  return stats;
}

CacheOperationStats StatsSince(const CacheOperationStats& now, const CacheOperationStats& before) {
  const std::string earlier = WriteOperationStats(before);
  ByteReader reader(earlier);
  CacheOperationStats since = now;
  VisitNumbers(since, [&](std::uint64_t& number) { number -= reader.Number<std::uint64_t>(); });
  return since;
}

}  // namespace cairn
