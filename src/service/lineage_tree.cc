#include "service/lineage_tree.h"

#include <algorithm>
#include <map>

namespace cairn {

std::vector<TreeLine> LineageTree(const LineageGraph& graph, Direction direction) {
  std::vector<TreeLine> out;
  if (graph.nodes.empty()) return out;
  // Child -> types, for each node.
  std::vector<std::map<std::uint32_t, std::string>> children(graph.nodes.size());
  const bool up = direction == Direction::kUpstream;
  for (const LineageEdge& edge : graph.edges) {
    if (edge.from >= graph.nodes.size() || edge.to >= graph.nodes.size()) continue;
    std::string& types = children[up ? edge.to : edge.from][up ? edge.from : edge.to];
    types += (types.empty() ? "" : ", ") + edge.type;
  }
  std::vector<bool> drawn(graph.nodes.size());
  // Depth first with a stack of its own: chains may be as long as they like.
  std::vector<TreeLine> pending{{0, 0, true, false, {}}};
  while (!pending.empty()) {
    TreeLine line = std::move(pending.back());
    pending.pop_back();
    const auto& below = children[line.node];
    line.seen = drawn[line.node] && !below.empty();
    const bool first = !drawn[line.node];
    drawn[line.node] = true;
    const std::uint32_t depth = line.depth + 1;
    out.push_back(std::move(line));
    if (!first) continue;
    std::vector<std::uint32_t> order;
    for (const auto& [child, types] : below) order.push_back(child);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return graph.nodes[a].key < graph.nodes[b].key; });
    for (std::size_t i = order.size(); i-- > 0;) {
      pending.push_back({order[i], depth, i + 1 == order.size(), false, below.at(order[i])});
    }
  }
  return out;
}

}  // namespace cairn
