#include "lineage/shared.h"

#include <algorithm>

#include "base/grow_array.h"

namespace cairn {
namespace {

constexpr std::size_t kNodesPerRest = 256;
constexpr std::size_t kNodesPerRound = 32;
constexpr std::size_t kTakenPerRest = 8192;
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
  SharedWalk(GraphReader& reader, Room& room, std::span<const NodeNumber> nodes) : reader_(reader), room_(room) {
    std::uint32_t bound = reader.node_bound();
    for (const NodeNumber node : nodes) bound = std::max(bound, node + 1);
    if (room_.bits.size() < bound) room_.bits.resize(bound, Room::Bits{});
    all_ = nodes.size() == kNodesPerRound ? ~0U : (1U << nodes.size()) - 1;
    for (std::size_t i = 0; i < nodes.size(); ++i) Reach(nodes[i], 1U << i);
  }
  ~SharedWalk() {
    for (const NodeNumber node : room_.touched) room_.bits[node] = {};
    room_.touched.clear();
    room_.level.clear();
    room_.next.clear();
  }

  bool Run(std::vector<SharedNode>* out) {
    std::size_t visited = 0;
    for (std::uint32_t hops = 0; !room_.next.empty(); ++hops) {
      std::swap(room_.level, room_.next);
      room_.next.clear();
      const std::size_t count = room_.level.size();
      // First all of the level take what came to them, so that nothing goes two hops at once.
      bits_.resize(count, 0);
      for (std::size_t i = 0; i < count; ++i) {
        if (i % kTakenPerRest == 0 && !reader_.Rest()) return false;
        const NodeNumber node = room_.level[i];
        if (i + kAhead < count) __builtin_prefetch(&room_.bits[room_.level[i + kAhead]]);
        Room::Bits& own = room_.bits[node];
        bits_[i] = own.fresh;
        own.fresh = 0;
        if (own.seen == all_) out->push_back({node, hops});
      }
      for (std::size_t i = 0; i < count; ++i) {
        if (i + kAhead < count) reader_.graph().in().PrefetchBlock(room_.level[i + kAhead]);
        if (i + kAhead / 2 < count) reader_.graph().in().PrefetchList(room_.level[i + kAhead / 2]);
        const std::uint32_t bits = bits_[i];
        reader_.ForEach(true, room_.level[i], [&](NodeNumber other, EdgeNumber, EdgeClass) { Reach(other, bits); });
        if (++visited % kNodesPerRest == 0 && !reader_.Rest()) return false;
      }
    }
    return true;
  }

 private:
  void Reach(NodeNumber node, std::uint32_t bits) {
    Room::Bits& own = room_.bits[node];
    const std::uint32_t added = bits & ~own.seen;
    if (added == 0) return;
    if (own.seen == 0) room_.touched.push_back(node);
    if (own.fresh == 0) room_.next.push_back(node);
    own.seen |= added;
    own.fresh |= added;
  }

  GraphReader& reader_;
  Room& room_;
  std::uint32_t all_;
  GrowArray<std::uint32_t> bits_;
};

}  // namespace

std::optional<std::vector<SharedNode>> SharedAncestors(GraphReader& reader, std::span<const NodeNumber> nodes) {
  static thread_local Room room;
  std::vector<SharedNode> out;
  for (std::size_t begin = 0; begin < nodes.size(); begin += kNodesPerRound) {
    std::vector<SharedNode> round;
    SharedWalk walk(reader, room, nodes.subspan(begin, std::min(kNodesPerRound, nodes.size() - begin)));
    if (!walk.Run(&round)) return std::nullopt;
    if (begin == 0) {
      out = std::move(round);
      continue;
    }
    const auto by_node = [](const SharedNode& a, const SharedNode& b) { return a.node < b.node; };
    std::sort(out.begin(), out.end(), by_node);
    std::sort(round.begin(), round.end(), by_node);
    std::vector<SharedNode> both;
    for (auto a = out.begin(), b = round.begin(); a != out.end() && b != round.end();) {
      if (a->node == b->node)
        both.push_back({a->node, std::max(a++->hops, b++->hops)});
      else if (a->node < b->node)
        ++a;
      else
        ++b;
    }
    out = std::move(both);
  }
  // One round gives them in that order.
  if (nodes.size() <= kNodesPerRound) return out;
  std::sort(out.begin(), out.end(), [](const SharedNode& a, const SharedNode& b) {
    return a.hops != b.hops ? a.hops < b.hops : a.node < b.node;
  });
  return out;
}

}  // namespace cairn
