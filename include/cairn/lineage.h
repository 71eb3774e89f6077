#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/node.h"
#include "cairn/time.h"

namespace cairn {

enum class Direction : std::uint8_t { kUpstream, kDownstream, kBoth };

struct LineageSpec {
  NodeKey node;
  Direction direction = Direction::kUpstream;
  std::uint32_t depth = 20;          ///< Hops from the start, each edge being one.
  std::uint32_t nodes_max = 10'000;  ///< More are not answered, and `partial` says so.
};

struct LineageNode {
  NodeKey key;
  std::int32_t hops = 0;  ///< From the start: positive downstream, negative upstream, 0 the start itself.
};

struct LineageEdge {
  std::uint32_t from = 0;  ///< Index into `nodes`: data flows from `from` to `to`.
  std::uint32_t to = 0;
  std::string type;  ///< `reads`, `writes`, `derives`, `calls`, ...
  Timestamp first_seen;
  Timestamp last_seen;
};

/// A part of the graph, breadth first from the start, which is `nodes[0]`.
struct LineageGraph {
  std::vector<LineageNode> nodes;
  std::vector<LineageEdge> edges;
  bool partial = false;  ///< `nodes_max` was reached.
};

}  // namespace cairn
