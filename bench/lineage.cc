#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "lab.h"
#include "lineage/shared.h"
#include "lineage/walk.h"
#include "lineage_dag.h"
#include "lineage_workloads.h"
#include "measure.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::uint32_t kMillion = 1'000'000;
constexpr std::uint32_t kThirty = 30'000;
constexpr std::size_t kAsked = 200;

// One graph, and the same packed.
struct Pair {
  Pair(std::uint32_t jobs, std::uint32_t layers) : dag(jobs, layers), up(dag, true), down(dag, false) {
    dag.FoldInto(fold);
  }
  LayeredDag dag;
  PackedGraph up;
  PackedGraph down;
  LineageFold fold;
};

double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

template <typename Call>
double TimesAt(double q, std::size_t count, Call&& call) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < count; ++i) {
    const Stopwatch watch;
    call(i);
    seconds.push_back(watch.Seconds());
  }
  return Quantile(std::move(seconds), q);
}

std::size_t Reach(const Graph& graph, NodeNumber start, bool up, std::uint32_t depth, Moment moment = {}) {
  static Walk walk;
  GraphReader reader(graph, {.moment = moment});
  walk.Run(reader, {{start}}, {.up = up, .depth = depth});
  return walk.nodes().size();
}

// Starts of the deepest layer, or with `middle` of the one half way.
std::uint32_t StartOf(const LayeredDag& dag, std::size_t i, bool middle) {
  const auto at = static_cast<std::uint32_t>(Scramble(i) % (dag.jobs() / 100));
  return middle ? dag.jobs() / 2 + at : dag.jobs() - 1 - at;
}

const char* kBothWays =
    "WITH RECURSIVE up(id, hops) AS (SELECT {0}, 0 UNION SELECT e.a, hops + 1 FROM up JOIN edges e ON e.b = up.id "
    "WHERE "
    "hops < 20), down(id, hops) AS (SELECT {0}, 0 UNION SELECT e.b, hops + 1 FROM down JOIN edges e ON e.a = down.id "
    "WHERE hops < 20) SELECT (SELECT count(DISTINCT id) FROM up) + (SELECT count(DISTINCT id) FROM down)";

using Sqlite = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

Sqlite OpenSqlite(const char* schema) {
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  sqlite3_exec(db, schema, nullptr, nullptr, nullptr);
  return {db, sqlite3_close};
}

void InsertEdges(sqlite3* db, const LayeredDag& dag) {
  sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO edges VALUES(?, ?)", -1, &insert, nullptr);
  for (const auto& edge : dag.edges()) {
    sqlite3_bind_int64(insert, 1, edge.from);
    sqlite3_bind_int64(insert, 2, edge.to);
    sqlite3_step(insert);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
}

// An edge table with an index each way.
Sqlite SqliteOf(const LayeredDag& dag) {
  Sqlite db = OpenSqlite("CREATE TABLE edges(a INTEGER, b INTEGER)");
  InsertEdges(db.get(), dag);
  sqlite3_exec(db.get(), "CREATE INDEX ab ON edges(a, b); CREATE INDEX ba ON edges(b, a); ANALYZE", nullptr, nullptr,
               nullptr);
  return db;
}

// `sql` of a number, which answers with a number.
template <typename Sql>
double SqliteSeconds(const LayeredDag& dag, Sql&& sql) {
  const Sqlite db = SqliteOf(dag);
  return TimesAt(0.5, 5, [&](std::size_t i) {
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(db.get(), sql(i).c_str(), -1, &query, nullptr);
    sqlite3_step(query);
    Keep(sqlite3_column_int64(query, 0));
    sqlite3_finalize(query);
  });
}

// The last number that a program prints; none where it fails.
std::optional<double> NumberOf(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (pipe == nullptr) return std::nullopt;
  std::optional<double> out;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    char* end = nullptr;
    const double value = std::strtod(line.data(), &end);
    if (end != line.data()) out = value;
  }
  return out;
}

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

std::optional<Spread> Once(std::optional<double> value, double scale) {
  if (!value) return std::nullopt;
  return SpreadOf({*value * scale});
}

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

// Ten nodes of the last layers.
std::vector<NodeNumber> TenNodes(const LayeredDag& dag, std::size_t i) {
  std::vector<NodeNumber> nodes;
  for (std::size_t k = 0; k < 10; ++k) nodes.push_back(dag.Output(StartOf(dag, i * 10 + k, false)));
  return nodes;
}

std::string SharedSql(const std::vector<NodeNumber>& nodes) {
  std::string starts;
  for (const NodeNumber node : nodes) starts += fmt::format("{}({})", starts.empty() ? "" : ",", node);
  return fmt::format(
      "WITH RECURSIVE starts(s) AS (VALUES {}), up(s, id) AS (SELECT s, s FROM starts UNION SELECT s, e.a FROM up "
      "JOIN edges e ON e.b = up.id) SELECT count(*) FROM (SELECT id FROM up GROUP BY id HAVING count(*) = {})",
      starts, nodes.size());
}

void SharedOfTen(Lab& lab, const Report& report, const Pair& pair, std::uint32_t layers) {
  std::vector<double> shared;
  for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
    shared.push_back(1e3 * TimesAt(0.5, 5, [&](std::size_t i) {
                       GraphReader reader(pair.fold.graph(), {});
                       Keep(SharedAncestors(reader, TenNodes(pair.dag, i))->size());
                     }));
  }
  const std::string name = fmt::format("lineage_up_{}_layers_shared", layers);
  report({name, SpreadOf(shared), "ms", "", std::nullopt, {Bound::Of::kValueBelow, 50}});
  // Through 100 layers it reaches fourteen million rows, which takes it minutes.
  if (layers != 10) return;
  const double rival = SqliteSeconds(pair.dag, [&](std::size_t i) { return SharedSql(TenNodes(pair.dag, i)); });
  report({name, SpreadOf(shared), "ms", "SQLite CTE", Once(rival, 1e3), {}});
}

// An instant as a share of the history, which is a second for each job.
struct Instant {
  const char* name;
  double share;
};
constexpr Instant kInstants[] = {
    {"as_of", 0.999999}, {"as_of_future", 5}, {"as_of_late", 0.75}, {"as_of_middle", 0.5}, {"as_of_beginning", 0.02}};

// The same question at the present and at instants, of the nodes that both find.
void AsOf(Lab& lab, const Report& report, const Pair& pair, std::uint32_t layers, bool up) {
  const std::size_t asked = layers == 10 ? kAsked : 10;
  for (const Instant& instant : kInstants) {
    const Moment moment = Moment::At({static_cast<std::int64_t>(1e9 * kMillion * instant.share)});
    std::vector<double> now, then;
    // From the deepest layer that stood by then, or down from the first.
    const auto last = static_cast<std::uint32_t>(kMillion * std::min(instant.share, 0.999));
    const auto start = [&](std::size_t i) {
      const auto at = static_cast<std::uint32_t>(Scramble(i) % (kMillion / 100));
      return pair.dag.Output(up ? last - 1 - at : at);
    };
    for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
      now.push_back(
          1e3 * TimesAt(0.5, asked, [&](std::size_t i) { Keep(Reach(pair.fold.graph(), start(i), up, kNoNumber)); }));
      then.push_back(1e3 * TimesAt(0.5, asked, [&](std::size_t i) {
                       Keep(Reach(pair.fold.graph(), start(i), up, kNoNumber, moment));
                     }));
    }
    report({fmt::format("lineage_{}_{}_layers_{}", up ? "up" : "down", layers, instant.name),
            SpreadOf(then),
            "ms p50",
            "the present",
            SpreadOf(now),
            {Bound::Of::kRatioAtMost, 1.5}});
  }
}

// The same where of three jobs one has ended and one has ended and begun again: before they ended, beside the present
// of a graph in which none did, and between and after, beside the present of what stands then.
void AsOfEnded(Lab& lab, const Report& report, const Pair& pair, std::uint32_t layers) {
  LineageFold ended;
  pair.dag.FoldInto(ended);
  pair.dag.EndSomeIn(ended);
  const auto at = [](double share) { return Moment::At({static_cast<std::int64_t>(1e9 * kMillion * share)}); };
  const std::size_t asked = layers == 10 ? kAsked : 10;
  struct Case {
    const char* name;
    double share;
    const Graph& present;
  };
  for (const Case& one : {Case{"before", 1.5, pair.fold.graph()}, {"after", 4, ended.graph()}}) {
    for (const bool up : {true, false}) {
      const auto start = [&](std::size_t i) {
        const auto in = static_cast<std::uint32_t>(Scramble(i) % (kMillion / 100));
        return pair.dag.Output(up ? kMillion - 2 - in : in);
      };
      std::vector<double> now, then;
      for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
        const auto ask = [&](const Graph& graph, Moment moment) {
          return 1e3 * TimesAt(0.5, asked, [&](std::size_t i) { Keep(Reach(graph, start(i), up, kNoNumber, moment)); });
        };
        now.push_back(ask(one.present, {}));
        then.push_back(ask(ended.graph(), at(one.share)));
      }
      report({fmt::format("lineage_{}_{}_layers_{}_ends", up ? "up" : "down", layers, one.name),
              SpreadOf(then),
              "ms p50",
              "the present",
              SpreadOf(now),
              {Bound::Of::kRatioAtMost, 1.5}});
    }
  }
}

void Unlimited(Lab& lab, const Report& report) {
  for (const std::uint32_t layers : {10U, 100U}) {
    Pair pair(kMillion, layers);
    std::vector<double> ours, bare;
    const std::size_t asked = layers == 10 ? kAsked : 20;
    for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
      const auto start = [&](std::size_t i) { return pair.dag.Output(StartOf(pair.dag, i, false)); };
      ours.push_back(1e3 * TimesAt(0.99, asked,
                                   [&](std::size_t i) { Keep(Reach(pair.fold.graph(), start(i), true, kNoNumber)); }));
      bare.push_back(1e3 * TimesAt(0.99, asked, [&](std::size_t i) { Keep(pair.up.Reach(start(i), kNoNumber)); }));
    }
    report({fmt::format("lineage_up_{}_layers", layers),
            SpreadOf(ours),
            "ms p99",
            "bare BFS",
            SpreadOf(bare),
            {Bound::Of::kRatioAtMost, 2}});
    for (const bool up : {true, false}) AsOf(lab, report, pair, layers, up);
    AsOfEnded(lab, report, pair, layers);
    SharedOfTen(lab, report, pair, layers);
  }
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
      {"lineage_up", "all upstream of the last layers of 1 M jobs, present and as of, and shared ancestors", Unlimited},
      {"lineage_fold", "1 M events folded into the graph, numbers in hand, and its bytes", FoldEvents},
      {"inherit_chain_of_4", "metadata of a chain of four merged, not materialised", ChainOfFour},
      {"lineage_hold", "how long a commit waits for questions on a graph of 300 k jobs", HoldOfQuestions},
  };
}

}  // namespace cairn::bench
