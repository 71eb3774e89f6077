#include <fmt/format.h>
#include <sqlite3.h>

#include <fstream>
#include <memory>

#include "command.h"
#include "lab.h"
#include "lineage_asking.h"
#include "lineage_dag.h"
#include "lineage_sqlite.h"
#include "lineage_workloads.h"
#include "measure.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

const char* kBothWays =
    "WITH RECURSIVE up(id, hops) AS (SELECT {0}, 0 UNION SELECT e.a, hops + 1 FROM up JOIN edges e ON e.b = up.id "
    "WHERE "
    "hops < 20), down(id, hops) AS (SELECT {0}, 0 UNION SELECT e.b, hops + 1 FROM down JOIN edges e ON e.a = down.id "
    "WHERE hops < 20) SELECT (SELECT count(DISTINCT id) FROM up) + (SELECT count(DISTINCT id) FROM down)";

// A server of its own in a folder that goes, asked by psql with its own clock.
std::optional<double> PostgresSeconds(Lab& lab, const LayeredDag& dag) {
  const std::string folder = lab.NewFolder();
  {
    std::ofstream edges(folder + "/edges.csv");
    for (const auto& edge : dag.edges()) edges << edge.from << ',' << edge.to << '\n';
    std::ofstream sql(folder + "/ask.sql");
    sql << "CREATE TABLE edges(a int, b int);\n\\copy edges FROM '" << folder << "/edges.csv' CSV\n"
        << "CREATE INDEX ab ON edges(a, b); CREATE INDEX ba ON edges(b, a); VACUUM ANALYZE edges;\n\\timing on\n";
    for (std::size_t i = 0; i < 5; ++i)
      sql << fmt::format(fmt::runtime(kBothWays), dag.Output(StartOf(dag, i, true))) << ";\n";
  }
  const std::string script = fmt::format(
      "set -e; B=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || dirname $(readlink -f $(command -v postgres))); "
      "cd {0}; mkdir db; R=; if [ $(id -u) = 0 ]; then chown -R postgres {0}; chmod 755 {0} {0}/..; R='runuser -u "
      "postgres "
      "--'; fi; "
      "$R $B/initdb -D db -A trust -U postgres >/dev/null; "
      "$R $B/pg_ctl -D db -w -o \"-k {0} -h '' -c fsync=off\" start >/dev/null; "
      "$R psql -qAt -h {0} -U postgres -f ask.sql 2>/dev/null | sed -n 's/^Time: \\([0-9.]*\\) ms.*/\\1/p' | sort -n | "
      "sed -n 3p; "
      "$R $B/pg_ctl -D db -m immediate stop >/dev/null",
      folder);
  const auto ms = NumberOf("bash -c '" + [&] {
    std::string quoted;
    for (const char c : script) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted;
  }() + "' 2>/dev/null");
  lab.Remove(folder);
  return ms ? std::optional(*ms / 1e3) : std::nullopt;
}

}  // namespace

std::optional<double> NetworkxSeconds(const std::string& script) {
  return NumberOf("/usr/bin/python3 -c '" + script + "' 2>/dev/null");
}

namespace {

void Depth20(Lab& lab, const Report& report) {
  Pair pair(kThirty, 10);
  const auto ask = [&](std::size_t i, auto&& reach) { reach(pair.dag.Output(StartOf(pair.dag, i, true))); };
  std::vector<double> ours, bare;
  for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
    ours.push_back(1e3 * TimesAt(0.5, kAsked, [&](std::size_t i) {
                     ask(i, [&](NodeNumber start) {
                       Keep(Reach(pair.fold.graph(), start, true, 20) + Reach(pair.fold.graph(), start, false, 20));
                     });
                   }));
    bare.push_back(1e3 * TimesAt(0.5, kAsked, [&](std::size_t i) {
                     ask(i, [&](NodeNumber start) { Keep(pair.up.Reach(start, 20) + pair.down.Reach(start, 20)); });
                   }));
  }
  const Spread value = SpreadOf(ours);
  report({"lineage_depth_20", value, "ms", "bare BFS", SpreadOf(bare), {Bound::Of::kRatioAtMost, 2}});
  report({"lineage_depth_20",
          value,
          "ms",
          "SQLite CTE",
          Once(SqliteSeconds(pair.dag,
                             [&](std::size_t i) {
                               return fmt::format(fmt::runtime(kBothWays), pair.dag.Output(StartOf(pair.dag, i, true)));
                             }),
               1e3),
          {}});
  report({"lineage_depth_20",
          value,
          "ms",
          "PostgreSQL 15 CTE",
          Once(PostgresSeconds(lab, pair.dag), 1e3),
          {Bound::Of::kRatioAtMost, 1.0 / 50}});
  report({"lineage_depth_20", value, "ms", "", std::nullopt, {Bound::Of::kValueAtMost, 1}});
  std::string script =
      "import networkx as nx, random, time\nw=3000\ng=nx.DiGraph()\nrandom.seed(1)\n"
      "for j in range(30000):\n for k in range(2):\n  g.add_edge((j//w-1)*w+random.randrange(w) if j>=w else "
      "-1-random.randrange(w), 10**6+j)\n g.add_edge(10**6+j, j)\nt=[]\nfor i in range(5):\n "
      "s=time.perf_counter(); n=15000+i; len(nx.single_source_shortest_path_length(g,n,20)); "
      "len(nx.single_source_shortest_path_length(g.reverse(copy=False),n,20)); "
      "t.append(time.perf_counter()-s)\nprint(sorted(t)[2])";
  report({"lineage_depth_20", value, "ms", "networkx", Once(NetworkxSeconds(script), 1e3), {}});
}

void FoldEvents(Lab& lab, const Report& report) {
  std::vector<double> rates;
  double bytes = 0;
  const LayeredDag dag(kMillion, 100);
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    LineageFold fold;
    const Stopwatch watch;
    dag.FoldInto(fold);
    rates.push_back(kMillion / watch.Seconds() / 1e3);
    bytes = static_cast<double>(fold.bytes()) / fold.graph().edges();
  }
  report({"lineage_fold", SpreadOf(rates), "k events/s", "", std::nullopt, {Bound::Of::kValueAtLeast, 500}});
  const Sqlite db = OpenSqlite(
      "CREATE TABLE edges(a INTEGER, b INTEGER); CREATE INDEX ab ON edges(a, b); CREATE INDEX ba ON edges(b, a)");
  const Stopwatch watch;
  InsertEdges(db.get(), dag);
  const Spread rival = SpreadOf({kMillion / watch.Seconds() / 1e3});
  report({"lineage_fold", SpreadOf(rates), "k events/s", "SQLite, indexed edges, one transaction", rival, {}});
  report({"lineage_fold_bytes", SpreadOf({bytes}), "bytes/edge", "", std::nullopt, {Bound::Of::kValueBelow, 100}});
}

}  // namespace

std::vector<Workload> LineageWorkloads() {
  return {
      {"lineage_depth_20", "depth 20 both ways from the middle of 30 k jobs, numbers in hand, p50", Depth20},
      {"lineage_up", "all upstream of the last layers of 1 M jobs, present and as of, and shared ancestors",
       EverythingUpstream},
      {"lineage_fold", "1 M events folded into the graph, numbers in hand, and its bytes", FoldEvents},
      {"inherit_chain_of_4", "metadata of a chain of four merged, not materialised", ChainOfFour},
      {"lineage_hold", "how long a commit waits for questions on a graph of 300 k jobs", HoldOfQuestions},
  };
}

}  // namespace cairn::bench
