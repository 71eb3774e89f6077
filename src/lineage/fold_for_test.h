#pragma once

#include <fmt/format.h>

#include <string>

#include "lineage/graph.h"

namespace cairn {

/// For tests of the fold only: when an edge stands, `5..9 12..`; `no edge` where it was never stated.
inline std::string WhenOf(const Graph& graph, EdgeType type, NodeNumber from, NodeNumber to) {
  const EdgeNumber edge = graph.Find(type, from, to);
  if (edge == kNoNumber) return "no edge";
  std::string out;
  Interval room;
  for (const Interval& at : graph.ValidityOf(edge, &room)) {
    out +=
        fmt::format("{}{}..{}", out.empty() ? "" : " ", at.from, at.until == kForever ? "" : std::to_string(at.until));
    if (at.from >= at.until) out += " (ends before it begins)";
  }
  return out;
}

}  // namespace cairn
