#include "lineage/components.h"

#include <algorithm>
#include <map>

namespace cairn {
namespace {

constexpr std::uint32_t kNew = 0xFFFFFFFF;

}  // namespace

Components FindComponents(const LocalGraph& graph) {
  std::vector<std::uint32_t> begin(graph.nodes + 1, 0);
  for (const auto& [from, to] : graph.edges) ++begin[from + 1];
  for (std::uint32_t i = 0; i < graph.nodes; ++i) begin[i + 1] += begin[i];
  std::vector<std::uint32_t> to(graph.edges.size());
  std::vector<std::uint32_t> fill(begin.begin(), begin.end() - 1);
  Components out;
  out.of.assign(graph.nodes, kNew);
  out.loops.assign(graph.nodes, false);
  for (const auto& [from, target] : graph.edges) {
    to[fill[from]++] = target;
    if (from == target) out.loops[from] = true;
  }
  std::vector<std::uint32_t> order(graph.nodes, kNew);
  std::vector<std::uint32_t> low(graph.nodes, 0);
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  std::vector<std::uint32_t> stack;
  std::vector<std::uint32_t> path;
  std::uint32_t count = 0;
  for (std::uint32_t start = 0; start < graph.nodes; ++start) {
    if (order[start] != kNew) continue;
    path.push_back(start);
    while (!path.empty()) {
      const std::uint32_t node = path.back();
      if (order[node] == kNew) {
        order[node] = low[node] = count++;
        stack.push_back(node);
      }
      if (next[node] < begin[node + 1]) {
        const std::uint32_t other = to[next[node]++];
        if (order[other] == kNew) {
          path.push_back(other);
        } else if (out.of[other] == kNew) {
          low[node] = std::min(low[node], order[other]);
        }
        continue;
      }
      path.pop_back();
      if (!path.empty()) low[path.back()] = std::min(low[path.back()], low[node]);
      if (low[node] != order[node]) continue;
      const auto component = static_cast<std::uint32_t>(out.size.size());
      out.size.push_back(0);
      std::uint32_t member = 0;
      do {
        member = stack.back();
        stack.pop_back();
        out.of[member] = component;
        ++out.size[component];
      } while (member != node);
    }
  }
  return out;
}

std::vector<std::vector<std::uint32_t>> CyclesOf(const Components& components) {
  std::map<std::uint32_t, std::vector<std::uint32_t>> members;
  for (std::uint32_t node = 0; node < components.of.size(); ++node) {
    const std::uint32_t component = components.of[node];
    if (components.size[component] > 1 || components.loops[node]) members[component].push_back(node);
  }
  std::vector<std::vector<std::uint32_t>> out;
  for (auto& [component, nodes] : members) out.push_back(std::move(nodes));
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::uint32_t> RanksOf(const LocalGraph& graph, const Components& components) {
  // Components are numbered against the flow, so the highest numbers come first.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> between;
  for (const auto& [from, to] : graph.edges) {
    if (components.of[from] != components.of[to]) between.emplace_back(components.of[from], components.of[to]);
  }
  std::sort(between.begin(), between.end(), std::greater<>());
  std::vector<std::uint32_t> rank(components.size.size(), 0);
  for (const auto& [from, to] : between) rank[to] = std::max(rank[to], rank[from] + 1);
  std::vector<std::uint32_t> out(graph.nodes);
  for (std::uint32_t node = 0; node < graph.nodes; ++node) out[node] = rank[components.of[node]];
  return out;
}

}  // namespace cairn
