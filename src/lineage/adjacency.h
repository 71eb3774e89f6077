#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/grow_array.h"
#include "base/prefetch.h"

namespace cairn {

/// A node of the graph: its number in the table of names. At most `kNodesMax` of them have edges.
using NodeNumber = std::uint32_t;
/// An edge: edges are numbered in the order of their coming.
using EdgeNumber = std::uint32_t;
inline constexpr std::uint32_t kNoNumber = 0xFFFFFFFF;
inline constexpr std::uint32_t kNodesMax = 1U << 28;

/// A neighbour in 32 bits: its number, and above it what a walk asks of each edge before it looks at anything else.
namespace neighbour {
inline constexpr std::uint32_t kNode = kNodesMax - 1;
inline constexpr std::uint32_t kFlagShift = 28;
/// The edge does not stand at present.
inline constexpr std::uint32_t kOver = 1U << 28;
/// The edge's validity is more than a beginning.
inline constexpr std::uint32_t kEnds = 1U << 31;
/// What the edge connects, in two bits.
inline constexpr std::uint32_t kClassShift = 29;
inline constexpr std::uint32_t kClassBits = 3U << kClassShift;
}  // namespace neighbour

/// The part of a time that a walk compares first: 4.3 seconds a step, all of 64 bits in order.
inline constexpr std::uint32_t CoarseTime(std::int64_t ns) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(ns) ^ (std::uint64_t{1} << 63)) >> 32);
}

/// A stretch of coarse time, both ends rounded down.
struct CoarseInterval {
  std::uint32_t from = ~0U;
  std::uint32_t until = 0;
};
/// What a list keeps of the time during which each of its edges stands, where that of one is more than a beginning: the
/// outermost intervals.
struct CoarseStands {
  CoarseInterval first;
  CoarseInterval last;  ///< Where there are others between the two, `until` is odd, else even: half as exact.

  static constexpr std::uint32_t Marked(std::uint32_t until, bool more) { return (until & ~1U) | (more ? 1U : 0U); }
  static constexpr CoarseStands Since(std::uint32_t begun) { return {{begun, ~0U}, {begun, Marked(~0U, false)}}; }
};

/// Coarser still: steps of 20 hours from 1970 on, 146 years of them; all before is 0, all after the last.
inline constexpr std::uint16_t BroadTime(std::uint32_t coarse) {
  constexpr std::uint32_t kFirst = 1U << 31;
  return coarse < kFirst ? 0 : static_cast<std::uint16_t>(std::min((coarse - kFirst) >> 14, 0xFFFFU));
}

/// What is known of a list as a whole.
struct Steady {
  /// No edge of it began or ended in coarse time after this: then exactly those stand that are not `kOver`.
  std::uint32_t settled = 0;
  /// In broad times, both rounded down: all its edges stand in the steps between, over or not, though perhaps not only
  /// then. Nothing is said of a list in which none has ended.
  std::uint16_t all_from = 0xFFFF;
  std::uint16_t all_until = 0;
};

/// The neighbours of each node in one direction, those of a node side by side: what CSR is, but one that grows. Four
/// arrays run in parallel, so that a walk touches no more than it needs; the last is there only for lists of which an
/// edge has ended. Its owner guards it.
class Adjacency {
 public:
  struct List {
    const std::uint32_t* nodes = nullptr;  ///< With flags.
    const EdgeNumber* edges = nullptr;     ///< Ascending.
    /// Coarse times; `kNever` where the edge never stood, or from the end of time on.
    const std::uint32_t* begun = nullptr;
    const CoarseStands* stands = nullptr;  ///< Null where no edge of the list has ended: then `begun` tells all.
    std::uint32_t count = 0;
    Steady steady;
  };
  static constexpr std::uint32_t kUnsure = 0xFFFFFFFF;
  static constexpr std::uint32_t kNever = 0xFFFFFFFF;

  [[nodiscard]] List At(NodeNumber node) const {
    if (node >= blocks_.size()) return {};
    const Block block = blocks_[node];
    return {nodes_.data() + block.begin,
            edges_.data() + block.begin,
            begun_.data() + block.begin,
            block.has_stands != 0 ? stands_.data() + block.begin : nullptr,
            block.count,
            block.steady};
  }
  /// The neighbours alone, with flags.
  [[nodiscard]] std::span<const std::uint32_t> EntriesAt(NodeNumber node) const {
    if (node >= blocks_.size()) return {};
    const Block block = blocks_[node];
    return {nodes_.data() + block.begin, block.count};
  }
  [[nodiscard]] std::uint32_t Degree(NodeNumber node) const { return node >= blocks_.size() ? 0 : blocks_[node].count; }
  [[nodiscard]] Steady SteadyAt(NodeNumber node) const {
    return node < blocks_.size() ? blocks_[node].steady : Steady{};
  }
  /// To be called some nodes ahead of `At`.
  void PrefetchBlock(NodeNumber node) const { PrefetchLine(blocks_.data() + node); }
  /// The same, later: the block itself is in the processor's cache by then. With `times`, those of the edges too.
  void PrefetchList(NodeNumber node, bool times) const {
    if (node >= blocks_.size()) return;
    const Block& block = blocks_[node];
    PrefetchLine(nodes_.data() + block.begin);
    if (!times) return;
    if (block.has_stands == 0) return PrefetchLine(begun_.data() + block.begin);
    PrefetchLine(stands_.data() + block.begin);
    PrefetchLine(stands_.data() + block.begin + 3);
  }

  /// An edge that never stood. `edge` is greater than every edge of the node.
  void Add(NodeNumber node, std::uint32_t neighbour, EdgeNumber edge);
  /// Changes when an edge of the node stands: since `begun` or, where `ends_and_over` says that it ends, as `stands`
  /// has it. `settled` is when it last began or ended, in coarse time; 0 where it never stood.
  void Update(NodeNumber node, EdgeNumber edge, std::uint32_t ends_and_over, std::uint32_t begun,
              const CoarseStands& stands, std::uint32_t settled);

  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Block {
    std::uint32_t begin = 0;
    std::uint32_t count : 31 = 0;
    std::uint32_t has_stands : 1 = 0;
    Steady steady;  // In the same line of memory: an instant costs a walk no more of them than the present.
  };
  // So many edges are looked through for when a list is settled; of more it is known from above.
  static constexpr std::uint32_t kLookedThrough = 16;
  [[nodiscard]] std::uint32_t SettledAt(std::size_t at) const;
  void SetStands(const Block& block, std::size_t at, const CoarseStands& stands);
  static void Narrow(Steady& steady, const CoarseInterval& first);
  void MoveStands(const Block& block, std::uint32_t to);
  // Sizes of blocks: 1, 2, 3, 4, 6, 8, 12, 16, ...
  static std::uint32_t ClassOf(std::uint32_t count);
  static std::uint32_t RoomOf(std::uint32_t size_class);
  std::uint32_t Allocate(std::uint32_t size_class);

  GrowArray<Block> blocks_;
  GrowArray<std::uint32_t> nodes_;
  GrowArray<EdgeNumber> edges_;
  GrowArray<std::uint32_t> begun_;
  GrowArray<CoarseStands> stands_;                 // Up to the last list that has some.
  std::array<GrowArray<std::uint32_t>, 64> free_;  // By class.
};

}  // namespace cairn
