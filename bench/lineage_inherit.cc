#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <span>
#include <vector>

#include "lab.h"
#include "lineage/inherit.h"
#include "lineage_workloads.h"
#include "linear_list.h"
#include "measure.h"
#include "workload.h"

namespace cairn::bench {
namespace {

// Four datasets one behind the other, each with an owner and tags; the same as a fork that merges again.
// Each node states an owner of its own and two tags, one of which all have.
struct Chain {
  explicit Chain(bool fork) {
    for (NodeNumber node = 0; node < 4; ++node) {
      metadata.State(node, {0, node, 0, 0, false, 0, 1, node});
      MetadataValue tags{1, 9, metadata.items(), 2, true, 0, 1, node};
      metadata.AddItem(100 + node);
      metadata.AddItem(7);
      metadata.State(node, tags);
    }
    const auto flow = [&](NodeNumber from, NodeNumber to) {
      graph.SetBegun(graph.Intern(EdgeType::kDerives, from, to), 1);
    };
    flow(0, 1);
    fork ? flow(0, 2) : flow(1, 2);
    if (fork) flow(1, 3);
    flow(2, 3);
    rules.policy = [](std::uint32_t key) { return key == 1 ? InheritPolicy::kUnion : InheritPolicy::kReplace; };
    rules.name_before = [](NodeNumber a, NodeNumber b) { return a < b; };
  }
  std::span<const Inherited> Ask() {
    GraphReader reader(graph, {});
    MetadataReader values(metadata, false);
    inheritance.Run(reader, values, 3, 20, rules);
    return inheritance.values();
  }
  Graph graph;
  MetadataTable metadata;
  InheritRules rules;
  Inheritance inheritance;
};

LinearList ListOfFour() {
  LinearList out;
  for (std::uint32_t node = 0; node < 4; ++node) {
    LinearList::Fact owner{.key = 0, .value = node, .seq = node};
    LinearList::Fact tags{.key = 1, .is_list = true, .items = {100 + node, 7}, .seq = node};
    out.Add({std::move(owner), std::move(tags)});
  }
  return out;
}

template <typename Ask>
double Nanoseconds(Ask&& ask) {
  return 1e9 * MedianCallSeconds(200'000, 100, [&](std::size_t) {
           std::uint64_t sum = 0;
           for (const Inherited& one : ask()) sum += one.value;
           Keep(sum);
         });
}

bool AreTheSame(std::span<const Inherited> a, std::span<const Inherited> b) {
  const auto same = [](const Inherited& one, const Inherited& other) {
    return one.key == other.key && one.value == other.value && one.source == other.source &&
           one.distance == other.distance && one.seq == other.seq;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

}  // namespace

void ChainOfFour(Lab& lab, const Report& report) {
  Chain line(false);
  Chain fork(true);
  const std::string script =
      "import networkx as nx, time\ng=nx.DiGraph([(0,1),(1,2),(2,3)])\nfor n in g: "
      "g.nodes[n].update(owner=n,tags=[n,7])\n"
      "def f():\n m={}; tags=[]\n for n in [3]+[v for v in nx.ancestors(g,3)]:\n  d=g.nodes[n]; "
      "m.setdefault(\"owner\",d[\"owner\"])\n"
      "  for t in d[\"tags\"]:\n   if t not in tags: tags.append(t)\n m[\"tags\"]=tags; return m[\"owner\"]+sum(tags)\n"
      "s=time.perf_counter()\nfor i in range(20000): f()\nprint((time.perf_counter()-s)/20000)";
  LinearList list = ListOfFour();
  if (!AreTheSame(line.Ask(), list.Merge(3, 20))) {
    fmt::print(stderr, "the list answers other than the graph\n");
    return;
  }
  // Side by side in every pass: what else the machine does meets all of them.
  std::vector<double> line_ns, fork_ns, list_ns, rival_ns;
  for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
    line_ns.push_back(Nanoseconds([&] { return line.Ask(); }));
    list_ns.push_back(Nanoseconds([&] { return list.Merge(3, 20); }));
    fork_ns.push_back(Nanoseconds([&] { return fork.Ask(); }));
    if (const auto seconds = NetworkxSeconds(script)) rival_ns.push_back(*seconds * 1e9);
  }
  const Spread value = SpreadOf(line_ns);
  const Spread linear = SpreadOf(list_ns);
  const auto rival = rival_ns.empty() ? std::nullopt : std::optional(SpreadOf(rival_ns));
  report({"inherit_chain_of_4", value, "ns", "a linear list by hand", linear, {Bound::Of::kRatioAtMost, 1}});
  report({"inherit_chain_of_4", value, "ns", "networkx", rival, {Bound::Of::kRatioAtMost, 1.0 / 100}});
  report({"inherit_chain_of_4", value, "ns", "", std::nullopt, {Bound::Of::kValueBelow, 1000}});
  report({"inherit_fork_of_4", SpreadOf(fork_ns), "ns", "a linear list by hand", linear, {}});
}

}  // namespace cairn::bench
