#include "lineage/shared.h"

#include <algorithm>

#include "base/prefetch.h"
#include "lineage/resting.h"
#include "lineage/same_things.h"

namespace cairn {
namespace {

// So many nodes and edges.
constexpr std::size_t kVisitedPerRest = 1024;
constexpr std::size_t kNamedPerRest = 256;
constexpr std::size_t kNodesPerRound = 32;
constexpr std::size_t kTakenPerRest = 4096;
constexpr std::size_t kAhead = 24;

// What a thread keeps between questions.
struct Room {
  struct Bits {
    std::uint32_t seen = 0;
    std::uint32_t place = 0;  // In the queue, where it was put last.
  };
  GrowArray<Bits> bits;  // Of each node; all zero but for those in the queue.
  // Level after level; a node stands in each to which further bits came, beside them.
  GrowArray<NodeNumber> queue;
  GrowArray<std::uint32_t> fresh;
  std::vector<std::size_t> levels;  // Where each begins.
  GrowArray<SharedNode> shared;     // The answer.
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
    room_.levels.push_back(0);
    for (std::size_t i = 0; i < nodes.size(); ++i) Reach(same_.Of(nodes[i]), nodes[i], 1U << i, found);
    while (room_.levels.back() < room_.queue.size()) {
      const std::size_t begin = room_.levels.back();
      room_.levels.push_back(room_.queue.size());
      const bool whole = reader_.graph().has_names() ? ExpandNamed(begin, found) : Expand(begin, found);
      if (!whole) return false;
    }
    return true;
  }

  [[nodiscard]] bool IsShared(NodeNumber node) const {
    return node < room_.bits.size() && room_.bits[node].seen == all_;
  }
  // Of a shared node: when the last bit came, after which it is put nowhere any more.
  [[nodiscard]] std::uint32_t HopsTo(NodeNumber node) const {
    const auto after = std::upper_bound(room_.levels.begin(), room_.levels.end(), room_.bits[node].place);
    return static_cast<std::uint32_t>(after - room_.levels.begin()) - 1;
  }

 private:
  [[nodiscard]] std::uint32_t NextLevel() const { return static_cast<std::uint32_t>(room_.levels.size()) - 1; }

  template <typename Found>
  bool Expand(std::size_t begin, Found& found) {
    const std::size_t end = room_.levels.back();
    const Adjacency& up = reader_.graph().in();
    std::size_t visited = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (i + kAhead < end) {
        up.PrefetchBlock(room_.queue[i + kAhead]);
        reader_.PrefetchList(up, room_.queue[i + kAhead / 2]);
        const std::span<const std::uint32_t> soon = up.EntriesAt(room_.queue[i + kAhead / 4]);
        if (!soon.empty()) {
          PrefetchLine(&room_.bits[soon.front() & neighbour::kNode]);
          PrefetchLine(&room_.bits[soon.back() & neighbour::kNode]);
        }
      }
      const NodeNumber node = room_.queue[i];
      const std::uint32_t bits = room_.fresh[i];
      visited += 1 + up.Degree(node);
      if (visited >= kVisitedPerRest) {
        visited = 0;
        const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass) { Reach(other, other, bits, found); };
        if (!reader_.Rest() || !reader_.ForEachResting(true, node, visit)) return false;
      } else {
        const auto visit = [&](NodeNumber other) { Reach(other, other, bits, found); };
        if (reader_.plain()) {
          reader_.ForEachOf<true>(up, node, up.EntriesAt(node), 0, visit);
        } else {
          reader_.ForEachOf<false>(up, node, up.EntriesAt(node), 0, visit);
        }
      }
    }
    return true;
  }

  // A thing is one node here, whatever names it goes by.
  template <typename Found>
  bool ExpandNamed(std::size_t begin, Found& found) {
    const std::size_t end = room_.levels.back();
    std::size_t visited = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t bits = room_.fresh[i];
      for (const NodeNumber name : same_.NamesOf(room_.queue[i])) {
        const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass what) {
          if (!reader_.Joins(what)) Reach(same_.Of(other), other, bits, found);
        };
        if (!reader_.ForEachResting(true, name, visit)) return false;
      }
      visited += 1 + reader_.graph().in().Degree(room_.queue[i]);
      if (visited < kNamedPerRest) continue;
      visited = 0;
      if (!reader_.Rest()) return false;
    }
    return true;
  }

  // Bits that come to a node go on from it with the next level, so that nothing goes two hops at once.
  template <typename Found>
  [[gnu::always_inline]] void Reach(NodeNumber node, NodeNumber name, std::uint32_t bits, Found& found) {
    Room::Bits& own = room_.bits[node];
    const std::uint32_t added = bits & ~own.seen;
    if (added == 0) return;
    // The nodes asked about are reached before anything is gone along.
    if (enter_ != nullptr && own.seen == 0 && NextLevel() > 0 && !(*enter_)(name)) return;
    if (own.seen == 0 || own.place < room_.levels.back()) {
      own.place = static_cast<std::uint32_t>(room_.queue.size());
      room_.queue.push_back(node);
      room_.fresh.push_back(added);
    } else {
      room_.fresh[own.place] |= added;
    }
    own.seen |= added;
    if (own.seen == all_) found(SharedNode{node, NextLevel()});
  }

  bool Clear() {
    bool whole = true;
    std::size_t cleared = 0;
    const auto rest = [&] {
      if (++cleared % kTakenPerRest == 0) whole = whole && reader_.Rest();
    };
    // Of many it is faster to go through all in order.
    if (room_.queue.size() > room_.bits.size() / 8) {
      for (Room::Bits& bits : std::span(room_.bits.data(), room_.bits.size())) bits = {}, rest();
    } else {
      for (const NodeNumber node : room_.queue) room_.bits[node] = {}, rest();
    }
    room_.queue.clear();
    room_.fresh.clear();
    room_.levels.clear();
    return whole;
  }

  GraphReader& reader_;
  Room& room_;
  const Walk::Enter* enter_;
  SameThings same_;
  std::uint32_t all_ = 0;
};

}  // namespace

std::optional<std::span<const SharedNode>> SharedAncestors(GraphReader& reader, std::span<const NodeNumber> nodes,
                                                           const Walk::Enter* enter) {
  static thread_local Room room;
  GrowArray<SharedNode>& out = room.shared;
  out.clear();
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
  if (nodes.size() <= kNodesPerRound) return out.span();
  GrowArray<SharedNode> sort_room;
  const auto before = [](const SharedNode& a, const SharedNode& b) {
    return a.hops != b.hops ? a.hops < b.hops : a.node < b.node;
  };
  if (!SortResting(reader, out, sort_room, before)) return std::nullopt;
  return out.span();
}

}  // namespace cairn
