#include "lineage/graph.h"

#include <algorithm>

namespace cairn {

std::string_view EdgeTypeName(EdgeType type) {
  switch (type) {
    case EdgeType::kReads:
      return "reads";
    case EdgeType::kWrites:
      return "writes";
    case EdgeType::kDerives:
      return "derives";
    case EdgeType::kTriggers:
      return "triggers";
    case EdgeType::kInfluences:
      return "influences";
    case EdgeType::kRenames:
      return "renames";
    case EdgeType::kSame:
      return "same";
    case EdgeType::kContains:
      return "contains";
  }
  return "derives";
}

void Graph::SetClass(NodeNumber node, NodeClass what) {
  if (node >= classes_.size()) classes_.resize(node + 1, NodeClass::kThing);
  classes_[node] = what;
}

EdgeNumber Graph::FindIn(const Adjacency::List& list, EdgeType type, NodeNumber other) const {
  for (std::uint32_t i = 0; i < list.count; ++i) {
    if ((list.nodes[i] & neighbour::kNode) == other && edges_[list.edges[i]].type == type) return list.edges[i];
  }
  return kNoNumber;
}

EdgeNumber Graph::Find(EdgeType type, NodeNumber from, NodeNumber to) const {
  const Adjacency::List out = out_.At(from);
  if (out.count <= kHubEdges) return FindIn(out, type, to);
  const Adjacency::List in = in_.At(to);
  if (in.count <= kHubEdges) return FindIn(in, type, from);
  const auto found = hubs_.find({from, to, type});
  return found == hubs_.end() ? kNoNumber : found->second;
}

EdgeNumber Graph::Intern(EdgeType type, NodeNumber from, NodeNumber to) {
  const EdgeNumber found = Find(type, from, to);
  if (found != kNoNumber) return found;
  if (std::max(from, to) >= kNodesMax || edges_.size() >= kNoNumber) return kNoNumber;
  const auto number = static_cast<EdgeNumber>(edges_.size());
  Edge edge{};
  edge.from = from;
  edge.type = type;
  edge.to = to;
  edge.has_history = 1;
  edge.begun = kForever;
  edges_.push_back(edge);
  const bool fields = ClassOf(from) == NodeClass::kField || ClassOf(to) == NodeClass::kField;
  const EdgeClass what = type == EdgeType::kSame ? EdgeClass::kSameThing
                         : fields                ? EdgeClass::kFields
                                                 : EdgeClass::kThings;
  const std::uint32_t flags =
      neighbour::kEnds | neighbour::kOver | static_cast<std::uint32_t>(what) << neighbour::kClassShift;
  out_.Add(from, to | flags, number);
  in_.Add(to, from | flags, number);
  if (type == EdgeType::kSame) names_[from].push_back(number);
  node_bound_ = std::max(node_bound_, std::max(from, to) + 1);
  const std::uint32_t degree = out_.Degree(from);
  if (degree > kHubEdges + 1) {
    hubs_.emplace(Key{from, to, type}, number);
  } else if (degree == kHubEdges + 1) {
    const Adjacency::List list = out_.At(from);
    for (std::uint32_t i = 0; i < list.count; ++i) {
      hubs_.emplace(Key{from, list.nodes[i] & neighbour::kNode, edges_[list.edges[i]].type}, list.edges[i]);
    }
  }
  return number;
}

std::span<const Interval> Graph::ValidityOf(EdgeNumber number, Interval* room) const {
  const Edge& edge = edges_[number];
  if (edge.has_history != 0) return edge.begun == kForever ? std::span<const Interval>() : histories_.at(number);
  *room = {edge.begun, kForever};
  return {room, 1};
}

void Graph::RememberForReaders(EdgeNumber edge) {
  if (readers_.use_count() <= 1) {
    if (!undo_.empty()) undo_ = {};
    return;
  }
  Interval room;
  const auto was = ValidityOf(edge, &room);
  undo_.push_back({edge, {was.begin(), was.end()}});
}

void Graph::Publish(EdgeNumber number) {
  const Edge& edge = edges_[number];
  Touch(edge.to);
  if (marks_ != nullptr) {
    marks_->Touch(edge.from);
    marks_->Touch(edge.to);
  }
  std::uint32_t flags = 0;
  std::uint32_t begun = CoarseTime(edge.begun);
  std::uint32_t settled = begun;
  CoarseStands stands = CoarseStands::Since(begun);
  if (edge.has_history != 0) {
    Interval room;
    const auto history = ValidityOf(number, &room);
    const bool over = history.empty() || history.back().until != kForever;
    flags = over ? neighbour::kEnds | neighbour::kOver : neighbour::kEnds;
    if (history.empty()) {
      begun = Adjacency::kNever;
      stands = {};
      settled = 0;
    } else {
      const auto coarse = [](const Interval& one) {
        return CoarseInterval{CoarseTime(one.from), CoarseTime(one.until)};
      };
      stands = {coarse(history.front()), coarse(history.back())};
      settled = over ? stands.last.until : stands.last.from;
      stands.last.until = CoarseStands::Marked(stands.last.until, history.size() > 2);
    }
  }
  out_.Update(edge.from, number, flags, begun, stands, settled);
  in_.Update(edge.to, number, flags, begun, stands, settled);
}

void Graph::SetBegun(EdgeNumber number, std::int64_t begun) {
  Edge& edge = edges_[number];
  if (edge.has_history == 0 && edge.begun == begun) return;
  RememberForReaders(number);
  if (edge.has_history != 0 && edge.begun != kForever) histories_.erase(number);
  edge.has_history = 0;
  edge.begun = begun;
  Publish(number);
}

void Graph::SetValidity(EdgeNumber number, std::span<const Interval> intervals) {
  if (intervals.size() == 1 && intervals.front().until == kForever) return SetBegun(number, intervals.front().from);
  Interval room;
  const auto was = ValidityOf(number, &room);
  if (std::equal(was.begin(), was.end(), intervals.begin(), intervals.end())) return;
  RememberForReaders(number);
  Edge& edge = edges_[number];
  edge.has_history = 1;
  if (intervals.empty()) {
    histories_.erase(number);
  } else {
    histories_[number].assign(intervals.begin(), intervals.end());
  }
  edge.begun = intervals.empty() ? kForever : intervals.front().from;
  Publish(number);
}

std::size_t Graph::bytes() const {
  std::size_t bytes = edges_.size() * sizeof(Edge) + classes_.size() + out_.bytes() + in_.bytes() +
                      hubs_.bucket_count() * (sizeof(Key) + sizeof(EdgeNumber) + 1);
  bytes += histories_.bucket_count() * (sizeof(EdgeNumber) + sizeof(std::vector<Interval>));
  for (const auto& [edge, history] : histories_) bytes += history.capacity() * sizeof(Interval);
  return bytes;
}

}  // namespace cairn
