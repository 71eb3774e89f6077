#include "lineage/shared.h"

#include <algorithm>

#include "lineage/resting.h"
#include "lineage/same_things.h"

namespace cairn {
namespace {

// So many nodes and edges.
constexpr std::size_t kVisitedPerRest = 1024;
constexpr std::size_t kNamedPerRest = 256;
constexpr std::size_t kNodesPerRound = 32;
constexpr std::size_t kTakenPerRest = 4096;
constexpr std::size_t kAhead = 8;

// What a thread keeps between questions: the bits of each node, all zero.
struct Room {
  struct Bits {
    std::uint32_t seen = 0;
    std::uint32_t fresh = 0;  // Of them, those that came in this level.
  };
  GrowArray<Bits> bits;
  GrowArray<NodeNumber> touched;
  GrowArray<NodeNumber> level;
  GrowArray<NodeNumber> next;
};

class SharedWalk {
 public:
  SharedWalk(GraphReader& reader, Room& room, const Walk::Enter* enter)
      : reader_(reader), room_(room), enter_(enter), same_(reader) {}
  ~SharedWalk() { Clear(); }

  // Leaves in the room's bits which nodes are shared, and how far they are; calls `found` for each, by hops.
  template <typename Found>
  bool Run(std::span<const NodeNumber> nodes, Found&& found) {
    std::uint32_t bound = reader_.node_bound();
    for (const NodeNumber node : nodes) bound = std::max(bound, node + 1);
    if (!Clear() || !ResizeResting(reader_, room_.bits, bound, Room::Bits{})) return false;
    all_ = nodes.size() == kNodesPerRound ? ~0U : (1U << nodes.size()) - 1;
    for (std::size_t i = 0; i < nodes.size(); ++i) Reach(same_.Of(nodes[i]), nodes[i], 1U << i);
    for (std::uint32_t hops = 0; !room_.next.empty(); ++hops) {
      std::swap(room_.level, room_.next);
      room_.next.clear();
      if (!TakeLevel(hops, found) || !Expand()) return false;
    }
    return true;
  }

  [[nodiscard]] bool IsShared(NodeNumber node) const {
    return node < room_.bits.size() && room_.bits[node].seen == all_;
  }
  [[nodiscard]] std::uint32_t HopsTo(NodeNumber node) const { return room_.bits[node].fresh; }

 private:
  // First all of a level take what came to them, so that nothing goes two hops at once.
  template <typename Found>
  bool TakeLevel(std::uint32_t hops, Found&& found) {
    const std::size_t count = room_.level.size();
    if (bits_.size() < count) bits_.Extend(count - bits_.size());
    for (std::size_t i = 0; i < count; ++i) {
      if (i % kTakenPerRest == 0 && !reader_.Rest()) return false;
      const NodeNumber node = room_.level[i];
      if (i + kAhead < count) __builtin_prefetch(&room_.bits[room_.level[i + kAhead]]);
      Room::Bits& own = room_.bits[node];
      bits_[i] = own.fresh;
      // Where all have come nothing is added any more.
      own.fresh = own.seen == all_ ? hops : 0;
      if (own.seen == all_) found(SharedNode{node, hops});
    }
    return true;
  }

  bool Expand() {
    const std::size_t count = room_.level.size();
    const Adjacency& up = reader_.graph().in();
    std::size_t visited = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i + kAhead < count) up.PrefetchBlock(room_.level[i + kAhead], reader_.settled_before());
      if (i + kAhead / 2 < count) up.PrefetchList(room_.level[i + kAhead / 2], reader_.settled_before());
      const std::uint32_t bits = bits_[i];
      if (reader_.graph().has_names()) {
        if (!ExpandNames(room_.level[i], bits)) return false;
        continue;
      }
      const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass) { Reach(other, other, bits); };
      visited += 1 + up.Degree(room_.level[i]);
      if (visited >= kVisitedPerRest) {
        visited = 0;
        if (!reader_.Rest() || !reader_.ForEachResting(true, room_.level[i], visit)) return false;
      } else {
        reader_.ForEach(true, room_.level[i], visit);
      }
    }
    return true;
  }

  // A thing is one node here, whatever names it goes by.
  bool ExpandNames(NodeNumber node, std::uint32_t bits) {
    for (const NodeNumber name : same_.NamesOf(node)) {
      const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass what) {
        if (what != EdgeClass::kSameThing) Reach(same_.Of(other), other, bits);
      };
      if (!reader_.ForEachResting(true, name, visit)) return false;
    }
    named_ += 1 + reader_.graph().in().Degree(node);
    return named_ < kNamedPerRest || (named_ = 0, reader_.Rest());
  }

  void Reach(NodeNumber node, NodeNumber name, std::uint32_t bits) {
    Room::Bits& own = room_.bits[node];
    const std::uint32_t added = bits & ~own.seen;
    if (added == 0) return;
    if (own.seen == 0) {
      // The nodes themselves are reached before anything is gone along.
      if (enter_ != nullptr && !room_.level.empty() && !(*enter_)(name)) return;
      room_.touched.push_back(node);
    }
    if (own.fresh == 0) room_.next.push_back(node);
    own.seen |= added;
    own.fresh |= added;
  }

  bool Clear() {
    bool whole = true;
    std::size_t cleared = 0;
    for (const NodeNumber node : room_.touched) {
      room_.bits[node] = {};
      if (++cleared % kTakenPerRest == 0) whole = whole && reader_.Rest();
    }
    room_.touched.clear();
    room_.level.clear();
    room_.next.clear();
    return whole;
  }

  GraphReader& reader_;
  Room& room_;
  const Walk::Enter* enter_;
  SameThings same_;
  std::size_t named_ = 0;
  std::uint32_t all_ = 0;
  GrowArray<std::uint32_t> bits_;
};

}  // namespace

std::optional<GrowArray<SharedNode>> SharedAncestors(GraphReader& reader, std::span<const NodeNumber> nodes,
                                                     const Walk::Enter* enter) {
  static thread_local Room room;
  GrowArray<SharedNode> out;
  SharedWalk walk(reader, room, enter);
  for (std::size_t begin = 0; begin < nodes.size(); begin += kNodesPerRound) {
    const bool first = begin == 0;
    const auto found = [&](const SharedNode& one) {
      if (first) out.push_back(one);
    };
    if (!walk.Run(nodes.subspan(begin, std::min(kNodesPerRound, nodes.size() - begin)), found)) return std::nullopt;
    if (first) continue;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (i % kTakenPerRest == 0 && !reader.Rest()) return std::nullopt;
      if (walk.IsShared(out[i].node)) out[kept++] = {out[i].node, std::max(out[i].hops, walk.HopsTo(out[i].node))};
    }
    out.resize(kept, {});
  }
  // One round gives them in that order.
  if (nodes.size() <= kNodesPerRound) return out;
  GrowArray<SharedNode> sort_room;
  const auto before = [](const SharedNode& a, const SharedNode& b) {
    return a.hops != b.hops ? a.hops < b.hops : a.node < b.node;
  };
  if (!SortResting(reader, out, sort_room, before)) return std::nullopt;
  return out;
}

}  // namespace cairn
