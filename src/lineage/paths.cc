#include "lineage/paths.h"

#include <algorithm>
#include <queue>
#include <set>

#include "base/grow_array.h"

namespace cairn {
namespace {

// Between two calls of `Rest`.
constexpr std::size_t kLooksPerRest = 2048;
constexpr std::size_t kNodesPerRest = 2048;
// More beginnings of paths than this are not followed: in a dense graph there are more than anybody can read.
constexpr std::size_t kBeginningsMax = 200'000;

struct Beginning {
  NodeNumber node;
  NodeNumber thing;
  EdgeNumber edge;       // That led here; kNoNumber from a further name.
  std::uint32_t before;  // The beginning that this one goes on from.
  std::uint32_t length;
  bool of_whole;  // Reached as a part of something that was: what that goes into is no further way.
};

// Kept by each thread, by node: of use where the walk reached it.
GrowArray<std::uint32_t>& ThreadDistances() {
  static thread_local GrowArray<std::uint32_t> distances;
  return distances;
}

class PathFinder {
 public:
  PathFinder(GraphReader& reader, const PathsWanted& wanted, SameThings& same)
      : reader_(reader), wanted_(wanted), same_(same), walk_(ThreadWalk(0)), distance_(ThreadDistances()) {}

  bool Run() {
    if (same_.Of(wanted_.from) == same_.Of(wanted_.to)) return true;
    if (!FindDistances()) return false;
    if (!Begin()) return false;
    while (!queue_.empty()) {
      const auto [total, at] = queue_.top();
      queue_.pop();
      if (wanted_.shortest_only && total > shortest_) break;
      if (found.paths.size() >= wanted_.limit) {
        found.partial = true;
        break;
      }
      const bool there = distance_[beginnings_[at].node] == 0;
      if (!(there ? Take(at) : GoOn(at, total == shortest_))) return false;
    }
    return true;
  }

  PathsFound found;

 private:
  // How far each node is from the end, so that only what leads there is followed.
  bool FindDistances() {
    const Walk::Enter enter = [&](NodeNumber node) { return node == wanted_.from || (*wanted_.enter)(node); };
    const WalkSpec spec{.up = true, .depth = wanted_.depth, .beside = wanted_.beside};
    if (!walk_.Run(reader_, {{wanted_.to}}, spec, wanted_.enter == nullptr ? nullptr : &enter)) return false;
    const auto nodes = walk_.nodes();
    std::uint32_t level = 0;
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      if (i % kNodesPerRest == 0 && !reader_.Rest()) return false;
      while (level + 1 < walk_.levels().size() && walk_.levels()[level + 1] <= i) ++level;
      // Only what was reached is ever looked at.
      if (nodes[i] >= distance_.size()) distance_.Extend(nodes[i] + 1 - distance_.size());
      distance_[nodes[i]] = level;
    }
    return true;
  }

  // From the node, and from what is reached with it.
  bool Begin() {
    std::vector<NodeNumber> starts{wanted_.from};
    if (wanted_.beside != nullptr && !wanted_.beside->With(wanted_.from, &starts)) return false;
    for (const NodeNumber start : starts) {
      if (!Look()) return false;
      if (!walk_.Reached(start)) continue;
      shortest_ = std::min(shortest_, distance_[start]);
      Push({start, same_.Of(start), kNoNumber, kNoNumber, 0, start != wanted_.from});
    }
    return true;
  }

  void Push(const Beginning& one) {
    if (beginnings_.size() >= kBeginningsMax) {
      found.partial = true;
      return;
    }
    queue_.emplace(one.length + distance_[one.node], static_cast<std::uint32_t>(beginnings_.size()));
    beginnings_.push_back(one);
  }

  bool Take(std::uint32_t at) {
    std::vector<PathStep> path;
    std::vector<std::pair<NodeNumber, EdgeType>> things;
    while (beginnings_[at].before != kNoNumber) {
      const Beginning& one = beginnings_[at];
      if (one.edge != kNoNumber) {
        path.push_back({one.edge, beginnings_[one.before].node, one.node});
        things.emplace_back(one.thing, reader_.graph().edge(one.edge).type);
      }
      at = one.before;
      if (!Look()) return false;
    }
    // What was begun from with others belongs to the path.
    things.emplace_back(beginnings_[at].thing, EdgeType::kSame);
    std::reverse(path.begin(), path.end());
    if (known_.insert(std::move(things)).second) found.paths.push_back(std::move(path));
    return true;
  }

  bool GoOn(std::uint32_t at, bool straight) {
    const Beginning here = beginnings_[at];
    edges_.clear();
    const auto take = [&](NodeNumber other, EdgeNumber edge, EdgeClass what) {
      if (reader_.Joins(what)) return;
      if (wanted_.beside != nullptr || walk_.Reached(other)) edges_.push_back({other, edge});
    };
    if (!reader_.ForEachResting(false, here.node, take)) return false;
    const NodeNumber also = wanted_.beside == nullptr ? kNoNumber : wanted_.beside->Also(here.node);
    if (also != kNoNumber && !here.of_whole && walk_.Reached(also)) {
      if (!reader_.ForEachResting(false, also, take)) return false;
    }
    const std::uint32_t length = here.length + 1;
    for (const auto& [other, edge] : edges_) {
      if (!Reach({other, same_.Of(other), edge, at, length, false}, straight)) return false;
      const bool ends = walk_.Reached(other) && distance_[other] == 0;
      if (wanted_.beside == nullptr || ends) continue;
      with_.clear();
      if (!wanted_.beside->With(other, &with_)) return false;
      for (const NodeNumber part : with_) {
        if (!Reach({part, same_.Of(part), edge, at, length, walk_.Reached(other)}, straight)) return false;
      }
    }
    if (!reader_.graph().has_names()) return true;
    for (const NodeNumber name : same_.NamesOf(here.node)) {
      if (!Reach({name, here.thing, kNoNumber, at, here.length, here.of_whole}, straight)) return false;
    }
    return true;
  }

  // Goes on to what is no detour too long, and not on the path yet.
  bool Reach(const Beginning& next, bool straight) {
    if (!Look()) return false;
    if (!walk_.Reached(next.node) || next.length + distance_[next.node] > wanted_.depth) return true;
    const bool renames = next.edge == kNoNumber;
    for (std::uint32_t back = next.before; back != kNoNumber; back = beginnings_[back].before) {
      const Beginning& one = beginnings_[back];
      if (one.node == next.node || (!renames && one.thing == next.thing)) return true;
      // On a way without detours what is farther back is farther from the end.
      if (straight && distance_[one.node] > distance_[next.node]) break;
      if (!Look()) return false;
    }
    Push(next);
    return true;
  }

  bool Look() { return ++looks_ % kLooksPerRest != 0 || reader_.Rest(); }

  struct Edge {
    NodeNumber to;
    EdgeNumber edge;
  };
  // The one that may become the shortest path first; then the one found first.
  using Next = std::pair<std::uint32_t, std::uint32_t>;

  GraphReader& reader_;
  const PathsWanted& wanted_;
  SameThings& same_;
  Walk& walk_;
  GrowArray<std::uint32_t>& distance_;
  std::uint32_t shortest_ = kNoNumber;
  GrowArray<Beginning> beginnings_;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue_;
  std::set<std::vector<std::pair<NodeNumber, EdgeType>>> known_;  // Of the paths: what each step leads to.
  GrowArray<Edge> edges_;
  std::vector<NodeNumber> with_;
  std::size_t looks_ = 0;
};

}  // namespace

std::optional<PathsFound> FindPaths(GraphReader& reader, const PathsWanted& wanted, SameThings& same) {
  PathFinder finder(reader, wanted, same);
  if (!finder.Run()) return std::nullopt;
  return std::move(finder.found);
}

}  // namespace cairn
