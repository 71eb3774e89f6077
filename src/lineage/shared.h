#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lineage/reader.h"

namespace cairn {

struct SharedNode {
  NodeNumber node;
  std::uint32_t hops;  ///< Edges from the farthest of the nodes asked about.
};

/// The nodes that every one of `nodes` comes from, a node counting as its own ancestor; by hops. One walk for 32 of
/// them: each node of the graph carries a bit for each. None where the question must be asked anew.
std::optional<std::vector<SharedNode>> SharedAncestors(GraphReader& reader, std::span<const NodeNumber> nodes);

}  // namespace cairn
