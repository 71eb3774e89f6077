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
  }
  return "derives";
}

void Graph::AddEdge(EdgeType type, NodeNumber from, NodeNumber to, Timestamp at) {
  RestoreEdge(type, from, to, at, at);
}

void Graph::RestoreEdge(EdgeType type, NodeNumber from, NodeNumber to, Timestamp first_seen, Timestamp last_seen) {
  const auto [found, added] = index_.try_emplace(Key{from, to, type}, static_cast<std::uint32_t>(edges_.size()));
  if (!added) {
    Edge& edge = edges_[found->second];
    edge.first_seen = std::min(edge.first_seen, first_seen);
    edge.last_seen = std::max(edge.last_seen, last_seen);
    return;
  }
  const NodeNumber greatest = std::max(from, to);
  if (greatest >= ends_.size()) ends_.resize(std::max<std::size_t>(greatest + 1, ends_.size() * 3 / 2));
  edges_.push_back({from, to, type, first_seen, last_seen, ends_[from].out, ends_[to].in});
  ends_[from].out = found->second;
  ends_[to].in = found->second;
}

void Graph::ReachOneWay(bool upstream, std::uint32_t depth, std::uint32_t nodes_max, Walk* walk,
                        boost::unordered_flat_map<NodeNumber, std::int32_t>* seen) const {
  std::vector<NodeNumber> frontier{walk->nodes.front().node};
  boost::unordered_flat_map<NodeNumber, std::int32_t> reached{{frontier.front(), 0}};
  for (std::uint32_t level = 1; level <= depth && !frontier.empty(); ++level) {
    const auto hops = upstream ? -static_cast<std::int32_t>(level) : static_cast<std::int32_t>(level);
    std::vector<NodeNumber> next;
    for (const NodeNumber node : frontier) {
      if (node >= ends_.size()) continue;
      std::uint32_t at = upstream ? ends_[node].in : ends_[node].out;
      while (at != kNone) {
        const Edge& edge = edges_[at];
        const NodeNumber other = upstream ? edge.from : edge.to;
        const bool known = seen->contains(other);
        if (!known && walk->nodes.size() >= nodes_max) {
          walk->partial = true;
        } else {
          walk->edges.push_back(at);
          if (!known) {
            seen->emplace(other, hops);
            walk->nodes.push_back({other, hops});
          }
          if (reached.emplace(other, hops).second) next.push_back(other);
        }
        at = upstream ? edge.next_in : edge.next_out;
      }
    }
    frontier = std::move(next);
  }
}

Graph::Walk Graph::Reach(NodeNumber start, Direction direction, std::uint32_t depth, std::uint32_t nodes_max) const {
  Walk walk;
  walk.nodes.push_back({start, 0});
  boost::unordered_flat_map<NodeNumber, std::int32_t> seen{{start, 0}};
  if (direction != Direction::kDownstream) ReachOneWay(true, depth, nodes_max, &walk, &seen);
  if (direction != Direction::kUpstream) ReachOneWay(false, depth, nodes_max, &walk, &seen);
  std::sort(walk.edges.begin(), walk.edges.end());
  walk.edges.erase(std::unique(walk.edges.begin(), walk.edges.end()), walk.edges.end());
  return walk;
}

}  // namespace cairn
