#include <atomic>
#include <numeric>
#include <thread>

#include "cache_data.h"
#include "lab.h"
#include "rival_bento.h"
#include "rival_lru.h"
#include "rival_table.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kCalls = 64 * 4'096;
constexpr std::size_t kCallsPerReading = 64;
constexpr std::uint64_t kMemoryBytes = 512ULL << 20;

/// What a thread asks for, one key after the other, each as though it had just been made: nobody pays for that.
using Questions = std::vector<CacheKey>;

/// Nanoseconds of one `call(key)`, in each of `threads` threads at once: the mean of their medians.
template <typename Call>
double CallNs(const std::vector<Questions>& questions, std::size_t threads, const Call& call) {
  std::vector<double> medians(threads);
  std::atomic<std::size_t> ready{0};
  const auto run = [&](std::size_t thread) {
    ++ready;
    while (ready < threads) std::this_thread::yield();
    const Questions& mine = questions[thread];
    medians[thread] = MedianCallSeconds(mine.size(), kCallsPerReading, [&](std::size_t i) { call(mine[i]); }) * 1e9;
  };
  std::vector<std::thread> others;
  for (std::size_t thread = 1; thread < threads; ++thread) others.emplace_back(run, thread);
  run(0);
  for (std::thread& other : others) other.join();
  return std::accumulate(medians.begin(), medians.end(), 0.0) / static_cast<double>(threads);
}

CacheOptions InMemory() {
  CacheOptions options;
  options.memory.bytes = kMemoryBytes;
  return options;
}

struct Contenders {
  AskedCache ours{InMemory(), LastingPolicy(kMemoryAlone), kCacheKeys};
  LruRival lru{kCacheKeys};
  TableRival table{kCacheKeys};

  Contenders() {
    ours.Fill();
    for (std::size_t i = 0; i < kCacheKeys; ++i) {
      lru.Put(ours.keys[i].text(), CacheValue(i));
      table.Put(ours.keys[i].hash(), ours.keys[i].text(), CacheValue(i));
    }
  }
};

struct Figures {
  std::vector<double> get, get_or_load, lru, shared_pointer, pointer;
};

void MemoryHits(Lab& lab, const Report& report) {
  Contenders all;
  const auto get = [&](const CacheKey& key) {
    const CacheResult result = all.ours.cache->Get(key);
    if (result.level != CacheLevel::kMemory) Fail("a hit was to be had");
    Keep(result.value().back());
  };
  const CacheLoader loader = [](const CacheLoad&) -> CacheLoaded { Fail("a hit was to be had"); };
  const auto get_or_load = [&](const CacheKey& key) {
    const auto result = all.ours.cache->GetOrLoad(key, loader);
    if (!result) Must(result.status(), "asking a cache");
    Keep(result->value().back());
  };
  const auto lru = [&](const CacheKey& key) { Keep(all.lru.Get(key.text())->back()); };
  const auto shared_pointer = [&](const CacheKey& key) {
    const std::shared_ptr<const std::string> value = all.table.Find(key.hash(), key.text())->value;
    Keep(value->back());
  };
  const auto pointer = [&](const CacheKey& key) { Keep(all.table.Find(key.hash(), key.text())->value->back()); };

  const std::vector<std::vector<double>> bento =
      MeasureBento(lab, "hit " + std::to_string(kCacheKeys) + " 200000 " + std::to_string(lab.options().repeat));
  std::vector<Questions> questions(2);
  for (std::size_t thread = 0; thread < questions.size(); ++thread) {
    for (const std::uint32_t pick : ZipfPicks(kCalls, kCacheKeys, thread << 40)) {
      questions[thread].push_back(all.ours.keys[pick]);
    }
  }
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    Figures ns;
    for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
      const Figures one{{CallNs(questions, threads, get)},
                        {CallNs(questions, threads, get_or_load)},
                        {CallNs(questions, threads, lru)},
                        {CallNs(questions, threads, shared_pointer)},
                        {CallNs(questions, threads, pointer)}};
      if (pass == 0) continue;  // That one warmed them.
      ns.get.push_back(one.get[0]);
      ns.get_or_load.push_back(one.get_or_load[0]);
      ns.lru.push_back(one.lru[0]);
      ns.shared_pointer.push_back(one.shared_pointer[0]);
      ns.pointer.push_back(one.pointer[0]);
    }
    const std::string name = threads == 1 ? "cache_memory_hit" : "cache_memory_hit_2";
    const Spread value = SpreadOf(ns.get);
    const Bound at_most_200{Bound::Of::kValueAtMost, 200};
    const Bound half_as_fast{Bound::Of::kRatioAtMost, 2};
    report({name, value, "ns", "map, mutex, LRU", SpreadOf(ns.lru), at_most_200});
    report({name, value, "ns", "bare table, shared pointer", SpreadOf(ns.shared_pointer), half_as_fast});
    report({name, value, "ns", "bare table, pointer", SpreadOf(ns.pointer), {}});
    report({name + "_or_load", SpreadOf(ns.get_or_load), "ns", "map, mutex, LRU", SpreadOf(ns.lru), at_most_200});
    if (threads > 1) continue;  // Node has one.
    const Bound tenth{Bound::Of::kRatioAtMost, 0.1};
    report({name, value, "ns", "BentoCache get", SpreadOfColumn(bento, 0), tenth});
    report({name + "_or_load", SpreadOf(ns.get_or_load), "ns", "BentoCache getOrSet", SpreadOfColumn(bento, 1), tenth});
  }
}

}  // namespace

std::vector<Workload> CacheMemoryWorkloads() {
  return {
      {"cache_memory_hit", "a hit in memory, Zipf 0.99 over 100,000 values of 1 KB, one and two threads", MemoryHits}};
}

}  // namespace cairn::bench
