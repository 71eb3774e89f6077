#include <fmt/format.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "cache_data.h"
#include "lab.h"
#include "rival_bento.h"
#include "rival_lru.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kMisses = 4'000;
constexpr std::size_t kCallsOfOneKey = 500;
constexpr std::size_t kKeysOfPass = 15;
constexpr std::chrono::milliseconds kLook(1);

/// Microseconds of `GetOrLoad` on a miss, the loader's own time taken off; p50.
double MissUs(const AskedCache& cache) {
  std::vector<double> us;
  for (const CacheKey& key : cache.keys) {
    double loader_us = 0;
    const CacheLoader loader = [&loader_us](const CacheLoad& load) {
      const Stopwatch watch;
      CacheLoaded loaded = LoadAtOnce(load);
      loader_us = watch.Seconds() * 1e6;
      return loaded;
    };
    const Stopwatch watch;
    const auto result = cache.cache->GetOrLoad(key, loader);
    us.push_back(watch.Seconds() * 1e6 - loader_us);
    if (!result || result->level != CacheLevel::kNone) Fail("a miss was to be had");
  }
  return Median(us);
}

void Misses(Lab& lab, const Report& report) {
  struct Case {
    const char* name;
    CacheLevels levels;
  };
  for (const Case& one : {Case{"cache_miss_memory", kMemoryAlone}, Case{"cache_miss_memory_disk", kMemoryAndDisk}}) {
    std::vector<double> us;
    for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
      CacheOptions options;
      if (one.levels.disk) options.location = lab.NewFolder();
      us.push_back(MissUs(AskedCache(options, LastingPolicy(one.levels), kMisses)));
      if (one.levels.disk) lab.Remove(options.location);
    }
    report({one.name, SpreadOf(us), "us", "", std::nullopt, {Bound::Of::kValueAtMost, 60}});
  }
}

/// A look-up of 1 ms that counts how often it was made.
class SlowLookUp {
 public:
  CacheLoaded operator()() {
    ++loads_;
    std::this_thread::sleep_for(kLook);
    return CacheLoaded::Value(CacheValue(1));
  }
  /// Ends the process unless it was made once since the last call.
  void MustBeOne() {
    if (loads_.exchange(0) != 1) Fail("one key was loaded more than once");
  }

 private:
  std::atomic<std::size_t> loads_ = 0;
};

/// Microseconds of the calls after the first, together.
double HitsUs(const AskedCache& cache, std::size_t key, SlowLookUp& look_up) {
  const CacheLoader loader = [&look_up](const CacheLoad&) { return look_up(); };
  Must(cache.cache->GetOrLoad(cache.keys[key], loader).status(), "loading");
  const Stopwatch watch;
  for (std::size_t i = 1; i < kCallsOfOneKey; ++i) {
    const auto result = cache.cache->GetOrLoad(cache.keys[key], loader);
    if (!result) Must(result.status(), "asking a cache");
    Keep(result->value().back());
  }
  const double us = watch.Seconds() * 1e6;
  look_up.MustBeOne();
  return us;
}

double HitsUs(LruRival& lru, const std::string& key, SlowLookUp& look_up) {
  lru.Put(key, look_up().value);
  const Stopwatch watch;
  for (std::size_t i = 1; i < kCallsOfOneKey; ++i) Keep(lru.Get(key)->back());
  const double us = watch.Seconds() * 1e6;
  look_up.MustBeOne();
  return us;
}

/// Microseconds from the first of 500 threads that ask at once to the last answer.
double HerdUs(const AskedCache& cache, std::size_t key, SlowLookUp& look_up) {
  const CacheLoader loader = [&look_up](const CacheLoad&) { return look_up(); };
  std::barrier<> start(static_cast<std::ptrdiff_t>(kCallsOfOneKey) + 1);
  std::vector<std::thread> herd;
  for (std::size_t i = 0; i < kCallsOfOneKey; ++i) {
    herd.emplace_back([&] {
      start.arrive_and_wait();
      const auto result = cache.cache->GetOrLoad(cache.keys[key], loader);
      if (!result) Must(result.status(), "asking a cache");
      Keep(result->value().back());
    });
  }
  start.arrive_and_wait();
  const Stopwatch watch;
  for (std::thread& one : herd) one.join();
  look_up.MustBeOne();
  return watch.Seconds() * 1e6;
}

void OneKey(Lab& lab, const Report& report) {
  const std::size_t passes = lab.options().repeat;
  const AskedCache cache({}, LastingPolicy(kMemoryAlone), (kKeysOfPass + 1) * passes);
  LruRival lru(cache.keys.size());
  SlowLookUp look_up;
  std::vector<double> hits_us, lru_us, herd_us;
  std::size_t next = 0;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    std::vector<double> ours, its;
    for (std::size_t i = 0; i < kKeysOfPass; ++i, ++next) {
      ours.push_back(HitsUs(cache, next, look_up));
      its.push_back(HitsUs(lru, cache.keys[next].text(), look_up));
    }
    hits_us.push_back(Median(ours));
    lru_us.push_back(Median(its));
    herd_us.push_back(HerdUs(cache, next++, look_up));
  }
  const auto bento = MeasureBento(lab, fmt::format("one {} {}", kCallsOfOneKey, passes));
  const Spread value = SpreadOf(hits_us);
  report({"cache_one_key_499_hits", value, "us", "map, mutex, LRU", SpreadOf(lru_us), {Bound::Of::kValueBelow, 100}});
  report({"cache_one_key_499_hits", value, "us", "BentoCache getOrSet", SpreadOfColumn(bento, 0), {}});
  report({"cache_one_key_herd_500", SpreadOf(herd_us), "us", "BentoCache getOrSet", SpreadOfColumn(bento, 1), {}});
}

}  // namespace

std::vector<Workload> CacheLoadWorkloads() {
  return {
      {"cache_miss", "GetOrLoad on a miss beyond what the loader takes, memory, memory and disk, p50", Misses},
      {"cache_one_key", "a look-up of 1 ms, 500 calls of one key: one after the other, and 500 threads at once",
       OneKey},
  };
}

}  // namespace cairn::bench
