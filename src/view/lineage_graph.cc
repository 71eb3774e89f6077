#include "view/lineage_graph.h"

#include <algorithm>
#include <tuple>

namespace cairn {
namespace {

constexpr std::size_t kNodesPerRest = 64;
constexpr std::size_t kEdgesPerRest = 8;
constexpr std::size_t kAddedPerRest = 128;

}  // namespace

bool GraphBuilder::Reserve(std::size_t nodes) {
  const std::size_t room = std::min<std::size_t>(nodes, views_.nodes().size());
  return reader_.WhileLetGo([&] { places_.reserve(room); });
}

bool GraphBuilder::Add(NodeNumber node, std::int32_t hops) {
  if (!places_.emplace(node, static_cast<std::uint32_t>(nodes_.size())).second) return false;
  nodes_.push_back({node, hops});
  return true;
}

void GraphBuilder::SetMore(NodeNumber node) {
  if (const auto found = places_.find(node); found != places_.end()) nodes_[found->second].more = true;
}

bool GraphBuilder::AddWalk(const Walk& walk, bool up) {
  std::uint32_t level = 0;
  for (std::uint32_t i = 0; i < walk.nodes().size(); ++i) {
    if (i % kAddedPerRest == kAddedPerRest - 1 && !reader_.Rest()) return false;
    while (level + 1 < walk.levels().size() && walk.levels()[level + 1] <= i) ++level;
    Add(walk.nodes()[i], up ? -static_cast<std::int32_t>(level) : static_cast<std::int32_t>(level));
  }
  std::size_t marked = 0;
  for (const NodeNumber node : walk.frontier()) {
    if (++marked % kAddedPerRest == 0 && !reader_.Rest()) return false;
    SetMore(node);
  }
  return true;
}

bool GoesBefore(const Views& views, const FoldReader& stated, NodeNumber a, NodeNumber b) {
  const bool is_further = stated.IsFurtherName(views.lineage().WholeOf(a));
  if (is_further != stated.IsFurtherName(views.lineage().WholeOf(b))) return !is_further;
  return NodeId(views.nodes().at(a)) < NodeId(views.nodes().at(b));
}

// Names of one thing become one node: that of the start, else of the nearest the one that it goes by.
bool GraphBuilder::JoinNames() {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kAddedPerRest == kAddedPerRest - 1 && !reader_.Rest()) return false;
    place_of_.push_back(i);
  }
  if (!views_.graph().has_names()) return true;
  const auto root = [&](std::uint32_t at) {
    while (place_of_[at] != at) at = place_of_[at] = place_of_[place_of_[at]];
    return at;
  };
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const auto rank = [&](std::uint32_t at) { return std::abs(nodes_[at].hops); };
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    // A start was added first.
    if (rank(a) == 0) return a < b;
    return GoesBefore(views_, stated_, nodes_[a].node, nodes_[b].node);
  };
  const FieldsBeside fields(views_, reader_);
  std::vector<NodeNumber> others;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kNodesPerRest == 0 && !reader_.Rest()) return false;
    others.clear();
    reader_.ForEachName(nodes_[i].node, [&](NodeNumber other) { others.push_back(other); });
    fields.Names(nodes_[i].node, &others);
    for (const NodeNumber other : others) {
      const auto found = places_.find(other);
      if (found == places_.end()) continue;
      const std::uint32_t a = root(i);
      const std::uint32_t b = root(found->second);
      if (a == b) continue;
      if (before(a, b))
        place_of_[b] = a;
      else
        place_of_[a] = b;
    }
  }
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kAddedPerRest == kAddedPerRest - 1 && !reader_.Rest()) return false;
    place_of_[i] = root(i);
  }
  return true;
}

bool TellEdge(const Views& views, GraphReader& reader, FoldReader& stated, EdgeNumber number, LineageEdge* out) {
  out->type = EdgeTypeName(reader.graph().edge(number).type);
  Interval room;
  for (const Interval& interval : reader.ValidityOf(number, &room)) {
    if (!reader.wanted().moment.Meets(interval)) continue;
    out->first_seen = {interval.from};
    if (interval.until != kForever) out->until = Timestamp{interval.until};
    break;
  }
  std::int64_t last = 0;
  if (!stated.LastStated(number, &last)) return false;
  out->last_seen = {std::max(last, out->first_seen.ns)};
  // The newest word on how the data is transformed, of those said by the moment that is asked about.
  std::int64_t newest = Timestamp::Min().ns;
  return stated.ForEachStep(number, [&](std::uint32_t step, const Interval& span) {
    if (span.from >= reader.wanted().moment.until || span.until < newest) return;
    newest = span.until;
    const StepStatement text = views.steps().at(step);
    out->subtype = text.subtype;
    out->description = text.description;
    out->masking = text.masking;
  });
}

bool GraphBuilder::GatherEdges(LineageGraph* out) {
  const bool fields = level_ == LineageLevel::kFields;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kNodesPerRest == 0 && !reader_.Rest()) return false;
    const NodeNumber node = nodes_[i].node;
    const auto visit = [&](NodeNumber other, EdgeNumber number, EdgeClass what) {
      if (reader_.Joins(what) || (what == EdgeClass::kSameThing && !stated_.IsClaimThen(number))) return;
      if (const auto found = places_.find(other); found != places_.end()) {
        const bool joined = place_of_[found->second] == place_of_[i] && other != node;
        if (!joined) found_.push_back({number, place_of_[found->second], place_of_[i]});
      } else if (fields && views_.graph().ClassOf(other) != NodeClass::kField) {
        // What comes from a dataset as a whole comes from each of its fields.
        wholes_.push_back({number, other, place_of_[i]});
      }
    };
    if (!reader_.ForEachResting(true, node, visit)) return false;
    if (!fields || views_.graph().ClassOf(node) != NodeClass::kField) continue;
    const NodeNumber whole = views_.lineage().WholeOf(node);
    if (whole != node && !places_.contains(whole) && !reader_.ForEachResting(true, whole, visit)) return false;
  }
  std::size_t parts = 0;
  for (const auto& [number, whole, to] : wholes_) {
    for (NodeNumber at = views_.lineage().FirstPart(whole); at != kNoNumber; at = views_.lineage().NextPart(at)) {
      if (++parts % kNodesPerRest == 0 && !reader_.Rest()) return false;
      if (const auto found = places_.find(at); found != places_.end()) {
        found_.push_back({number, place_of_[found->second], to});
      }
    }
  }
  if (!reader_.WhileLetGo([&] { out->edges.resize(found_.size()); })) return false;
  for (std::size_t i = 0; i < found_.size(); ++i) {
    if (i % kEdgesPerRest == 0 && !reader_.Rest()) return false;
    LineageEdge& edge = out->edges[i];
    edge.from = found_[i].from;
    edge.to = found_[i].to;
    if (!TellEdge(views_, reader_, stated_, found_[i].number, &edge)) return false;
  }
  return true;
}

// The answer may be cut, so whether anything flows in or out is asked of the graph.
bool GraphBuilder::MarkEnds(LineageGraph* out) {
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kEdgesPerRest == 0 && !reader_.Rest()) return false;
    LineageNode& node = out->nodes[place_of_[i]];
    const auto flows = [&](NodeNumber other, EdgeClass what) {
      return what != EdgeClass::kSameThing && other != nodes_[i].node;
    };
    bool any = false;
    if (node.root && !reader_.HasAny(true, nodes_[i].node, flows, &any)) return false;
    node.root = node.root && !any;
    if (node.leaf && !reader_.HasAny(false, nodes_[i].node, flows, &any)) return false;
    node.leaf = node.leaf && !any;
  }
  return true;
}

// The answer's nodes in the order of their coming, joined ones behind each other's backs.
bool GraphBuilder::MakeNodes(LineageGraph* out) {
  if (!reader_.WhileLetGo([&] { out->nodes.resize(nodes_.size()); })) return false;
  std::uint32_t made = 0;
  GrowArray<std::uint32_t> fresh;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kNodesPerRest == 0 && !reader_.Rest()) return false;
    fresh.push_back(made);
    if (place_of_[i] != i) continue;
    LineageNode& node = out->nodes[made++];
    node.key = views_.nodes().at(nodes_[i].node).Own();
    node.hops = nodes_[i].hops;
    node.more = nodes_[i].more;
    node.root = node.leaf = true;
  }
  out->nodes.resize(made);
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (i % kNodesPerRest == 0 && !reader_.Rest()) return false;
    const bool joined = place_of_[i] != i;
    place_of_[i] = fresh[place_of_[i]];
    if (!joined) continue;
    LineageNode& node = out->nodes[place_of_[i]];
    node.names.push_back(views_.nodes().at(nodes_[i].node).Own());
    node.more = node.more || nodes_[i].more;
    if (std::abs(nodes_[i].hops) < std::abs(node.hops)) node.hops = nodes_[i].hops;
  }
  return true;
}

bool GraphBuilder::Finish(const std::vector<std::string>& only, LineageGraph* out) {
  if (!JoinNames() || !MakeNodes(out)) return false;
  if (!GatherEdges(out)) return false;
  if (!MarkEnds(out)) return false;
  reader_.Release();
  for (const LineageNode& node : out->nodes) out->partial = out->partial || node.more;
  Sort(only, out);
  return true;
}

void GraphBuilder::Sort(const std::vector<std::string>& only, LineageGraph* out) {
  struct Ranked {
    int side;
    std::int32_t hops;
    std::string id;
    std::uint32_t place;
  };
  std::vector<Ranked> order;
  for (std::uint32_t i = 0; i < out->nodes.size(); ++i) {
    LineageNode& node = out->nodes[i];
    std::sort(node.names.begin(), node.names.end());
    if (!only.empty() && node.hops != 0 && !MatchesAny(only, node.key)) continue;
    order.push_back({node.hops == 0 ? 0 : node.hops < 0 ? 1 : 2, std::abs(node.hops), NodeId(node.key), i});
  }
  // The starts keep the order in which they were asked about.
  std::stable_sort(order.begin(), order.end(), [](const Ranked& a, const Ranked& b) {
    if (a.side == 0 && b.side == 0) return false;
    return std::tie(a.side, a.hops, a.id) < std::tie(b.side, b.hops, b.id);
  });
  std::vector<std::uint32_t> place(out->nodes.size(), kNoNumber);
  std::vector<LineageNode> nodes;
  for (const Ranked& one : order) {
    place[one.place] = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back(std::move(out->nodes[one.place]));
  }
  out->nodes = std::move(nodes);
  std::vector<LineageEdge> edges;
  LocalGraph local{static_cast<std::uint32_t>(out->nodes.size()), {}};
  for (LineageEdge& edge : out->edges) {
    edge.from = place[edge.from];
    edge.to = place[edge.to];
    if (edge.from == kNoNumber || edge.to == kNoNumber) continue;
    if (edge.type != EdgeTypeName(EdgeType::kSame)) local.edges.emplace_back(edge.from, edge.to);
    edges.push_back(std::move(edge));
  }
  const auto rank = [](const LineageEdge& edge) { return std::tie(edge.from, edge.to, edge.type); };
  std::sort(edges.begin(), edges.end(), [&](const LineageEdge& a, const LineageEdge& b) { return rank(a) < rank(b); });
  // Names joined may state one edge twice.
  out->edges.clear();
  for (LineageEdge& edge : edges) {
    if (!out->edges.empty() && rank(out->edges.back()) == rank(edge)) {
      LineageEdge& kept = out->edges.back();
      kept.first_seen = std::min(kept.first_seen, edge.first_seen);
      kept.last_seen = std::max(kept.last_seen, edge.last_seen);
      if (kept.until && (!edge.until || *edge.until > *kept.until)) kept.until = edge.until;
      kept.masking = kept.masking || edge.masking;
      continue;
    }
    out->edges.push_back(std::move(edge));
  }
  out->cycles = CyclesOf(FindComponents(local));
}

}  // namespace cairn
