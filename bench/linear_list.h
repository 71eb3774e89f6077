#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lineage/inherit.h"

namespace cairn::bench {

/// Metadata merged along a plain list of datasets, each made of the one before it, as one writes it by hand where no
/// graph is needed: no forks, no time, no names, no jobs, but the same facts and the same answer. One thread.
class LinearList {
 public:
  struct Fact {
    std::uint32_t key = 0;  ///< Below 64.
    bool is_list = false;
    bool is_null = false;  ///< Taken back: nothing farther counts.
    std::uint32_t value = 0;
    std::vector<std::uint32_t> items = {};
    std::uint64_t seq = 0;
  };

  /// At the end of the list, made of the one added before.
  void Add(std::vector<Fact> facts) {
    nodes_.push_back({static_cast<std::uint32_t>(nodes_.size()) - 1, std::move(facts)});
  }

  /// The nearest value of each field, and the elements of all lists, each once; nearest first.
  std::span<const Inherited> Merge(std::uint32_t node, std::uint32_t depth) {
    out_.clear();
    std::uint64_t closed = 0;
    for (std::uint32_t distance = 0; node < nodes_.size() && distance <= depth; ++distance) {
      for (const Fact& fact : nodes_[node].facts) {
        const std::uint64_t bit = std::uint64_t{1} << fact.key;
        if ((closed & bit) != 0) continue;
        if (!fact.is_list || fact.is_null) {
          closed |= bit;
          if (!fact.is_null) out_.push_back({fact.key, fact.value, node, distance, fact.seq});
          continue;
        }
        for (const std::uint32_t item : fact.items) {
          if (!Has(fact.key, item)) out_.push_back({fact.key, item, node, distance, fact.seq});
        }
      }
      node = nodes_[node].parent;
    }
    return out_;
  }

 private:
  struct Node {
    std::uint32_t parent;
    std::vector<Fact> facts;
  };
  [[nodiscard]] bool Has(std::uint32_t key, std::uint32_t item) const {
    for (const Inherited& one : out_) {
      if (one.value == item && one.key == key) return true;
    }
    return false;
  }

  std::vector<Node> nodes_;
  std::vector<Inherited> out_;
};

}  // namespace cairn::bench
