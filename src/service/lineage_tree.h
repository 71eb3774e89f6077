#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/lineage.h"

namespace cairn {

/// A line of a lineage drawn as a tree.
struct TreeLine {
  std::uint32_t node = 0;   ///< Index into the graph's nodes.
  std::uint32_t depth = 0;  ///< 0 the start.
  bool last = false;        ///< Of its parent's children.
  bool seen = false;        ///< It stands above with all that is behind it, so that is not drawn again.
  std::string edges;        ///< What ties it to its parent: the types of the edges, `reads`.
};

/// The graph as a tree from its start, upstream or downstream (`kBoth` is not one tree: ask for each). Children stand
/// in the order of their ids; a node that is reached again, also by a cycle, is drawn once.
std::vector<TreeLine> LineageTree(const LineageGraph& graph, Direction direction);

}  // namespace cairn
