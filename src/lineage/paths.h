#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lineage/reader.h"
#include "lineage/same_things.h"
#include "lineage/walk.h"

namespace cairn {

/// A step of a path. Its ends are those of the edge, but that a field may stand for what holds it.
struct PathStep {
  EdgeNumber edge;
  NodeNumber from;
  NodeNumber to;
};

struct PathsFound {
  std::vector<std::vector<PathStep>> paths;  ///< In the order of the flow, no step between names of one thing.
  bool partial = false;                      ///< There are more, or looking for more was given up.
};

struct PathsWanted {
  NodeNumber from = 0;
  NodeNumber to = 0;
  bool shortest_only = false;
  std::uint32_t depth = 100;
  std::size_t limit = 10;
  const WalkBeside* beside = nullptr;  ///< As of a walk.
  const Walk::Enter* enter = nullptr;  ///< Whether a node between the two may be on a path; null for any.
};

/// The ways from one node to another that meet no thing twice, under whatever name, the shortest first; ways that
/// differ by names alone are one. None where the question must be asked anew.
std::optional<PathsFound> FindPaths(GraphReader& reader, const PathsWanted& wanted, SameThings& same);

}  // namespace cairn
