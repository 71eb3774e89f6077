#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <span>
#include <vector>

#include "lineage/walk.h"

namespace cairn {

/// Which nodes are names of one thing, as far as `reader` shows it, and `beside` (may be null) tells it. What was found
/// is kept. One thread; lives as long as the reader, and is asked where that may be.
class SameThings {
 public:
  explicit SameThings(const GraphReader& reader, const WalkBeside* beside = nullptr)
      : reader_(reader), beside_(beside) {}

  /// The least of the node's names: the same for all of them.
  NodeNumber Of(NodeNumber node);
  /// All names of the thing, the node's own among them.
  std::vector<NodeNumber> NamesOf(NodeNumber node);

 private:
  void AppendNames(NodeNumber node, std::vector<NodeNumber>* out) const;

  const GraphReader& reader_;
  const WalkBeside* beside_;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> groups_;  // In names_; of things that have several.
  std::vector<std::vector<NodeNumber>> names_;                   // Sorted.
  std::vector<NodeNumber> room_;
};

}  // namespace cairn
