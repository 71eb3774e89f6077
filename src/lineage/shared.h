#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "lineage/walk.h"

namespace cairn {

struct SharedNode {
  NodeNumber node;
  std::uint32_t hops;  ///< Edges from the farthest of the nodes asked about.
};

/// The nodes that every one of `nodes` comes from, a node counting as its own ancestor; by hops. Of a thing with
/// several names the least is told, and its names are no hop apart. One walk for 32 of them: each node of the graph
/// carries a bit for each. `enter` (may be null) says which nodes may be gone through beside those asked about. The
/// answer lasts until the thread asks again; none where the question must be asked anew.
std::optional<std::span<const SharedNode>> SharedAncestors(GraphReader& reader, std::span<const NodeNumber> nodes,
                                                           const Walk::Enter* enter = nullptr);

}  // namespace cairn
