#include <algorithm>
#include <array>
#include <tuple>

#include "base/keep_first.h"
#include "lineage/fold_reader.h"
#include "lineage/node_set.h"
#include "view/lineage_question.h"
#include "view/lineage_scope.h"

namespace cairn {
namespace {

constexpr std::uint32_t kEdgesPerRest = 64;
constexpr std::uint32_t kNodesPerRest = 16;
constexpr std::uint32_t kNamesPerRest = 16;
constexpr std::uint32_t kReachedPerRest = 4096;
// Of each thing so many facts that were stated anew are read at most: most say what was said before.
constexpr std::size_t kRestatedPerNode = 4;
constexpr std::size_t kRestatedLeast = 1024;
constexpr std::array kStatements = {kKindRunEvent, kKindJobEvent, kKindDatasetEvent, kKindLineageEdge, kKindContents};

using Restated = LineageQuestion::Restated;

// What changed is kept by number, so that little memory is filled while writers wait, and named in the end.
class DifferenceFinder {
 public:
  DifferenceFinder(const Views& views, GraphReader& before, GraphReader& after, const LineageDiffSpec& spec,
                   const Walk::Enter* enter)
      : views_(views),
        before_(before),
        after_(after),
        stated_(views.lineage(), after),
        spec_(spec),
        enter_(enter),
        touched_(before.node_bound()),
        restated_max_(std::max(std::size_t{spec.limit} * kRestatedPerNode, kRestatedLeast)) {
    // What is made room for is not moved while writers wait.
    const std::size_t limit = spec.limit;
    nodes_.reserve(std::min<std::size_t>(limit, before.node_bound()) + 1);
    edges_.reserve(std::min<std::size_t>(limit, before.edge_bound()) + 1);
    restated_.reserve(std::min<std::size_t>(restated_max_, views.series().size()) + 1);
  }

  bool OfAll() {
    for (EdgeNumber edge = 0; edge < before_.edge_bound(); ++edge) {
      if (edge % kEdgesPerRest == 0 && !Rest()) return false;
      const Graph::Edge& ends = views_.graph().edge(edge);
      if (views_.nodes().at(ends.from).tenant != spec_.tenant || !OfWantedClass(ends)) continue;
      if (!MayEnter(ends.from) || !MayEnter(ends.to)) continue;
      if (!Compare(edge)) return false;
    }
    return true;
  }

  bool OfReached(const NodeSet& nodes) {
    std::uint32_t seen = 0;
    for (NodeNumber node = nodes.From(0); node != kNoNumber; node = nodes.From(node + 1)) {
      // What comes meanwhile comes last, and is of neither instant.
      const std::uint32_t count = views_.graph().in().At(node).count;
      for (std::uint32_t i = 0; i < count; ++i) {
        if (++seen % kEdgesPerRest == 0 && !Rest()) return false;
        const EdgeNumber edge = views_.graph().in().At(node).edges[i];
        const Graph::Edge& ends = views_.graph().edge(edge);
        if (nodes.Has(ends.from) && OfWantedClass(ends) && !Compare(edge)) return false;
      }
      if (++seen % kNodesPerRest == 0 && !Rest()) return false;
    }
    return true;
  }

  // Nodes of all the graph, where it is asked about as a whole.
  bool NodesOfAll() {
    for (NodeNumber node = 0; node < before_.node_bound(); ++node) {
      if (node % kNodesPerRest == 0 && !Rest()) return false;
      if (views_.nodes().at(node).tenant != spec_.tenant || !MayEnter(node)) continue;
      if (!CompareNode(node) || !AddRestated(node)) return false;
    }
    return true;
  }
  bool RestatedOf(const NodeSet& nodes) {
    std::uint32_t seen = 0;
    for (NodeNumber node = nodes.From(0); node != kNoNumber; node = nodes.From(node + 1)) {
      if (++seen % kNodesPerRest == 0 && !Rest()) return false;
      if (!AddRestated(node)) return false;
    }
    return true;
  }

  bool Finish(LineageDiff* out, std::vector<Restated>* restated) {
    std::uint32_t seen = 0;
    for (NodeNumber node = touched_.From(0); node != kNoNumber; node = touched_.From(node + 1)) {
      if (++seen % kNodesPerRest == 0 && !Rest()) return false;
      if (!CompareNode(node)) return false;
    }
    if (!Name(out, restated)) return false;
    before_.Release();
    after_.Release();
    out->partial = partial_;
    std::sort(out->nodes.begin(), out->nodes.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
    std::sort(out->edges.begin(), out->edges.end(), [](const auto& a, const auto& b) {
      return std::tie(a.from, a.to, a.type) < std::tie(b.from, b.to, b.type);
    });
    std::sort(restated->begin(), restated->end(),
              [](const auto& a, const auto& b) { return std::tie(a.node, a.kind) < std::tie(b.node, b.kind); });
    return true;
  }

 private:
  [[nodiscard]] bool MayEnter(NodeNumber node) const { return enter_ == nullptr || (*enter_)(node); }

  // Both see that writers came in.
  bool Rest() {
    const bool rested = before_.Rest();
    return after_.Rest() && rested;
  }

  struct NodeChange {
    NodeNumber node;
    LineageChange change;
  };
  struct EdgeChange {
    EdgeNumber edge;
    LineageChange change;
    std::uint32_t step_before = 0;
    std::uint32_t step_after = 0;
  };
  struct Anew {
    NodeNumber node;
    std::uint32_t kind;
  };

  [[nodiscard]] NodeView NameOf(NodeNumber node) const { return views_.nodes().at(node); }
  [[nodiscard]] std::string Step(std::uint32_t step) const { return DescribeStep(views_.steps().at(step)); }
  // In the order of their names.
  [[nodiscard]] bool EdgeBefore(EdgeNumber a, EdgeNumber b) const {
    const Graph::Edge& left = views_.graph().edge(a);
    const Graph::Edge& right = views_.graph().edge(b);
    if (const auto order = NameOf(left.from) <=> NameOf(right.from); order != 0) return order < 0;
    if (const auto order = NameOf(left.to) <=> NameOf(right.to); order != 0) return order < 0;
    return EdgeTypeName(left.type) < EdgeTypeName(right.type);
  }
  [[nodiscard]] bool AnewBefore(const Anew& a, const Anew& b) const {
    const auto order = NameOf(a.node) <=> NameOf(b.node);
    return order != 0 ? order < 0 : views_.texts().at(a.kind) < views_.texts().at(b.kind);
  }

  bool Name(LineageDiff* out, std::vector<Restated>* restated) {
    const auto make_room = [&] {
      out->nodes.resize(nodes_.size());
      out->edges.resize(edges_.size());
      restated->resize(restated_.size());
    };
    if (!before_.WhileLetGo(make_room)) return false;
    std::uint32_t seen = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (seen++ % kNamesPerRest == 0 && !Rest()) return false;
      out->nodes[i].node = NameOf(nodes_[i].node).Own();
      out->nodes[i].change = nodes_[i].change;
    }
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (seen++ % kNamesPerRest == 0 && !Rest()) return false;
      const Graph::Edge& ends = views_.graph().edge(edges_[i].edge);
      ChangedEdge& one = out->edges[i];
      one.from = NameOf(ends.from).Own();
      one.to = NameOf(ends.to).Own();
      one.type = EdgeTypeName(ends.type);
      one.change = edges_[i].change;
      if (one.change != LineageChange::kChanged) continue;
      one.before = Step(edges_[i].step_before);
      one.after = Step(edges_[i].step_after);
    }
    for (std::size_t i = 0; i < restated_.size(); ++i) {
      if (seen++ % kNamesPerRest == 0 && !Rest()) return false;
      (*restated)[i] = {NameOf(restated_[i].node).Own(), std::string(views_.texts().at(restated_[i].kind))};
    }
    return true;
  }

  bool CompareNode(NodeNumber node) {
    bool then = false;
    bool now = false;
    if (!StandsAt(before_, node, &then) || !StandsAt(after_, node, &now)) return false;
    if (then == now) return true;
    const auto before = [&](const NodeChange& a, const NodeChange& b) { return NameOf(a.node) < NameOf(b.node); };
    const NodeChange one{node, now ? LineageChange::kCame : LineageChange::kWent};
    if (!KeepFirst(nodes_, one, spec_.limit, before)) partial_ = true;
    return true;
  }

  [[nodiscard]] bool OfWantedClass(const Graph::Edge& edge) const {
    const bool fields =
        views_.graph().ClassOf(edge.from) == NodeClass::kField || views_.graph().ClassOf(edge.to) == NodeClass::kField;
    const EdgeClass what = edge.type == EdgeType::kSame ? EdgeClass::kSameThing
                           : fields                     ? EdgeClass::kFields
                                                        : EdgeClass::kThings;
    return (before_.wanted().classes >> static_cast<unsigned>(what) & 1) != 0;
  }

  bool Compare(EdgeNumber edge) {
    const bool then = before_.Stands(edge);
    const bool now = after_.Stands(edge);
    if (!then && !now) return true;
    EdgeChange one{edge, then && now ? LineageChange::kChanged : now ? LineageChange::kCame : LineageChange::kWent};
    if (then && now) {
      if (!StepsAt(&one)) return false;
      if (one.step_before == one.step_after || Step(one.step_before) == Step(one.step_after)) return true;
    }
    const Graph::Edge& ends = views_.graph().edge(edge);
    if (spec_.node && then != now) {
      touched_.Add(ends.from);
      touched_.Add(ends.to);
    }
    const auto before = [&](const EdgeChange& a, const EdgeChange& b) { return EdgeBefore(a.edge, b.edge); };
    if (!KeepFirst(edges_, one, spec_.limit, before)) partial_ = true;
    return Rest();
  }

  // What was said last by either instant of how the data is transformed.
  bool StepsAt(EdgeChange* out) {
    // Most edges are of runs, which say nothing of it.
    bool any = false;
    if (!stated_.ForEachStep(out->edge, [&](std::uint32_t, const Interval&) { any = true; }) || !Rest()) return false;
    if (!any) return true;
    struct Newest {
      std::int64_t by;
      Stamp stamp{Timestamp::Min().ns, 0};
      std::uint32_t step = 0;
    };
    Newest found[] = {{spec_.before.ns}, {spec_.after.ns}};
    const auto visit = [&](const LineageFold::Reason& reason) {
      for (Newest& newest : found) {
        if (reason.step == 0 || reason.stamp.time > newest.by || reason.stamp < newest.stamp) continue;
        newest.stamp = reason.stamp;
        newest.step = reason.step;
      }
    };
    if (!stated_.ForEachReason(out->edge, visit) || !Rest()) return false;
    out->step_before = found[0].step;
    out->step_after = found[1].step;
    return true;
  }

  // What was stated after the earlier instant and, as far as can be told here, not only after the later one.
  bool AddRestated(NodeNumber node) {
    const NodeFold* fold = views_.node(node);
    std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series;
    if (at == NumberSet::kNone) return true;
    bool then = false;
    bool now = false;
    if (!StandsAt(before_, node, &then) || !StandsAt(after_, node, &now)) return false;
    if (!then || !now) return true;
    for (; at != NumberSet::kNone; at = views_.series().at(at).next_of_node) {
      const Series& series = views_.series().at(at);
      if (series.latest.produced_at <= spec_.before.ns || series.first_produced > spec_.after.ns) continue;
      const std::string_view kind = views_.texts().at(series.kind);
      // An event says what happened; what it says of the node are its facets.
      if (std::find(kStatements.begin(), kStatements.end(), kind) != kStatements.end()) continue;
      const auto before = [&](const Anew& a, const Anew& b) { return AnewBefore(a, b); };
      if (!KeepFirst(restated_, {node, series.kind}, restated_max_, before)) partial_ = true;
    }
    return true;
  }

  bool StandsAt(GraphReader& reader, NodeNumber node, bool* any) {
    const auto every = [](NodeNumber, EdgeClass) { return true; };
    if (!reader.HasAny(true, node, every, any)) return false;
    if (!*any && !reader.HasAny(false, node, every, any)) return false;
    return Rest();
  }

  const Views& views_;
  GraphReader& before_;
  GraphReader& after_;
  FoldReader stated_;
  const LineageDiffSpec& spec_;
  const Walk::Enter* enter_;
  NodeSet touched_;  // By changed edges, of what was reached.
  std::size_t restated_max_;
  std::vector<NodeChange> nodes_;
  std::vector<EdgeChange> edges_;
  std::vector<Anew> restated_;
  bool partial_ = false;
};

}  // namespace

Result<LineageDiff> LineageQuestion::Difference(const LineageDiffSpec& spec, std::vector<Restated>* restated) const {
  restated->clear();
  LineageFilter filter = spec.filter;
  filter.time = {};
  const NodeKey nothing;
  auto scope = LineageScope::Make(views_, filter, spec.node ? *spec.node : nothing);
  if (!scope) return scope.error();
  GraphReader::Wanted wanted = scope->wanted();
  wanted.moment = Moment::At(spec.before);
  GraphReader before(views_.graph(), wanted, pause_);
  wanted.moment = Moment::At(spec.after);
  GraphReader after(views_.graph(), wanted, pause_);
  DifferenceFinder finder(views_, before, after, spec, scope->enter());
  LineageDiff out;
  if (!spec.node) {
    if (!finder.OfAll() || !finder.NodesOfAll() || !finder.Finish(&out, restated)) return AskAnew();
    return out;
  }
  const auto starts = scope->StartsOf(*spec.node);
  if (!starts) return starts.error();
  NodeSet reached(before.node_bound());
  for (GraphReader* reader : {&before, &after}) {
    const FieldsBeside fields(views_, *reader);
    for (const bool up : {true, false}) {
      if (spec.direction == (up ? Direction::kDownstream : Direction::kUpstream)) continue;
      WalkSpec walk_spec{.up = up, .depth = spec.depth};
      if (scope->level() == LineageLevel::kFields) walk_spec.beside = &fields;
      Walk& walk = ThreadWalk(0);
      if (!walk.Run(*reader, *starts, walk_spec, scope->enter())) return AskAnew();
      std::uint32_t seen = 0;
      for (const NodeNumber node : walk.nodes()) {
        if (++seen % kReachedPerRest == 0 && !reader->Rest()) return AskAnew();
        reached.Add(node);
      }
    }
  }
  if (!finder.OfReached(reached) || !finder.RestatedOf(reached) || !finder.Finish(&out, restated)) return AskAnew();
  return out;
}

}  // namespace cairn
