#pragma once

#include <bit>
#include <cstdint>

#include "base/grow_array.h"
#include "lineage/adjacency.h"

namespace cairn {

/// A set of nodes, a bit for each node there is: small, and never moved, so that filling it makes nobody wait.
class NodeSet {
 public:
  /// For nodes below `bound`.
  explicit NodeSet(std::uint32_t bound) { words_.resize(std::size_t{bound} / 64 + 1, 0); }

  void Add(NodeNumber node) {
    if (node / 64 >= words_.size()) words_.resize(std::size_t{node} / 64 + 1, 0);
    words_[node / 64] |= std::uint64_t{1} << (node % 64);
  }
  [[nodiscard]] bool Has(NodeNumber node) const {
    return node / 64 < words_.size() && (words_[node / 64] >> (node % 64) & 1) != 0;
  }
  /// The first member from `node` on; kNoNumber where there is none.
  [[nodiscard]] NodeNumber From(NodeNumber node) const {
    std::size_t at = node / 64;
    if (at >= words_.size()) return kNoNumber;
    std::uint64_t word = words_[at] & ~std::uint64_t{0} << (node % 64);
    while (word == 0) {
      if (++at == words_.size()) return kNoNumber;
      word = words_[at];
    }
    return static_cast<NodeNumber>(at * 64 + static_cast<std::size_t>(std::countr_zero(word)));
  }

 private:
  GrowArray<std::uint64_t> words_;
};

}  // namespace cairn
