#include "cache_data.h"
#include "lab.h"
#include "rival_redis.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kKeys = 20'000;
constexpr std::size_t kCalls = 20'000;

void SharedHits(Lab& lab, const Report& report) {
  const RedisServer server(lab.NewFolder());
  CacheOptions options;
  options.shared.url = server.url();
  const AskedCache ours(options, LastingPolicy(kSharedAlone), kKeys);
  ours.Fill();
  RedisRival redis(server);
  for (std::size_t i = 0; i < kKeys; ++i) redis.Set(ours.keys[i].text(), CacheValue(i));
  const std::vector<std::uint32_t> picks = ZipfPicks(kCalls, kKeys, 1);

  std::vector<double> ours_us, redis_us, beyond_us;
  for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
    std::vector<double> hits, gets;
    // In turns, so that whatever else the machine does meets both.
    for (const std::uint32_t pick : picks) {
      const Stopwatch get_watch;
      Keep(redis.Get(ours.keys[pick].text()).back());
      gets.push_back(get_watch.Seconds() * 1e6);
      const Stopwatch hit_watch;
      CacheResult result;
      Keep(ours.MustHit(pick, CacheLevel::kShared, result).back());
      hits.push_back(hit_watch.Seconds() * 1e6);
    }
    if (pass == 0) continue;  // That one warmed them.
    ours_us.push_back(Median(hits));
    redis_us.push_back(Median(gets));
    beyond_us.push_back(ours_us.back() - redis_us.back());
  }
  report({"cache_shared_hit", SpreadOf(ours_us), "us", "Redis GET", SpreadOf(redis_us), {}});
  report({"cache_shared_beyond_get", SpreadOf(beyond_us), "us", "", std::nullopt, {Bound::Of::kValueAtMost, 3}});
}

}  // namespace

std::vector<Workload> CacheSharedWorkloads() {
  return {
      {"cache_shared_hit", "a hit in Redis, implicit tags checked, 1 KB, p50, in turns with a bare GET", SharedHits}};
}

}  // namespace cairn::bench
