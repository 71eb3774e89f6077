#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "view/names.h"

namespace cairn {

/// The nodes of each family, in the order of their coming, so that they are listed page by page. Made when somebody
/// asks, and carried on from there: whoever never lists has none. Any thread may call it while it reads the table.
class NodeLists {
 public:
  /// Takes in some of the nodes that came since; true when there are no more. `epoch` tells tables apart whose numbers
  /// mean other nodes.
  bool Follow(const NodeTable& nodes, std::uint64_t epoch);

  /// Gives those from `offset` on, at most `count`.
  [[nodiscard]] std::vector<std::uint32_t> Read(std::uint32_t family, std::size_t offset, std::size_t count) const;
  [[nodiscard]] std::size_t SizeOf(std::uint32_t family) const;

 private:
  mutable std::mutex mutex_;  // All below; held for a moment only.
  std::uint64_t epoch_ = 0;
  std::uint32_t taken_ = 0;
  std::vector<std::vector<std::uint32_t>> lists_;  // By family.
};

}  // namespace cairn
