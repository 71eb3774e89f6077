#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace cairn {

/// A small graph over places 0 to `nodes`, cut out of the large one.
struct LocalGraph {
  std::uint32_t nodes = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;  ///< (from, to)
};

/// The strongly connected components of a graph: within each, every node leads to every other.
struct Components {
  std::vector<std::uint32_t> of;    ///< By node.
  std::vector<std::uint32_t> size;  ///< By component. An edge between two components goes to the lower number.
  std::vector<bool> loops;          ///< By node: it has an edge to itself.
};
/// Tarjan's algorithm (1972) with a stack of its own.
Components FindComponents(const LocalGraph& graph);

/// The nodes of each cycle: components of more than one node, and loops; by their first node.
std::vector<std::vector<std::uint32_t>> CyclesOf(const Components& components);

/// The length of the longest way to each node, a cycle being one step: what has a lower rank goes before it.
std::vector<std::uint32_t> RanksOf(const LocalGraph& graph, const Components& components);

}  // namespace cairn
