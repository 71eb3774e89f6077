#pragma once

#include <vector>

#include "lineage/graph.h"

namespace cairn {

/// That a thing goes by a further name, for as long as it says so.
struct NameClaim {
  Interval stands;
  NodeNumber holder = 0;
  friend bool operator==(const NameClaim&, const NameClaim&) = default;
};

/// Of claims to one name what counts: at any instant the one that began last of those that stand, or none where the
/// last began at once. Those of one holder do not overlap. In no order; what is left of a claim may be several.
std::vector<NameClaim> KeepLatestBegun(std::vector<NameClaim> claims);

}  // namespace cairn
