#include "lineage/adjacency.h"

#include <algorithm>
#include <bit>

namespace cairn {

std::uint32_t Adjacency::ClassOf(std::uint32_t count) {
  if (count <= 2) return count - 1;
  // Between 2^k and 2^(k+1) one more step, at 3 * 2^(k-1).
  const auto k = static_cast<std::uint32_t>(std::bit_width(count - 1)) - 1;
  const std::uint32_t middle = 3U << (k - 1);
  return count <= middle ? 2 * k : 2 * k + 1;
}

std::uint32_t Adjacency::RoomOf(std::uint32_t size_class) {
  if (size_class <= 1) return size_class + 1;
  const std::uint32_t k = size_class / 2;
  return size_class % 2 == 0 ? 3U << (k - 1) : 2U << k;
}

std::uint32_t Adjacency::Allocate(std::uint32_t size_class) {
  GrowArray<std::uint32_t>& free = free_[size_class];
  if (!free.empty()) {
    const std::uint32_t begin = free.back();
    free.pop_back();
    return begin;
  }
  const std::uint32_t room = RoomOf(size_class);
  edges_.Extend(room);
  begun_.Extend(room);
  return static_cast<std::uint32_t>(nodes_.Extend(room));
}

void Adjacency::Add(NodeNumber node, std::uint32_t neighbour, EdgeNumber edge) {
  if (node >= blocks_.size()) blocks_.resize(node + 1, Block{});
  Block& block = blocks_[node];
  if (block.count == 0) {
    block.begin = Allocate(0);
  } else {
    const std::uint32_t had = ClassOf(block.count);
    const std::uint32_t needs = ClassOf(block.count + 1);
    if (needs != had) {
      const std::uint32_t to = Allocate(needs);
      std::copy_n(nodes_.data() + block.begin, block.count, nodes_.data() + to);
      std::copy_n(edges_.data() + block.begin, block.count, edges_.data() + to);
      std::copy_n(begun_.data() + block.begin, block.count, begun_.data() + to);
      if (block.has_stands != 0) MoveStands(block, to);
      free_[had].push_back(block.begin);
      block.begin = to;
    }
  }
  const std::uint32_t at = block.begin + block.count;
  ++block.count;
  nodes_[at] = neighbour;
  edges_[at] = edge;
  begun_[at] = kNever;
  if (block.has_stands == 0) return;
  SetStands(block, at, {});
  Narrow(block.steady, {});
}

void Adjacency::SetStands(const Block& block, std::size_t at, const CoarseStands& stands) {
  const std::size_t end = std::size_t{block.begin} + block.count;
  if (end > stands_.size()) stands_.resize(end, CoarseStands{});
  stands_[at] = stands;
}

void Adjacency::Narrow(Steady& steady, const CoarseInterval& first) {
  steady.all_from = std::max(steady.all_from, BroadTime(first.from));
  steady.all_until = std::min(steady.all_until, BroadTime(first.until));
}

void Adjacency::MoveStands(const Block& block, std::uint32_t to) {
  if (to + block.count > stands_.size()) stands_.resize(to + block.count, CoarseStands{});
  std::copy_n(stands_.data() + block.begin, block.count, stands_.data() + to);
}

void Adjacency::Update(NodeNumber node, EdgeNumber edge, std::uint32_t ends_and_over, std::uint32_t begun,
                       const CoarseStands& stands, std::uint32_t settled) {
  Block& block = blocks_[node];
  const EdgeNumber* first = edges_.data() + block.begin;
  const EdgeNumber* found = std::lower_bound(first, first + block.count, edge);
  const auto at = static_cast<std::size_t>(found - edges_.data());
  nodes_[at] = (nodes_[at] & ~(neighbour::kEnds | neighbour::kOver)) | ends_and_over;
  begun_[at] = begun;
  if (block.has_stands == 0 && (ends_and_over & neighbour::kEnds) != 0 && begun != kNever) {
    block.has_stands = 1;
    block.steady.all_from = 0;
    block.steady.all_until = 0xFFFF;
    for (std::uint32_t i = block.begin; i < block.begin + block.count; ++i) {
      const bool stood = (nodes_[i] & neighbour::kEnds) == 0;
      SetStands(block, i, stood ? CoarseStands::Since(begun_[i]) : CoarseStands{});
      if (i != at) Narrow(block.steady, stands_[i].first);
    }
  }
  if (block.has_stands != 0) {
    SetStands(block, at, stands);
    if (block.count <= kLookedThrough) {
      block.steady.all_from = 0;
      block.steady.all_until = 0xFFFF;
      for (std::uint32_t i = block.begin; i < block.begin + block.count; ++i) Narrow(block.steady, stands_[i].first);
    } else {
      Narrow(block.steady, stands.first);
    }
  }
  std::uint32_t& last = block.steady.settled;
  if (settled >= last) {
    last = settled;
  } else if (block.count <= kLookedThrough) {
    last = settled;
    for (std::uint32_t i = block.begin; i < block.begin + block.count; ++i) {
      if (i != at) last = std::max(last, SettledAt(i));
    }
  }
}

// At least when the edge last began or ended.
std::uint32_t Adjacency::SettledAt(std::size_t at) const {
  if ((nodes_[at] & neighbour::kEnds) == 0) return begun_[at];
  if (begun_[at] == kNever) return kUnsure;
  const CoarseInterval& last = stands_[at].last;
  return (nodes_[at] & neighbour::kOver) != 0 ? last.until | 1 : last.from;
}

std::size_t Adjacency::bytes() const {
  std::size_t bytes = blocks_.size() * sizeof(Block) + nodes_.size() * 3 * sizeof(std::uint32_t) +
                      stands_.size() * sizeof(CoarseStands);
  for (const auto& free : free_) bytes += free.size() * sizeof(std::uint32_t);
  return bytes;
}

}  // namespace cairn
