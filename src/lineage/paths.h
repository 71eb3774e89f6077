#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lineage/reader.h"

namespace cairn {

struct PathsFound {
  std::vector<std::vector<EdgeNumber>> paths;  ///< Edges in the order of the flow.
  bool partial = false;                        ///< There are more, or looking for more was given up.
};

struct PathsWanted {
  NodeNumber from = 0;
  NodeNumber to = 0;
  bool shortest_only = false;
  std::uint32_t depth = 100;
  std::size_t limit = 10;
};

/// The ways from one node to another that meet no node twice, the shortest first. None where the question must be
/// asked anew.
std::optional<PathsFound> FindPaths(GraphReader& reader, const PathsWanted& wanted);

}  // namespace cairn
