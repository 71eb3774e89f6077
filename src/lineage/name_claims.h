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

/// The order in which claims to one name are kept.
inline bool BeganLater(const NameClaim& a, const NameClaim& b) {
  return a.stands.from != b.stands.from ? a.stands.from > b.stands.from : a.stands.until > b.stands.until;
}

/// Of claims to one name, sorted by `BeganLater`, what counts: at any instant the one that began last of those that
/// stand, or none where the last began at once. Those of one holder do not overlap; what is left of a claim may be
/// several.
std::vector<NameClaim> KeepLatestBegun(const std::vector<NameClaim>& claims);

}  // namespace cairn
