#include "lineage/walk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/prefetch.h"
#include "lineage/resting.h"

namespace cairn {
namespace {

// Nodes between two calls of `Rest`: some ten microseconds where they have few edges.
constexpr std::size_t kNodesPerRest = 256;
// Or so many edges.
constexpr std::size_t kEdgesPerRest = 4096;
// A node is as much work as so many edges.
constexpr std::size_t kNodeWork = kEdgesPerRest / kNodesPerRest;
// Or so many, where each neighbour is asked about.
constexpr std::size_t kAskedPerRest = 512;
// How far ahead of the walk memory is fetched: about one access to memory's worth of work.
constexpr std::size_t kBlockAhead = 24;
constexpr std::size_t kListAhead = 12;
constexpr std::size_t kMarkAhead = 6;
// So many nodes of one level are worth fetching memory ahead, and more than the processor guesses right about.
constexpr std::size_t kWideLevel = 64;

bool IsWide(std::size_t nodes) { return nodes >= kWideLevel; }

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

// A node of very many edges, with rests; apart, so that the others stay fast. Returns where the queue ends now, 0 where
// the question must be asked anew.
[[gnu::noinline]] std::size_t Walk::ExpandWide(GraphReader& reader, bool up, NodeNumber node, std::size_t tail) {
  const bool whole = reader.ForEachResting(up, node, [&](NodeNumber other, EdgeNumber, EdgeClass) {
    if (Mark(other)) order_[tail++] = other;
  });
  return whole ? tail : 0;
}

// Goes along level after level, each edge a hop, while they are as wide. One queue, written through plain pointers. In
// a wide level whether a node is new there is no guessing, so no branch hangs on it; in a narrow one the queue must not
// wait for what it waits for. Ends early where a rest has made a plain reader one that is not.
template <bool is_plain, bool is_wide>
bool Walk::Spread(GraphReader& reader, bool up, Front* front) {
  NodeNumber* const order = order_.data();
  std::uint32_t* const marks = marks_.data();
  const std::uint32_t mark = mark_;
  const Adjacency& ahead = up ? reader.graph().in() : reader.graph().out();
  std::size_t level_end = front->level_end;
  std::size_t at = front->at;
  std::size_t tail = front->tail;
  std::size_t work = 0;
  const auto visit = [&](NodeNumber other) {
    if constexpr (is_wide) {
      order[tail] = other;
      tail += static_cast<std::size_t>(marks[other] != mark);
      marks[other] = mark;
    } else if (marks[other] != mark) {
      marks[other] = mark;
      order[tail++] = other;
    }
  };
  // Of the nodes ahead; 0 where they are not known.
  std::array<std::uint32_t, 16> flags_ahead{};
  static_assert(flags_ahead.size() > kListAhead);
  bool whole = true;
  while (true) {
    if (at == level_end) {
      if (at == tail) break;
      levels_.push_back(static_cast<std::uint32_t>(at));
      level_end = tail;
      if (--front->hops == 0 || IsWide(level_end - at) != is_wide) break;
    }
    if (is_wide && at + kBlockAhead < tail) {
      ahead.PrefetchBlock(order[at + kBlockAhead]);
      const std::uint32_t sure = reader.PrefetchList(ahead, order[at + kListAhead]);
      if (!is_plain) flags_ahead[(at + kListAhead) % flags_ahead.size()] = sure;
      const std::span<const std::uint32_t> soon = ahead.EntriesAt(order[at + kMarkAhead]);
      if (!soon.empty()) {
        PrefetchLine(marks + (soon.front() & neighbour::kNode));
        PrefetchLine(marks + (soon.back() & neighbour::kNode));
      }
    }
    const NodeNumber node = order[at];
    std::span<const std::uint32_t> entries = ahead.EntriesAt(node);
    work += kNodeWork + entries.size();
    if (work >= kEdgesPerRest) {
      whole = reader.Rest();
      if (!whole || reader.plain() != is_plain) break;
      work = 0;
      flags_ahead.fill(0);
      if (entries.size() >= kEdgesPerRest) {
        const std::size_t wide_tail = ExpandWide(reader, up, node, tail);
        whole = wide_tail != 0;
        if (!whole) break;
        tail = wide_tail;
        ++at;
        continue;
      }
      entries = ahead.EntriesAt(node);
    }
    std::uint32_t flags = 0;
    if (is_wide && !is_plain) flags = std::exchange(flags_ahead[at % flags_ahead.size()], 0);
    reader.ForEachOf<is_plain>(ahead, node, entries, flags, visit);
    ++at;
  }
  front->level_end = level_end;
  front->at = at;
  front->tail = tail;
  return whole;
}

// The walk that most questions are: everything within reach.
bool Walk::RunPlain(GraphReader& reader, const WalkSpec& spec) {
  Front front{0, order_.size(), order_.size(), spec.depth};
  // One more than there are nodes: what is looked at last is written before it is known.
  order_.Extend(marks_.size() - front.tail + 1);
  levels_.push_back(0);
  bool whole = true;
  while (whole && front.hops != 0 && front.at < front.tail) {
    const bool wide = IsWide(front.level_end - front.at);
    if (reader.plain()) {
      whole = wide ? Spread<true, true>(reader, spec.up, &front) : Spread<true, false>(reader, spec.up, &front);
    } else {
      whole = wide ? Spread<false, true>(reader, spec.up, &front) : Spread<false, false>(reader, spec.up, &front);
    }
  }
  order_.resize(front.tail, 0);
  return whole;
}

bool Walk::Expand(GraphReader& reader, NodeNumber node, const WalkSpec& spec, const Enter* enter) {
  bool cut = false;
  const auto visit = [&](NodeNumber other, EdgeNumber edge, EdgeClass what) {
    if (marks_[other] == mark_ || (reader.Joins(what) && !reader.IsName(edge))) return;
    if (enter != nullptr && !(*enter)(other)) return;
    if (order_.size() + next_.size() >= spec.nodes_max) {
      cut = true;
      return;
    }
    marks_[other] = mark_;
    const bool hop = !reader.Joins(what) && (spec.hops_are_edges || reader.graph().ClassOf(other) != NodeClass::kJob);
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
        ahead.PrefetchBlock(order_[at + kBlockAhead]);
        reader.PrefetchList(ahead, order_[at + kListAhead]);
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
