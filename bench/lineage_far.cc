#include <fmt/format.h>

#include <vector>

#include "lab.h"
#include "lineage/shared.h"
#include "lineage_asking.h"
#include "lineage_dag.h"
#include "lineage_sqlite.h"
#include "lineage_workloads.h"
#include "measure.h"
#include "workload.h"

namespace cairn::bench {
namespace {

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

// How many of these questions a third of a second is enough for: ten at least, so that a median of short ones is none
// of chance.
template <typename Ask>
std::size_t HowMany(Ask&& ask) {
  const Stopwatch watch;
  std::size_t asked = 0;
  while (asked < kAsked && (asked < 10 || watch.Seconds() < 0.3)) ask(asked++);
  return asked;
}

// The same question at the present and at instants, of the nodes that both find.
void AsOf(Lab& lab, const Report& report, const Pair& pair, std::uint32_t layers, bool up) {
  for (const Instant& instant : kInstants) {
    const Moment moment = Moment::At({static_cast<std::int64_t>(1e9 * kMillion * instant.share)});
    std::vector<double> now, then;
    // From the deepest layer that stood by then, or down from the first.
    const auto last = static_cast<std::uint32_t>(kMillion * std::min(instant.share, 0.999));
    const auto start = [&](std::size_t i) {
      const auto at = static_cast<std::uint32_t>(Scramble(i) % (kMillion / 100));
      return pair.dag.Output(up ? last - 1 - at : at);
    };
    const auto ask_now = [&](std::size_t i) { Keep(Reach(pair.fold.graph(), start(i), up, kNoNumber)); };
    const std::size_t asked = HowMany(ask_now);
    for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
      now.push_back(1e3 * TimesAt(0.5, asked, ask_now));
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

// The same where of three jobs one has ended and one has ended and begun again: before they ended, between and after,
// beside the present of a graph of what stood then.
void AsOfEnded(Lab& lab, const Report& report, const Pair& pair, std::uint32_t layers) {
  LineageFold ended;
  pair.dag.FoldInto(ended);
  pair.dag.EndSomeIn(ended, true);
  LineageFold left;
  pair.dag.FoldInto(left);
  pair.dag.EndSomeIn(left, false);
  const auto at = [](double share) { return Moment::At({static_cast<std::int64_t>(1e9 * kMillion * share)}); };
  struct Case {
    const char* name;
    double share;
    const Graph& present;
  };
  for (const Case& one :
       {Case{"before", 1.5, pair.fold.graph()}, {"between", 2.5, left.graph()}, {"after", 4, ended.graph()}}) {
    for (const bool up : {true, false}) {
      const auto start = [&](std::size_t i) {
        const auto in = static_cast<std::uint32_t>(Scramble(i) % (kMillion / 100));
        return pair.dag.Output(up ? kMillion - 2 - in : in);
      };
      const std::size_t asked = HowMany([&](std::size_t i) { Keep(Reach(one.present, start(i), up, kNoNumber)); });
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

}  // namespace

void EverythingUpstream(Lab& lab, const Report& report) {
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

}  // namespace cairn::bench
