#include "lab.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

void Aggregate(Lab& lab, const Report& report) {
  StoreOptions options = Unsealed();
  options.threads = 1;  // The figure is for a core.
  const auto store = OpenStore(lab.UnsealedStore(), options);
  AggregateSpec spec;
  spec.measures = {{Measure::Op::kAvg, "payload.row_count"}};
  spec.by = {{GroupBy::Key::kTarget, ""}, {GroupBy::Key::kDay, ""}};
  const auto records = static_cast<double>(lab.data().size());
  Passes ours, sqlite;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    std::size_t groups = 0;
    ours.Run([&] {
      const Stopwatch watch;
      const AggregateResult result = Must(store->Aggregate(spec), "aggregating");
      const double seconds = watch.Seconds();
      if (result.facts != lab.data().size()) Fail("the aggregate did not look at every record");
      groups = result.rows.size();
      return records / seconds;
    });
    sqlite.Run([&] {
      lab.Sqlite();  // Built outside of the time.
      const Stopwatch watch;
      const std::size_t rival_groups = lab.Sqlite().AverageByTargetAndDay();
      const double seconds = watch.Seconds();
      if (rival_groups != groups) Fail("SQLite and the aggregate do not agree on the groups");
      return records / seconds;
    });
  }
  report({"aggregate",
          ours.spread(),
          "records/s",
          "SQLite json_extract",
          sqlite.spread(),
          {Bound::Of::kValueAtLeast, 5e6}});
}

}  // namespace

std::vector<Workload> AggregateWorkloads() {
  return {
      {"aggregate", "avg(payload.row_count) by target and day over every record as JSON lines, one thread", Aggregate}};
}

}  // namespace cairn::bench
