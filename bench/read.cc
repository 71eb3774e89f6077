#include "lab.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kHistory = 90;

// Series picked at random, with every rival's spelling ready: nobody pays for making keys.
struct Questions {
  explicit Questions(Lab& lab, std::size_t count) {
    const std::vector<Series>& all = lab.data().series();
    for (std::size_t i = 0; i < count; ++i) {
      series.push_back(&all[Scramble(i) % all.size()]);
      rival_targets.push_back(RivalTarget(*series.back()));
    }
  }
  std::vector<const Series*> series;
  std::vector<std::string> rival_targets;
};

void Latest(Lab& lab, const Report& report) {
  constexpr std::size_t kCalls = 64 * 4'096;
  constexpr std::size_t kCallsPerReading = 64;
  const Questions questions(lab, kCalls);
  const auto store = OpenStore(lab.UnsealedStore(), Unsealed());
  const auto ours = [&](std::size_t i) {
    const Series& series = *questions.series[i];
    const Result<Fact> fact = store->Latest(series.kind, NodeOf(series));
    if (!fact) Must(fact.status(), "asking for the latest");
    Keep(fact->record().back());
  };
  const auto sqlite = [&](std::size_t i) {
    Keep(lab.Sqlite().Latest(questions.series[i]->kind, questions.rival_targets[i]).back());
  };
  const auto map = [&](std::size_t i) {
    Keep(lab.Map().Latest(questions.series[i]->kind, questions.rival_targets[i]).back());
  };
  std::vector<double> ours_us, sqlite_us, map_us;
  for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
    const double us = MedianCallSeconds(kCalls, kCallsPerReading, ours) * 1e6;
    const double us_sqlite = MedianCallSeconds(kCalls / 4, kCallsPerReading, sqlite) * 1e6;
    const double us_map = MedianCallSeconds(kCalls, kCallsPerReading, map) * 1e6;
    if (pass == 0) continue;  // That one warmed them.
    ours_us.push_back(us);
    sqlite_us.push_back(us_sqlite);
    map_us.push_back(us_map);
  }
  const Spread value = SpreadOf(ours_us);
  report({"latest", value, "us", "SQLite clustered", SpreadOf(sqlite_us), {Bound::Of::kRatioAtMost, 1.0 / 3}});
  report({"latest", value, "us", "hash map", SpreadOf(map_us), {Bound::Of::kValueAtMost, 0.5}});
}

void MustBeWhole(std::size_t records) {
  if (records != kHistory) Fail("a history did not bring 90 records");
}

HistorySpec Newest90() {
  HistorySpec spec;
  spec.order = Order::kNewestFirst;
  spec.limit = kHistory;
  return spec;
}

void History90(Lab& lab, const Report& report) {
  constexpr std::size_t kCalls = 20'000;
  constexpr std::size_t kCallsPerReading = 8;
  const Questions questions(lab, kCalls);
  const auto store = OpenStore(lab.UnsealedStore(), Unsealed());
  const HistorySpec spec = Newest90();
  const auto ours = [&](std::size_t i) {
    const Series& series = *questions.series[i];
    const Result<FactList> facts = store->History(series.kind, NodeOf(series), spec);
    if (!facts) Must(facts.status(), "asking for a history");
    for (const Fact& fact : *facts) Keep(fact.record().back());
    MustBeWhole(facts->size());
  };
  const auto sqlite = [&](std::size_t i) {
    MustBeWhole(lab.Sqlite().History(questions.series[i]->kind, questions.rival_targets[i], kHistory));
  };
  const auto lmdb = [&](std::size_t i) {
    MustBeWhole(lab.Lmdb().History(questions.series[i]->kind, questions.rival_targets[i], kHistory));
  };
  const auto map = [&](std::size_t i) {
    MustBeWhole(lab.Map().History(questions.series[i]->kind, questions.rival_targets[i], kHistory));
  };
  std::vector<double> ours_us, sqlite_us, lmdb_us, map_us;
  for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
    const double us = MedianCallSeconds(kCalls, kCallsPerReading, ours) * 1e6;
    const double us_sqlite = MedianCallSeconds(kCalls, kCallsPerReading, sqlite) * 1e6;
    const double us_lmdb = MedianCallSeconds(kCalls, kCallsPerReading, lmdb) * 1e6;
    const double us_map = MedianCallSeconds(kCalls, kCallsPerReading, map) * 1e6;
    if (pass == 0) continue;  // That one warmed them.
    ours_us.push_back(us);
    sqlite_us.push_back(us_sqlite);
    lmdb_us.push_back(us_lmdb);
    map_us.push_back(us_map);
  }
  const Spread value = SpreadOf(ours_us);
  report({"history_90", value, "us", "vectors in a hash map", SpreadOf(map_us), {Bound::Of::kValueAtMost, 8}});
  report({"history_90", value, "us", "SQLite clustered", SpreadOf(sqlite_us), {}});
  report({"history_90", value, "us", "LMDB", SpreadOf(lmdb_us), {}});
}

void History90Sealed(Lab& lab, const Report& report) {
  constexpr std::size_t kCalls = 2'000;
  const Questions questions(lab, kCalls);
  StoreOptions options;
  options.segment_bytes = std::uint64_t{64} << 20;
  const auto store = OpenStore(lab.SealedStore(), options);
  const RepositoryStats stats = Must(store->Stats(), "asking for statistics");
  if (stats.segments_sealed == 0 || stats.bytes_open > 4'096) Fail("the sealed store is not sealed");
  const HistorySpec spec = Newest90();
  const auto ours = [&](std::size_t i) {
    const Series& series = *questions.series[i];
    const Result<FactList> facts = store->History(series.kind, NodeOf(series), spec);
    if (!facts) Must(facts.status(), "asking for a history");
    for (const Fact& fact : *facts) Keep(fact.record().back());
    MustBeWhole(facts->size());
  };
  std::vector<double> ours_ms;
  for (std::size_t pass = 0; pass < lab.options().repeat + 1; ++pass) {
    const double ms = MedianCallSeconds(kCalls, 1, ours) * 1e3;
    if (pass > 0) ours_ms.push_back(ms);  // The first warmed it.
  }
  report({"history_90_sealed", SpreadOf(ours_ms), "ms", "", std::nullopt, {Bound::Of::kValueAtMost, 0.5}});
}

}  // namespace

std::vector<Workload> ReadWorkloads() {
  return {
      {"latest", "the latest of a random series, warm, p50, record in hand", Latest},
      {"history_90", "the newest 90 of a random series from JSON lines, warm, records in hand", History90},
      {"history_90_sealed", "the newest 90 of a random series from sealed segments of 64 MiB, warm", History90Sealed},
  };
}

}  // namespace cairn::bench
