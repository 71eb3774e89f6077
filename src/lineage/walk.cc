#include "lineage/walk.h"

#include <algorithm>
#include <array>

#include "lineage/resting.h"

namespace cairn {
namespace {

// Nodes between two calls of `Rest`: some ten microseconds where they have few edges.
constexpr std::size_t kNodesPerRest = 256;
// Or so many edges.
constexpr std::size_t kEdgesPerRest = 4096;
// Or so many, where each neighbour is asked about.
constexpr std::size_t kAskedPerRest = 512;
// How far ahead of the walk memory is fetched: about one access to memory's worth of work.
constexpr std::size_t kBlockAhead = 12;
constexpr std::size_t kListAhead = 6;

}  // namespace

bool Walk::Begin(GraphReader& reader, std::uint32_t nodes) {
  order_.clear();
  next_.clear();
  levels_.clear();
  frontier_.clear();
  if (++mark_ == 0) {
    marks_.clear();
    mark_ = 1;
  }
  return ResizeResting(reader, marks_, nodes, 0U);
}

bool Walk::Mark(NodeNumber node) {
  if (marks_[node] == mark_) return false;
  marks_[node] = mark_;
  return true;
}

// The same as in `RunPlain` for a node of very many edges, with rests; apart, so that the others stay fast. Returns
// where the queue ends now, 0 where the question must be asked anew.
[[gnu::noinline]] std::size_t Walk::ExpandWide(GraphReader& reader, bool up, NodeNumber node, std::size_t tail) {
  const bool whole = reader.ForEachResting(up, node, [&](NodeNumber other, EdgeNumber, EdgeClass) {
    if (Mark(other)) order_[tail++] = other;
  });
  return whole ? tail : 0;
}

// The walk that most questions are: everything within reach, each edge a hop. One queue, written through plain
// pointers.
bool Walk::RunPlain(GraphReader& reader, const WalkSpec& spec) {
  const std::size_t starts = order_.size();
  order_.Extend(marks_.size() - starts);
  NodeNumber* const order = order_.data();
  std::uint32_t* const marks = marks_.data();
  const std::uint32_t mark = mark_;
  const Adjacency& ahead = spec.up ? reader.graph().in() : reader.graph().out();
  std::size_t tail = starts;
  std::size_t at = 0;
  std::size_t rested = 0;
  std::size_t edges = 0;
  const std::uint32_t moment = reader.settled_before();
  bool whole = true;
  for (std::uint32_t level = 0; at < tail && whole; ++level) {
    levels_.push_back(static_cast<std::uint32_t>(at));
    if (level >= spec.depth) break;
    for (const std::size_t end = tail; at < end && whole; ++at) {
      if (at + kBlockAhead < tail) {
        ahead.PrefetchBlock(order[at + kBlockAhead], moment);
        ahead.PrefetchList(order[at + kListAhead], moment);
      }
      const std::size_t degree = ahead.Degree(order[at]);
      edges += degree;
      if (at - rested >= kNodesPerRest || edges >= kEdgesPerRest) {
        whole = reader.Rest();
        if (!whole) break;
        rested = at;
        edges = 0;
      }
      if (degree >= kEdgesPerRest) {
        const std::size_t wide_tail = ExpandWide(reader, spec.up, order[at], tail);
        whole = wide_tail != 0;
        if (whole) tail = wide_tail;
        continue;
      }
      reader.ForEach(spec.up, order[at], [&](NodeNumber other, EdgeNumber, EdgeClass) {
        if (marks[other] == mark) return;
        marks[other] = mark;
        order[tail++] = other;
      });
    }
  }
  order_.resize(tail, 0);
  return whole;
}

bool Walk::Expand(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter) {
  bool cut = false;
  const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass what) {
    if (marks_[other] == mark_) return;
    if (enter != nullptr && !(*enter)(other)) return;
    if (order_.size() + next_.size() >= spec.nodes_max) {
      cut = true;
      return;
    }
    marks_[other] = mark_;
    const bool hop =
        what != EdgeClass::kSameThing && (spec.hops_are_edges || reader.graph().ClassOf(other) != NodeClass::kJob);
    (hop ? next_ : order_).push_back(other);
  };
  if (!reader.ForEachResting(spec.up, node, visit)) return false;
  if (spec.beside != nullptr) {
    const NodeNumber also = spec.beside->Also(node);
    if (also != kNoNumber && !reader.ForEachResting(spec.up, also, visit)) return false;
  }
  if (cut) frontier_.push_back(node);
  return true;
}

void Walk::ExpandNames(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter) {
  reader.ForEachName(node, [&](NodeNumber other) {
    if (marks_[other] == mark_ || order_.size() >= spec.nodes_max) return;
    if (enter != nullptr && !(*enter)(other)) return;
    marks_[other] = mark_;
    order_.push_back(other);
  });
}

bool Walk::ExpandBeside(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter) {
  with_.clear();
  if (!spec.beside->With(node, &with_)) return false;
  spec.beside->Names(node, &with_);
  std::size_t seen = 0;
  for (const NodeNumber other : with_) {
    if (++seen % kNodesPerRest == 0 && !reader.Rest()) return false;
    if (other >= bound_ || marks_[other] == mark_ || (enter != nullptr && !(*enter)(other))) continue;
    if (order_.size() + next_.size() >= spec.nodes_max) {
      frontier_.push_back(node);
      return true;
    }
    marks_[other] = mark_;
    order_.push_back(other);
  }
  return true;
}

bool Walk::Run(GraphReader& reader, std::span<const NodeNumber> starts, const WalkSpec& spec, const Enter* enter) {
  std::uint32_t bound = reader.node_bound();
  for (const NodeNumber start : starts) bound = std::max(bound, start + 1);
  if (!Begin(reader, bound)) return false;
  bound_ = bound;
  for (const NodeNumber start : starts) {
    if (Mark(start)) order_.push_back(start);
  }
  // No walk finds more than there are, so a cap above that is none.
  const bool plain = enter == nullptr && spec.beside == nullptr && spec.nodes_max >= bound_ && spec.hops_are_edges &&
                     !reader.graph().has_names();
  if (plain) return RunPlain(reader, spec);
  const Adjacency& ahead = spec.up ? reader.graph().in() : reader.graph().out();
  std::size_t at = 0;
  std::size_t rested = 0;
  std::size_t edges = 0;
  for (std::uint32_t level = 0; at < order_.size(); ++level) {
    levels_.push_back(static_cast<std::uint32_t>(at));
    // What is no hop away joins the level while it is gone through.
    for (; at < order_.size(); ++at) {
      if (at + kBlockAhead < order_.size()) {
        ahead.PrefetchBlock(order_[at + kBlockAhead], reader.settled_before());
        ahead.PrefetchList(order_[at + kListAhead], reader.settled_before());
      }
      const NodeNumber node = order_[at];
      edges += ahead.Degree(node);
      if (at - rested >= kNodesPerRest || edges >= (enter == nullptr ? kEdgesPerRest : kAskedPerRest)) {
        if (!reader.Rest()) return false;
        rested = at;
        edges = 0;
      }
      if (spec.beside != nullptr && !ExpandBeside(reader, node, spec, enter)) return false;
      if (level >= spec.depth) {
        // A further name of what is near enough is near enough.
        ExpandNames(reader, node, spec, enter);
      } else if (!Expand(reader, node, spec, enter)) {
        return false;
      }
    }
    if (next_.empty()) break;
    const std::size_t to = order_.Extend(next_.size());
    std::copy(next_.begin(), next_.end(), order_.data() + to);
    next_.clear();
  }
  return true;
}

Walk& ThreadWalk(std::size_t which) {
  static thread_local std::array<Walk, kWalksKept> walks;
  return walks[which];
}

}  // namespace cairn
