#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/grow_array.h"

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

/// The neighbours of each node in one direction, those of a node side by side: what CSR is, but one that grows. Four
/// arrays run in parallel, so that a walk touches no more than it needs; the last is there only for lists of which an
/// edge has ended. Its owner guards it.
class Adjacency {
 public:
  struct List {
    const std::uint32_t* nodes;  ///< With flags.
    const EdgeNumber* edges;     ///< Ascending.
    const std::uint32_t* begun;  ///< Coarse times; `kNever` where the edge never stood, or from the end of time on.
    const CoarseStands* stands;  ///< Null where no edge of the list has ended: then `begun` tells all.
    std::uint32_t count;
    const std::uint32_t* settled_at;
    /// No edge began or ended in coarse time after this: then exactly those of them stand that are not `kOver`.
    [[nodiscard]] std::uint32_t settled() const { return *settled_at; }
  };
  static constexpr std::uint32_t kUnsure = 0xFFFFFFFF;
  static constexpr std::uint32_t kNever = 0xFFFFFFFF;

  [[nodiscard]] List At(NodeNumber node) const {
    if (node >= blocks_.size()) return {nullptr, nullptr, nullptr, nullptr, 0, &kNothing};
    const Block block = blocks_[node];
    return {nodes_.data() + block.begin,
            edges_.data() + block.begin,
            begun_.data() + block.begin,
            block.has_stands != 0 ? stands_.data() + block.begin : nullptr,
            block.count,
            settled_.data() + node};
  }
  /// The neighbours alone, with flags.
  [[nodiscard]] std::span<const std::uint32_t> EntriesAt(NodeNumber node) const {
    if (node >= blocks_.size()) return {};
    const Block block = blocks_[node];
    return {nodes_.data() + block.begin, block.count};
  }
  [[nodiscard]] std::uint32_t Degree(NodeNumber node) const { return node >= blocks_.size() ? 0 : blocks_[node].count; }
  /// To be called some nodes ahead of `At`.
  void PrefetchBlock(NodeNumber node, std::uint32_t moment = kUnsure) const {
    __builtin_prefetch(blocks_.data() + node);
    if (moment != kUnsure) __builtin_prefetch(settled_.data() + node);
  }
  /// The same, later: the block itself is in the processor's cache by then. Times are looked at where the list is not
  /// settled before `moment`.
  void PrefetchList(NodeNumber node, std::uint32_t moment = kUnsure) const {
    if (node >= blocks_.size()) return;
    const Block& block = blocks_[node];
    __builtin_prefetch(nodes_.data() + block.begin);
    if (moment == kUnsure || settled_[node] < moment) return;
    if (block.has_stands == 0) return __builtin_prefetch(begun_.data() + block.begin);
    __builtin_prefetch(stands_.data() + block.begin);
    __builtin_prefetch(stands_.data() + block.begin + 3);
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
  };
  // So many edges are looked through for when a list is settled; of more it is known from above.
  static constexpr std::uint32_t kLookedThrough = 16;
  static constexpr std::uint32_t kNothing = 0;
  [[nodiscard]] std::uint32_t SettledAt(std::size_t at) const;
  void SetStands(const Block& block, std::size_t at, const CoarseStands& stands);
  void MoveStands(const Block& block, std::uint32_t to);
  // Sizes of blocks: 1, 2, 3, 4, 6, 8, 12, 16, ...
  static std::uint32_t ClassOf(std::uint32_t count);
  static std::uint32_t RoomOf(std::uint32_t size_class);
  std::uint32_t Allocate(std::uint32_t size_class);

  GrowArray<Block> blocks_;
  GrowArray<std::uint32_t> settled_;  // Of blocks_, apart: the present does not ask.
  GrowArray<std::uint32_t> nodes_;
  GrowArray<EdgeNumber> edges_;
  GrowArray<std::uint32_t> begun_;
  GrowArray<CoarseStands> stands_;                 // Up to the last list that has some.
  std::array<GrowArray<std::uint32_t>, 64> free_;  // By class.
};

}  // namespace cairn
