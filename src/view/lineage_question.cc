#include "view/lineage_question.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "base/keep_first.h"
#include "lineage/fold_reader.h"
#include "lineage/paths.h"
#include "lineage/shared.h"
#include "view/lineage_graph.h"
#include "view/run_lineage.h"

namespace cairn {
namespace {

constexpr std::size_t kNamesPerRest = 64;
constexpr std::int32_t kStepsPerRest = 32;

}  // namespace

Result<LineageGraph> LineageQuestion::Graph(const LineageSpec& spec) const {
  auto scope = LineageScope::Make(views_, spec.filter, spec.node);
  if (!scope) return scope.error();
  std::vector<NodeNumber> starts;
  std::vector<NodeKey> asked{spec.node};
  asked.insert(asked.end(), spec.others.begin(), spec.others.end());
  std::vector<std::uint32_t> runs;
  const bool of_runs = scope->level() == LineageLevel::kRuns;
  for (const NodeKey& node : asked) {
    // A run needs no node: its own table knows it.
    const RunFold* run = of_runs && node.type == kTypeRun ? views_.FindRun(node.tenant, node.name) : nullptr;
    if (run != nullptr) {
      runs.push_back(views_.runs().NumberOf(*run));
      continue;
    }
    const auto some = scope->StartsOf(node);
    if (!some) return some.error();
    starts.insert(starts.end(), some->begin(), some->end());
  }
  if (of_runs) return RunLineage(views_, pause_, *scope, {starts, runs}, spec);
  GraphReader reader(views_.graph(), scope->wanted(), pause_);
  const FieldsBeside fields(views_, reader);
  const std::uint32_t nodes_max = std::max<std::uint32_t>(spec.nodes_max, 1);
  GraphBuilder builder(views_, reader, scope->level());
  if (!builder.Reserve(nodes_max + starts.size())) return AskAnew();
  for (const NodeNumber start : starts) builder.Add(start, 0);
  for (const bool up : {true, false}) {
    if (spec.direction == (up ? Direction::kDownstream : Direction::kUpstream)) continue;
    WalkSpec walk_spec{.up = up, .depth = spec.depth, .hops_are_edges = spec.unit == HopUnit::kEdges};
    walk_spec.nodes_max = nodes_max;
    if (spec.direction == Direction::kBoth) {
      // Each side gets what the other leaves, and half of it in any case.
      const auto found = static_cast<std::uint32_t>(builder.size());
      walk_spec.nodes_max = up ? std::max(nodes_max / 2, 1U) : std::max(nodes_max - std::min(found, nodes_max), 1U);
      if (!up) walk_spec.nodes_max += static_cast<std::uint32_t>(starts.size());
    }
    if (scope->level() == LineageLevel::kFields) walk_spec.beside = &fields;
    Walk& walk = ThreadWalk(0);
    if (!walk.Run(reader, starts, walk_spec, scope->enter())) return AskAnew();
    if (!builder.AddWalk(walk, up)) return AskAnew();
  }
  LineageGraph out;
  if (!builder.Finish(spec.only, &out)) return AskAnew();
  return out;
}

Result<LineagePaths> LineageQuestion::Paths(const LineagePathsSpec& spec) const {
  auto scope = LineageScope::Make(views_, spec.filter, spec.from);
  if (!scope) return scope.error();
  const auto from = scope->StartsOf(spec.from);
  if (!from) return from.error();
  const auto to = scope->StartsOf(spec.to);
  if (!to) return to.error();
  GraphReader reader(views_.graph(), scope->wanted(), pause_);
  FoldReader stated(views_.lineage(), reader);
  const FieldsBeside fields(views_, reader);
  const WalkBeside* beside = scope->level() == LineageLevel::kFields ? &fields : nullptr;
  SameThings same(reader, beside);
  const PathsWanted wanted{
      from->front(), to->front(),   spec.shortest_only, spec.depth, std::max<std::size_t>(spec.limit, 1),
      beside,        scope->enter()};
  const auto found = FindPaths(reader, wanted, same);
  if (!found) return AskAnew();
  LineagePaths out;
  out.partial = found->partial;
  // What is made room for is not moved while writers wait.
  std::size_t steps = 0;
  for (const auto& path : found->paths) steps += path.size();
  out.graph.nodes.reserve(std::min<std::size_t>(steps + 1, reader.node_bound()));
  out.graph.edges.reserve(std::min<std::size_t>(steps, reader.edge_bound()));
  boost::unordered_flat_map<NodeNumber, std::uint32_t> nodes;  // By the least name of a thing.
  const auto place = [&](NodeNumber node) {
    const NodeNumber thing = same.Of(node);
    const auto [at, added] = nodes.emplace(thing, static_cast<std::uint32_t>(out.graph.nodes.size()));
    if (!added) return at->second;
    LineageNode& one = out.graph.nodes.emplace_back();
    NodeNumber own = node;
    for (const NodeNumber name : same.NamesOf(node)) {
      one.names.push_back(views_.nodes().at(name).Own());
      if (GoesBefore(views_, stated, name, own)) own = name;
    }
    std::sort(one.names.begin(), one.names.end());
    // It goes by the name that was asked about, else by its own.
    one.key = thing == same.Of(wanted.from) ? spec.from
              : thing == same.Of(wanted.to) ? spec.to
                                            : views_.nodes().at(own).Own();
    std::erase(one.names, one.key);
    return at->second;
  };
  std::map<std::tuple<std::uint32_t, std::uint32_t, EdgeType>, std::uint32_t> edges;
  for (const auto& path : found->paths) {
    if (!reader.Rest()) return AskAnew();
    auto& numbers = out.paths.emplace_back();
    std::int32_t hops = 0;
    for (const auto& [number, from_node, to_node] : path) {
      if (hops % kStepsPerRest == kStepsPerRest - 1 && !reader.Rest()) return AskAnew();
      const Graph::Edge& edge = views_.graph().edge(number);
      const std::uint32_t begin = place(from_node);
      const std::uint32_t end = place(to_node);
      const auto [at, added] =
          edges.emplace(std::tuple(begin, end, edge.type), static_cast<std::uint32_t>(out.graph.edges.size()));
      ++hops;
      numbers.push_back(at->second);
      if (!added) continue;
      LineageEdge& one = out.graph.edges.emplace_back();
      one.from = begin;
      one.to = end;
      if (!TellEdge(views_, reader, stated, number, &one)) return AskAnew();
      LineageNode& target = out.graph.nodes[end];
      if (target.hops == 0) target.hops = hops;
    }
  }
  reader.Release();
  // Equally short ones by the names on them.
  const auto ids = [&](const std::vector<std::uint32_t>& path) {
    std::vector<std::string> names;
    for (const std::uint32_t edge : path) names.push_back(NodeId(out.graph.nodes[out.graph.edges[edge].to].key));
    return names;
  };
  std::stable_sort(out.paths.begin(), out.paths.end(), [&](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() < b.size() : ids(a) < ids(b);
  });
  return out;
}

Result<LineageImpact> LineageQuestion::Impact(const LineageSpec& spec) const {
  LineageSpec down = spec;
  down.direction = Direction::kDownstream;
  auto graph = Graph(down);
  if (!graph) return graph.error();
  LocalGraph local{static_cast<std::uint32_t>(graph->nodes.size()), {}};
  for (const LineageEdge& edge : graph->edges) local.edges.emplace_back(edge.from, edge.to);
  const auto ranks = RanksOf(local, FindComponents(local));
  std::vector<std::uint32_t> order(local.nodes);
  std::iota(order.begin(), order.end(), 0U);
  // Of one rank they are in the order of hops and names already.
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return ranks[a] < ranks[b]; });
  std::vector<std::uint32_t> place(local.nodes);
  LineageImpact out;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    out.graph.nodes.push_back(std::move(graph->nodes[order[i]]));
    out.ranks.push_back(ranks[order[i]]);
  }
  for (LineageEdge& edge : graph->edges) {
    edge.from = place[edge.from];
    edge.to = place[edge.to];
  }
  out.graph.edges = std::move(graph->edges);
  out.graph.partial = graph->partial;
  for (auto& cycle : graph->cycles) {
    for (std::uint32_t& node : cycle) node = place[node];
    std::sort(cycle.begin(), cycle.end());
  }
  out.graph.cycles = std::move(graph->cycles);
  return out;
}

Result<LineageShared> LineageQuestion::Shared(const LineageSharedSpec& spec) const {
  if (spec.nodes.empty()) return Status(StatusCode::kInvalidArgument, "shared ancestors of which nodes?");
  auto scope = LineageScope::Make(views_, spec.filter, spec.nodes.front());
  if (!scope) return scope.error();
  std::vector<NodeNumber> starts;
  for (const NodeKey& node : spec.nodes) {
    const auto some = scope->StartsOf(node);
    if (!some) return some.error();
    if (std::find(starts.begin(), starts.end(), some->front()) == starts.end()) starts.push_back(some->front());
  }
  GraphReader reader(views_.graph(), scope->wanted(), pause_);
  const auto shared = SharedAncestors(reader, starts, scope->enter());
  if (!shared) return AskAnew();
  LineageShared out;
  out.total = shared->size();
  const std::size_t limit = spec.limit == 0 ? shared->size() : std::min(spec.limit, shared->size());
  // All that are as near as the last are named, so that their ids can decide which are answered.
  std::size_t named = limit;
  while (named != 0 && named < shared->size() && (*shared)[named].hops == (*shared)[limit - 1].hops) {
    if (++named % kNamesPerRest == 0 && !reader.Rest()) return AskAnew();
  }
  const auto before = [](const SharedAncestor& a, const SharedAncestor& b) {
    return a.hops != b.hops ? a.hops < b.hops : a.node < b.node;
  };
  // Of several names that was asked about, else its own.
  SameThings same(reader);
  const FoldReader stated(views_.lineage(), reader);
  const auto name_of = [&](NodeNumber node) {
    if (!views_.graph().has_names()) return views_.nodes().at(node);
    NodeNumber own = node;
    for (const NodeNumber name : same.NamesOf(node)) {
      if (std::find(starts.begin(), starts.end(), name) != starts.end()) return views_.nodes().at(name);
      if (GoesBefore(views_, stated, name, own)) own = name;
    }
    return views_.nodes().at(own);
  };
  out.ancestors.reserve(limit + 1);
  for (std::size_t i = 0; i < named; ++i) {
    if (i % kNamesPerRest == 0 && !reader.Rest()) return AskAnew();
    SharedAncestor one{name_of((*shared)[i].node).Own(), (*shared)[i].hops};
    if (named == limit) {
      out.ancestors.push_back(std::move(one));
    } else {
      KeepFirst(out.ancestors, std::move(one), limit, before);
    }
  }
  reader.Release();
  std::sort(out.ancestors.begin(), out.ancestors.end(), before);
  return out;
}

}  // namespace cairn
