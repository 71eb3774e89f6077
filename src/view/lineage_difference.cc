#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "view/lineage_question.h"
#include "view/lineage_scope.h"

namespace cairn {
namespace {

constexpr std::uint32_t kEdgesPerRest = 1024;
constexpr std::uint32_t kNodesPerRest = 64;
constexpr std::array kStatements = {kKindRunEvent, kKindJobEvent, kKindDatasetEvent, kKindLineageEdge, kKindContents};

class DifferenceFinder {
 public:
  DifferenceFinder(const Views& views, GraphReader& before, GraphReader& after, const LineageDiffSpec& spec)
      : views_(views), before_(before), after_(after), spec_(spec) {}

  bool OfAll() {
    for (EdgeNumber edge = 0; edge < before_.edge_bound(); ++edge) {
      if (edge % kEdgesPerRest == 0 && !(before_.Rest() && after_.Rest())) return false;
      const Graph::Edge& ends = views_.graph().edge(edge);
      if (views_.nodes().at(ends.from).tenant != spec_.tenant || !OfWantedClass(ends)) continue;
      Compare(edge);
    }
    return true;
  }

  bool OfReached(const std::vector<NodeNumber>& reached) {
    const std::set<NodeNumber> nodes(reached.begin(), reached.end());
    std::uint32_t seen = 0;
    for (const NodeNumber node : nodes) {
      if (++seen % 64 == 0 && !(before_.Rest() && after_.Rest())) return false;
      const Adjacency::List list = views_.graph().in().At(node);
      for (std::uint32_t i = 0; i < list.count; ++i) {
        const EdgeNumber edge = list.edges[i];
        if (nodes.contains(views_.graph().edge(edge).from) && OfWantedClass(views_.graph().edge(edge))) Compare(edge);
      }
    }
    return true;
  }

  // Nodes of all the graph, where it is asked about as a whole.
  bool RestatedOfAll(std::vector<LineageQuestion::Restated>* out) {
    for (NodeNumber node = 0; node < before_.node_bound(); ++node) {
      if (node % kNodesPerRest == 0 && !(before_.Rest() && after_.Rest())) return false;
      if (views_.nodes().at(node).tenant == spec_.tenant) AddRestated(node, out);
    }
    return true;
  }
  bool RestatedOf(const std::vector<NodeNumber>& nodes, std::vector<LineageQuestion::Restated>* out) {
    const std::set<NodeNumber> once(nodes.begin(), nodes.end());
    std::uint32_t seen = 0;
    for (const NodeNumber node : once) {
      if (++seen % kNodesPerRest == 0 && !(before_.Rest() && after_.Rest())) return false;
      AddRestated(node, out);
    }
    return true;
  }

  bool Finish(LineageDiff* out) {
    std::uint32_t seen = 0;
    for (const NodeNumber node : touched_) {
      if (++seen % 64 == 0 && !(before_.Rest() && after_.Rest())) return false;
      const bool then = StandsAt(before_, node);
      const bool now = StandsAt(after_, node);
      if (then == now) continue;
      out_.nodes.push_back({views_.nodes().at(node).Own(), now ? LineageChange::kCame : LineageChange::kWent, {}});
    }
    before_.Release();
    after_.Release();
    std::sort(out_.nodes.begin(), out_.nodes.end(),
              [](const ChangedNode& a, const ChangedNode& b) { return a.node < b.node; });
    std::sort(out_.edges.begin(), out_.edges.end(), [](const ChangedEdge& a, const ChangedEdge& b) {
      return std::tie(a.from, a.to, a.type) < std::tie(b.from, b.to, b.type);
    });
    Cut(out_.nodes);
    Cut(out_.edges);
    *out = std::move(out_);
    return true;
  }

 private:
  template <typename T>
  void Cut(std::vector<T>& list) {
    if (list.size() <= spec_.limit) return;
    list.erase(list.begin() + spec_.limit, list.end());
    out_.partial = true;
  }

  [[nodiscard]] bool OfWantedClass(const Graph::Edge& edge) const {
    const bool fields =
        views_.graph().ClassOf(edge.from) == NodeClass::kField || views_.graph().ClassOf(edge.to) == NodeClass::kField;
    const EdgeClass what = edge.type == EdgeType::kSame ? EdgeClass::kSameThing
                           : fields                     ? EdgeClass::kFields
                                                        : EdgeClass::kThings;
    return (before_.wanted().classes >> static_cast<unsigned>(what) & 1) != 0;
  }

  void Compare(EdgeNumber edge) {
    const bool then = before_.Stands(edge);
    const bool now = after_.Stands(edge);
    if (!then && !now) return;
    const Graph::Edge& ends = views_.graph().edge(edge);
    ChangedEdge one{views_.nodes().at(ends.from).Own(),
                    views_.nodes().at(ends.to).Own(),
                    std::string(EdgeTypeName(ends.type)),
                    LineageChange::kChanged,
                    {},
                    {}};
    if (then && now) {
      one.before = StepAt(edge, spec_.before.ns);
      one.after = StepAt(edge, spec_.after.ns);
      if (one.before == one.after) return;
    } else {
      one.change = now ? LineageChange::kCame : LineageChange::kWent;
      touched_.insert(ends.from);
      touched_.insert(ends.to);
    }
    out_.edges.push_back(std::move(one));
  }

  // What was said last by then of how the data is transformed.
  [[nodiscard]] std::string StepAt(EdgeNumber edge, std::int64_t time) const {
    Stamp newest{Timestamp::Min().ns, 0};
    StepStatement step;
    views_.lineage().ForEachReason(edge, [&](const LineageFold::Reason& reason) {
      if (reason.step == 0 || reason.stamp.time > time || reason.stamp < newest) return;
      newest = reason.stamp;
      step = views_.steps().at(reason.step);
    });
    std::string out(step.subtype);
    if (!step.description.empty()) out += fmt::format("{}{}", out.empty() ? "" : ": ", step.description);
    if (step.masking) out += out.empty() ? "masked" : ", masked";
    return out;
  }

  // What was stated after the earlier instant and, as far as can be told here, not only after the later one.
  void AddRestated(NodeNumber node, std::vector<LineageQuestion::Restated>* out) const {
    const NodeFold* fold = views_.node(node);
    std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series;
    if (at == NumberSet::kNone || !StandsAt(before_, node) || !StandsAt(after_, node)) return;
    for (; at != NumberSet::kNone; at = views_.series().at(at).next_of_node) {
      const Series& series = views_.series().at(at);
      if (series.latest.produced_at <= spec_.before.ns || series.first_produced > spec_.after.ns) continue;
      const std::string_view kind = views_.texts().at(series.kind);
      // An event says what happened; what it says of the node are its facets.
      if (std::find(kStatements.begin(), kStatements.end(), kind) != kStatements.end()) continue;
      out->push_back({views_.nodes().at(node).Own(), std::string(kind)});
    }
  }

  static bool StandsAt(const GraphReader& reader, NodeNumber node) {
    bool any = false;
    for (const bool up : {true, false}) {
      reader.ForEach(up, node, [&](NodeNumber, EdgeNumber, EdgeClass) { any = true; });
    }
    return any;
  }

  const Views& views_;
  GraphReader& before_;
  GraphReader& after_;
  const LineageDiffSpec& spec_;
  std::set<NodeNumber> touched_;
  LineageDiff out_;
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
  DifferenceFinder finder(views_, before, after, spec);
  if (!spec.node) {
    LineageDiff all;
    if (!finder.OfAll() || !finder.RestatedOfAll(restated) || !finder.Finish(&all)) return AskAnew();
    return all;
  }
  const auto starts = scope->StartsOf(*spec.node);
  if (!starts) return starts.error();
  std::vector<NodeNumber> reached;
  for (GraphReader* reader : {&before, &after}) {
    const FieldsBeside fields(views_, *reader);
    for (const bool up : {true, false}) {
      if (spec.direction == (up ? Direction::kDownstream : Direction::kUpstream)) continue;
      WalkSpec walk_spec{.up = up, .depth = spec.depth};
      if (scope->level() == LineageLevel::kFields) walk_spec.beside = &fields;
      Walk& walk = ThreadWalk(0);
      if (!walk.Run(*reader, *starts, walk_spec, scope->enter())) return AskAnew();
      reached.insert(reached.end(), walk.nodes().begin(), walk.nodes().end());
    }
  }
  LineageDiff out;
  if (!finder.OfReached(reached) || !finder.RestatedOf(reached, restated) || !finder.Finish(&out)) return AskAnew();
  return out;
}

}  // namespace cairn
