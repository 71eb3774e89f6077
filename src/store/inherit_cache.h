#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "cairn/lineage.h"
#include "lineage/adjacency.h"

namespace cairn {

/// Inherited metadata kept ready for nodes that are asked about often. An answer is dropped when, and only when,
/// something changes about a node that was looked at to make it; what was dropped is made again in the background. Any
/// thread may use it; answers are put in and dropped under the lock of the views, so that none is stale.
class InheritCache {
 public:
  /// The answer about a node; counts the question.
  std::optional<LineageInherited> Find(NodeNumber node);
  /// Keeps an answer where the node is asked about often, and where it depends on few nodes, `looked_at`.
  void Put(NodeNumber node, const LineageInherited& answer, std::span<const NodeNumber> looked_at);
  /// Drops what depends on these nodes.
  void Drop(std::span<const NodeNumber> changed);
  void Clear();
  /// Nodes whose answer was dropped and that are still asked about; each is told once.
  std::vector<NodeNumber> TakeDropped();

  [[nodiscard]] std::size_t size();

 private:
  // Asked about so often, an answer is kept.
  static constexpr std::uint32_t kHotAsks = 3;
  static constexpr std::size_t kAnswersMax = 4096;
  static constexpr std::size_t kCountsMax = 65536;

  struct Entry {
    LineageInherited answer;
    std::vector<NodeNumber> looked_at;
  };
  void Remove(NodeNumber node);

  std::mutex mutex_;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> asks_;
  boost::unordered_flat_map<NodeNumber, Entry> entries_;
  boost::unordered_flat_map<NodeNumber, std::vector<NodeNumber>> depending_;  // Looked at -> nodes with answers.
  std::vector<NodeNumber> dropped_;
};

}  // namespace cairn
