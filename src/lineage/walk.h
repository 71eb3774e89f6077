#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/grow_array.h"
#include "lineage/reader.h"

namespace cairn {

/// Fields and what holds them: a thing that is reached brings its parts, and a part goes where the whole goes. Names of
/// one thing may be told here too.
class WalkBeside {
 public:
  virtual ~WalkBeside() = default;
  /// The node whose edges count as those of `node` too; kNoNumber for none.
  [[nodiscard]] virtual NodeNumber Also(NodeNumber node) const = 0;
  /// Appends the nodes that are reached with `node`, no hop away, its further names apart.
  /// False: the question must be asked anew.
  virtual bool With(NodeNumber node, std::vector<NodeNumber>* out) const = 0;
  /// Appends further names of the same thing that no edge tells.
  virtual void Names(NodeNumber node, std::vector<NodeNumber>* out) const = 0;
};

struct WalkSpec {
  bool up = true;
  std::uint32_t depth = kNoNumber;      ///< In hops.
  bool hops_are_edges = true;           ///< Else entering a thing is a hop, and a job stands as far as what led to it.
  std::uint32_t nodes_max = kNoNumber;  ///< Starts included.
  const WalkBeside* beside = nullptr;
};

/// The nodes that a walk reached, each once, by hops. Names of one thing are no hop apart. Keeps its memory from walk
/// to walk, so that a walk allocates nothing. One thread.
class Walk {
 public:
  /// Answers whether the walk may enter a node; the starts are not asked about.
  using Enter = std::function<bool(NodeNumber)>;

  /// From each of `starts`, following the edges that `reader` shows. False where the question must be asked anew.
  bool Run(GraphReader& reader, std::span<const NodeNumber> starts, const WalkSpec& spec, const Enter* enter = nullptr);

  /// In the order of their hops.
  [[nodiscard]] std::span<const NodeNumber> nodes() const { return order_.span(); }
  /// `hops(h)` begins at levels()[h].
  [[nodiscard]] const std::vector<std::uint32_t>& levels() const { return levels_; }
  [[nodiscard]] bool Reached(NodeNumber node) const { return node < marks_.size() && marks_[node] == mark_; }
  /// `nodes_max` kept nodes out. Then `frontier()` are those it reached that have more behind them.
  [[nodiscard]] bool partial() const { return !frontier_.empty(); }
  [[nodiscard]] const std::vector<NodeNumber>& frontier() const { return frontier_; }

 private:
  bool Begin(GraphReader& reader, std::uint32_t nodes);
  bool Mark(NodeNumber node);
  std::size_t ExpandWide(GraphReader& reader, bool up, NodeNumber node, std::size_t tail);
  // How far a walk is: `order_` from `at` to `level_end` is yet to be gone along, and ends at `tail`.
  struct Front {
    std::size_t at;
    std::size_t level_end;
    std::size_t tail;
    std::uint32_t hops;  // So many may still be gone.
  };
  template <bool is_plain, bool is_wide>
  bool Spread(GraphReader& reader, bool up, Front* front);
  bool RunPlain(GraphReader& reader, const WalkSpec& spec);
  bool Expand(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter);

  bool ExpandBeside(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter);
  void ExpandNames(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter);

  GrowArray<NodeNumber> order_;
  GrowArray<NodeNumber> next_;  // Those a hop further.
  std::vector<std::uint32_t> levels_;
  std::vector<NodeNumber> frontier_;
  std::vector<NodeNumber> with_;
  GrowArray<std::uint32_t> marks_;
  std::uint32_t mark_ = 0;
  std::uint32_t bound_ = 0;  // Above every node of this walk.
};

/// A walk for this thread to use, which keeps its memory; at most `kWalksKept` at a time.
Walk& ThreadWalk(std::size_t which);
inline constexpr std::size_t kWalksKept = 2;

}  // namespace cairn
