#include <fmt/format.h>

#include "cache_data.h"
#include "cache_trace.h"
#include "lab.h"
#include "reference_cache.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

CacheKey KeyOf(const CacheOperation& operation, std::uint32_t id) {
  return Must(operation.Key({{"id", fmt::format("{:07}", id)}}), "making a key");
}

std::string TagOf(const Trace& trace, std::uint32_t id) { return fmt::format("{:03}", id % trace.tags); }

CacheLoaded Loaded(const Trace& trace, std::uint32_t id) {
  CacheLoaded loaded = CacheLoaded::Value("12345678");
  if (trace.tags != 0) loaded.tags = {TagOf(trace, id)};
  return loaded;
}

/// What the memory level holds one object of this trace to weigh.
std::uint64_t WeightOf(const Trace& trace) {
  const auto cache = Must(Cache::Open({}), "opening a cache");
  const auto* operation = Must(cache->Define("bench", "trace", LastingPolicy(kMemoryAlone)), "defining an operation");
  Must(cache->GetOrLoad(KeyOf(*operation, 0), [&](const CacheLoad&) { return Loaded(trace, 0); }).status(), "loading");
  return cache->Stats().levels.front().bytes;
}

/// The share of the requests that the engine's memory level answers, with room for so many objects.
double OurHitRatio(const Trace& trace, std::size_t objects) {
  CacheOptions options;
  options.memory.bytes = WeightOf(trace) * objects;
  const auto cache = Must(Cache::Open(options), "opening a cache");
  const auto* operation = Must(cache->Define("bench", "trace", LastingPolicy(kMemoryAlone)), "defining an operation");
  std::vector<CacheKey> keys;
  for (std::uint32_t id = 0; id < trace.objects; ++id) keys.push_back(KeyOf(*operation, id));
  std::uint32_t id = 0;
  const CacheLoader loader = [&](const CacheLoad&) { return Loaded(trace, id); };
  std::size_t hits = 0;
  for (std::size_t i = 0; i < trace.ids.size(); ++i) {
    if (const auto tag = trace.BumpAt(i)) {
      Must(cache->Remove(CacheSelector::Tag(TagOf(trace, *tag))).status(), "invalidating a tag");
    }
    id = trace.ids[i];
    const auto result = cache->GetOrLoad(keys[id], loader);
    if (!result) Must(result.status(), "asking a cache");
    if (result->level == CacheLevel::kMemory) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(trace.ids.size());
}

Spread Percent(double share) { return {share * 100, share * 100, share * 100}; }

void HitRatios(Lab& /*lab*/, const Report& report) {
  std::vector<Trace> traces = RealTraces();
  traces.push_back(MetadataTrace());
  for (const Trace& trace : traces) {
    for (const std::size_t percent : {std::size_t{1}, std::size_t{10}}) {
      const std::size_t objects = trace.objects * percent / 100;
      const std::string name = fmt::format("cache_hits_{}_{}%", trace.name, percent);
      const Spread value = Percent(OurHitRatio(trace, objects));
      report({name,
              value,
              "%",
              "S3-FIFO by the paper",
              Percent(HitRatio<ReferenceS3Fifo>(trace, objects)),
              {Bound::Of::kRatioAtLeast, 0.99}});
      // The made trace is there to know where this policy is weak.
      const Bound beaten = trace.name == kMadeTrace ? Bound{} : Bound{Bound::Of::kRatioAtLeast, 1};
      report({name, value, "%", "LRU", Percent(HitRatio<ReferenceLru>(trace, objects)), beaten});
    }
  }
}

}  // namespace

std::vector<Workload> CacheHitWorkloads() {
  return {{"cache_hits", "the share of hits in memory on recorded traces, with room for 1 and 10 % of the objects",
           HitRatios}};
}

}  // namespace cairn::bench
