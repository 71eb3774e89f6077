#include "cache_data.h"
#include "lab.h"
#include "rival_key_value.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kCalls = 8 * 8'192;
constexpr std::size_t kCallsPerReading = 8;
constexpr std::size_t kPutsAtOnce = 1'000;

template <typename Rival>
void Fill(Rival& rival, const AskedCache& ours) {
  for (std::size_t i = 0; i < kCacheKeys; i += kPutsAtOnce) {
    rival.Begin();
    for (std::size_t j = i; j < i + kPutsAtOnce; ++j) rival.Put(ours.keys[j].text(), CacheValue(j));
    rival.Commit();
  }
}

void DiskHits(Lab& lab, const Report& report) {
  CacheOptions options;
  options.location = lab.NewFolder();
  const AskedCache ours(options, LastingPolicy(kDiskAlone), kCacheKeys);
  ours.Fill();
  SqliteKeyValues sqlite(lab.NewFolder());
  Fill(sqlite, ours);
  LmdbKeyValues lmdb(lab.NewFolder());
  Fill(lmdb, ours);
  const std::vector<std::uint32_t> picks = ZipfPicks(kCalls, kCacheKeys, 1);

  std::vector<double> ours_us, sqlite_us, lmdb_us;
  for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
    const double us = MedianCallSeconds(kCalls, kCallsPerReading, [&](std::size_t i) {
      CacheResult result;
      Keep(ours.MustHit(picks[i], CacheLevel::kDisk, result).back());
    });
    const double us_sqlite = MedianCallSeconds(
        kCalls, kCallsPerReading, [&](std::size_t i) { Keep(sqlite.Get(ours.keys[picks[i]].text()).back()); });
    const double us_lmdb = MedianCallSeconds(kCalls, kCallsPerReading,
                                             [&](std::size_t i) { Keep(lmdb.Get(ours.keys[picks[i]].text()).back()); });
    if (pass == 0) continue;  // That one warmed them.
    ours_us.push_back(us * 1e6);
    sqlite_us.push_back(us_sqlite * 1e6);
    lmdb_us.push_back(us_lmdb * 1e6);
  }
  const Spread value = SpreadOf(ours_us);
  report({"cache_disk_hit", value, "us", "SQLite", SpreadOf(sqlite_us), {Bound::Of::kValueAtMost, 5}});
  report({"cache_disk_hit", value, "us", "LMDB", SpreadOf(lmdb_us), {}});
}

}  // namespace

std::vector<Workload> CacheDiskWorkloads() {
  return {{"cache_disk_hit", "a hit on disk, Zipf 0.99 over 100,000 values of 1 KB, p50", DiskHits}};
}

}  // namespace cairn::bench
