#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <span>
#include <vector>

#include "lineage/reader.h"

namespace cairn {

/// Which nodes are names of one thing, as far as `reader` shows it. What was found is kept. One thread; lives as long
/// as the reader, and is asked where that may be.
class SameThings {
 public:
  explicit SameThings(const GraphReader& reader) : reader_(reader) {}

  /// The least of the node's names: the same for all of them.
  NodeNumber Of(NodeNumber node);
  /// All names of the thing, the node's own among them.
  std::span<const NodeNumber> NamesOf(NodeNumber node);

 private:
  const GraphReader& reader_;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> groups_;  // In names_.
  std::vector<std::vector<NodeNumber>> names_;                   // Sorted.
};

}  // namespace cairn
