#include <fmt/format.h>

#include <array>

#include "lab.h"
#include "rival_append.h"
#include "rival_rocksdb.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::array<std::size_t, 3> kCallers = {1, 2, 3};
constexpr const char* kRate = "records/s";

double Rate(const Dataset& data, double seconds) { return static_cast<double>(data.size()) / seconds; }

// A pass on a store that `open` makes in a fresh folder: records a second.
template <typename Open>
double RivalPass(Lab& lab, std::size_t writers, const Open& open) {
  const std::string folder = lab.NewFolder();
  double seconds = 0;
  {
    const auto rival = open(folder);
    seconds = IngestInto(*rival, lab.data(), writers);
  }
  lab.Remove(folder);
  return Rate(lab.data(), seconds);
}

double OurPass(Lab& lab, std::size_t callers) {
  const std::string folder = lab.NewFolder();
  double seconds = 0;
  {
    const auto store = OpenStore(folder);
    seconds = IngestInto(*store, lab.data(), callers);
    if (Must(store->Stats(), "asking for statistics").records != lab.data().size()) Fail("records were lost");
  }
  lab.Remove(folder);
  return Rate(lab.data(), seconds);
}

double AppendPass(Lab& lab) {
  const std::string folder = lab.NewFolder();
  const double seconds = AppendRival(folder).Ingest(lab.data());
  lab.Remove(folder);
  return Rate(lab.data(), seconds);
}

void IngestDurable(Lab& lab, const Report& report) {
  std::array<Passes, kCallers.size()> ours;
  std::array<Passes, 3> rocksdb;  // As it comes; tuned; tuned with two writers.
  Passes append, sqlite_default, sqlite_tuned, lmdb;
  using Sqlite = SqliteRival::Tuning;
  using Rocksdb = RocksdbRival::Tuning;
  const auto open_sqlite = [](Sqlite tuning) {
    return [tuning](const std::string& folder) { return std::make_unique<SqliteRival>(folder, tuning, true); };
  };
  const auto open_rocksdb = [](Rocksdb tuning) {
    return [tuning](const std::string& folder) { return std::make_unique<RocksdbRival>(folder, tuning); };
  };
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    for (std::size_t c = 0; c < kCallers.size(); ++c) ours[c].Run([&] { return OurPass(lab, kCallers[c]); });
    append.Run([&] { return AppendPass(lab); });
    rocksdb[0].Run([&] { return RivalPass(lab, 1, open_rocksdb(Rocksdb::kDefault)); });
    rocksdb[1].Run([&] { return RivalPass(lab, 1, open_rocksdb(Rocksdb::kTuned)); });
    rocksdb[2].Run([&] { return RivalPass(lab, 2, open_rocksdb(Rocksdb::kTuned)); });
    sqlite_tuned.Run([&] { return RivalPass(lab, 1, open_sqlite(Sqlite::kTuned)); });
    sqlite_default.Run([&] { return RivalPass(lab, 1, open_sqlite(Sqlite::kDefault)); });
    lmdb.Run([&] {
      return RivalPass(lab, 1, [](const std::string& folder) { return std::make_unique<LmdbRival>(folder, true); });
    });
  }
  constexpr std::array<const char*, 3> kRocksdbNames = {"RocksDB default", "RocksDB tuned", "RocksDB tuned, 2 writers"};
  std::size_t fastest = 0;
  for (std::size_t i = 1; i < rocksdb.size(); ++i) {
    if (rocksdb[i].spread().median > rocksdb[fastest].spread().median) fastest = i;
  }
  for (std::size_t c = 0; c < kCallers.size(); ++c) {
    const Spread value = ours[c].spread();
    const std::string name = fmt::format("ingest_durable/{}_caller{}", kCallers[c], kCallers[c] == 1 ? "" : "s");
    report({name, value, kRate, "SQLite tuned", sqlite_tuned.spread(), {Bound::Of::kRatioAtLeast, 20}});
    report({name, value, kRate, kRocksdbNames[fastest], rocksdb[fastest].spread(), {Bound::Of::kRatioAtLeast, 8}});
    report({name, value, kRate, "bare append", append.spread(), {Bound::Of::kRatioAtLeast, 0.6}});
    if (c + 1 < kCallers.size()) continue;
    // For knowledge: the rivals that set no target.
    report({name, value, kRate, "SQLite default", sqlite_default.spread(), {}});
    report({name, value, kRate, "LMDB", lmdb.spread(), {}});
    for (std::size_t i = 0; i < rocksdb.size(); ++i) {
      if (i != fastest) report({name, value, kRate, kRocksdbNames[i], rocksdb[i].spread(), {}});
    }
  }
}

void IngestAgain(Lab& lab, const Report& report) {
  constexpr std::size_t kAgainCallers = 2;
  std::vector<double> first, unsealed, sealed;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    const std::string folder = lab.NewFolder();
    {
      const auto store = OpenStore(folder, Unsealed());
      first.push_back(IngestInto(*store, lab.data(), kAgainCallers));
      unsealed.push_back(IngestInto(*store, lab.data(), kAgainCallers, /*known=*/true));
      Must(store->Seal(), "sealing");
      sealed.push_back(IngestInto(*store, lab.data(), kAgainCallers, /*known=*/true));
      if (Must(store->Stats(), "asking for statistics").records != lab.data().size()) Fail("a record was stored twice");
    }
    lab.Remove(folder);
  }
  const Bound twice{Bound::Of::kRatioAtMost, 2};
  report({"ingest_again/unsealed", SpreadOf(unsealed), "s", "first ingest", SpreadOf(first), twice});
  report({"ingest_again/sealed", SpreadOf(sealed), "s", "first ingest", SpreadOf(first), twice});
}

}  // namespace

std::vector<Workload> IngestWorkloads() {
  return {
      {"ingest_durable", "durable ingest in batches of 1,000, JSON parsed and views current", IngestDurable},
      {"ingest_again", "ingest of the same records again: nothing is stored", IngestAgain},
  };
}

}  // namespace cairn::bench
