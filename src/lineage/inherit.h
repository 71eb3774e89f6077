#pragma once

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/grow_array.h"
#include "lineage/metadata.h"
#include "lineage/walk.h"

namespace cairn {

/// How a field of a node's metadata goes on to what is made of the node.
enum class InheritPolicy : std::uint8_t {
  kReplace,  ///< The nearest value counts, whole.
  kUnion,    ///< Of lists: the elements of all, each once.
  kNever,
};

/// What inheriting asks of whoever owns names and rules. For one metadata table and one thread at a time.
struct InheritRules {
  std::function<InheritPolicy(std::uint32_t key)> policy;
  /// For equal distance: the greater goes first. Null where no edge has one; false where all must be asked anew.
  std::function<bool(EdgeNumber, std::int32_t*)> priority;
  /// Whether a node's name goes before another's.
  std::function<bool(NodeNumber, NodeNumber)> name_before;
  /// Whether a node may be gone through, beside the one that is asked about; null for any.
  const Walk::Enter* enter = nullptr;
  /// What `policy` says of a field; asked once for each.
  InheritPolicy PolicyOf(const MetadataValue& value) {
    if (value.field >= known.size()) known.resize(value.field + 1, kUnknown);
    std::uint16_t& kept = known[value.field];
    if (kept == kUnknown) {
      const InheritPolicy said = policy(value.key);
      kept = static_cast<std::uint16_t>(said) + 1;
      const std::uint64_t bit = value.field < kFirstFields ? std::uint64_t{1} << value.field : 0;
      if (said == InheritPolicy::kReplace) first_replaced |= bit;
      if (said == InheritPolicy::kUnion) first_united |= bit;
    }
    return static_cast<InheritPolicy>(kept - 1);
  }

  static constexpr std::uint16_t kUnknown = 0;
  /// What `policy` has said so far, by `MetadataValue::field`: one more than the policy, or `kUnknown`.
  GrowArray<std::uint16_t> known = {};
  /// The same of the first fields, a bit for each.
  static constexpr std::uint32_t kFirstFields = 64;
  std::uint64_t first_replaced = 0;
  std::uint64_t first_united = 0;
};

/// A value, or an element of a list by union, and where it comes from.
struct Inherited {
  std::uint32_t key;
  std::uint32_t value;
  NodeNumber source;
  std::uint32_t distance;
  std::uint64_t seq;
};

/// The metadata of a node merged over what it comes from. A nearer value wins; at equal distance the one whose edge has
/// the higher priority, then the newer, then the one of the first name. A field that somebody took back (null) keeps
/// out whatever is farther. Distance counts things, not jobs, and jobs have nothing to give.
/// Keeps its memory from one question to the next. One thread.
class Inheritance {
 public:
  Inheritance() {
    values_.Extend(kSmallValues);
    order_.Extend(kSmallNodes);
  }

  /// False where the question must be asked anew.
  bool Run(GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth, InheritRules& rules) {
    const bool plain = IsPlain(reader, rules);
    if (plain && reader.plain() && RunLine(reader, metadata, node, depth, rules)) return true;
    if (plain && RunSmall(reader, metadata, node, depth, rules)) return true;
    return RunLarge(reader, metadata, node, depth, rules);
  }

  /// Nearest first, those of one distance by key; distance 0 is the node's own.
  [[nodiscard]] std::span<const Inherited> values() const { return values_.span().first(given_); }
  /// Fields that the node itself took back.
  [[nodiscard]] const std::vector<std::uint32_t>& blocked() const { return blocked_; }
  /// Every node that was looked at: the answer holds until one of them changes.
  [[nodiscard]] std::span<const NodeNumber> looked_at() const { return order_.span().first(reached_); }

  /// What is smaller than this in nodes and in values is answered without tables.
  static constexpr std::size_t kSmallNodes = 16;
  static constexpr std::size_t kSmallValues = 48;
  static constexpr std::size_t kSmallList = 16;

 private:
  // What a node gives at the distance that is being settled.
  struct Giver {
    NodeNumber node;
    std::int32_t priority;
  };
  struct Candidate {
    MetadataValue value;
    Giver giver;
  };

  bool RunLine(const GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
               InheritRules& rules);
  std::uint32_t GoAlongLine(const GraphReader& reader, NodeNumber node, std::uint32_t depth, NodeNumber* givers);
  bool RunSmall(const GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                InheritRules& rules);
  // Without names, priorities and nodes to go around the first edge decides on a node.
  static bool IsPlain(const GraphReader& reader, const InheritRules& rules) {
    return !rules.priority && rules.enter == nullptr && !reader.graph().has_names();
  }
  // Of a small walk. One or two nodes have something to give on each level.
  struct SmallLevels {
    std::uint32_t count = 0;
    std::uint32_t pairs = 0;  // A bit for each level, whether there are two.
  };
  template <bool plain>
  SmallLevels WalkSmall(const GraphReader& reader, NodeNumber node, std::uint32_t depth);
  /// Makes room for an answer about `node`.
  bool Begin(GraphReader& reader, const MetadataReader& metadata, NodeNumber node, InheritRules& rules);
  bool RunLarge(GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                InheritRules& rules);
  bool RunAny(GraphReader& reader, MetadataReader& metadata, std::uint32_t depth, InheritRules& rules);
  bool RunPlain(GraphReader& reader, MetadataReader& metadata, std::uint32_t depth, InheritRules& rules);
  bool Look(GraphReader& reader, std::size_t at, bool nearer_than_depth, const InheritRules& rules);
  bool LookRanked(GraphReader& reader, std::size_t at, bool nearer_than_depth, const InheritRules& rules);
  bool TakeNext(GraphReader& reader, const InheritRules& rules);
  [[nodiscard]] bool Gives(const Graph& graph, std::size_t at) const;
  [[nodiscard]] Giver GiverAt(std::size_t at) const;
  bool SettleLevel(GraphReader& reader, MetadataReader& metadata, std::size_t level, InheritRules& rules);
  void SettleOne(MetadataReader& metadata, NodeNumber giver, InheritRules& rules);
  void SettleTwo(MetadataReader& metadata, const Giver& one, const Giver& other, InheritRules& rules);
  bool SettleMany(GraphReader& reader, MetadataReader& metadata, std::size_t level, InheritRules& rules);
  bool Settle(const MetadataReader& metadata, const MetadataValue& value, NodeNumber node, InheritRules& rules);
  Inherited* RoomFor(std::size_t count);
  void AddItems(std::span<const std::uint32_t> texts, const MetadataValue& list, NodeNumber node);
  bool AddLongList(GraphReader& reader, const MetadataReader& metadata, const MetadataValue& list, NodeNumber node);
  void AddManyItems(std::span<const std::uint32_t> texts, const MetadataValue& list, NodeNumber node);

  std::uint32_t distance_ = 0;
  GrowArray<Inherited> values_;   // Room for them.
  std::size_t given_ = 0;         // Of values_.
  std::uint64_t items_seen_ = 0;  // A bit for some of the hash of each: an element that has none here is new.
  // Of elements of lists that are many. In parts, so that none takes long to grow.
  std::array<boost::unordered_flat_set<std::uint64_t>, 64> many_items_;
  bool has_many_items_ = false;
  std::vector<std::uint32_t> blocked_;
  GrowArray<std::uint16_t> closed_;     // By field, not 0: nothing farther counts.
  GrowArray<NodeNumber> order_;         // Room for every node.
  GrowArray<NodeNumber> following_;     // Those a hop further; room for every node.
  std::size_t reached_ = 0;             // Of order_.
  GrowArray<std::int32_t> priorities_;  // Of order_, where edges have some.
  struct Neighbour {
    NodeNumber node;
    EdgeNumber edge;
    bool same;
  };
  GrowArray<Neighbour> neighbours_;  // Of the node that is looked at, where edges have priorities.
  GrowArray<Giver> next_;
  GrowArray<Giver> next_room_;
  GrowArray<Candidate> here_;
  GrowArray<Candidate> here_room_;
  GrowArray<std::uint32_t> marks_;
  std::uint32_t mark_ = 0;
};

}  // namespace cairn
