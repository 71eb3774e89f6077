#include <algorithm>
#include <utility>

#include "lineage/fold.h"

namespace cairn {

bool LineageFold::Claims(NodeNumber holder, EdgeNumber edge) const {
  const auto found = stated_in_.find(edge);
  if (found == stated_in_.end()) return false;
  const auto& shapes = found->second.shapes;
  const auto of_holder = [&](std::uint32_t shape) { return scopes_[shapes_[shape].scope].holder == holder; };
  return found->second.of_several ? std::any_of(shapes.begin(), shapes.end(), of_holder) : of_holder(shapes.front());
}

std::vector<NodeNumber> LineageFold::HoldersOf(NodeNumber name) const {
  std::vector<NodeNumber> out;
  for (const EdgeNumber edge : graph_.NamesAt(name)) {
    const NodeNumber other = graph_.edge(edge).to;
    if (Claims(other, edge)) out.push_back(other);
  }
  return out;
}

std::vector<NameClaim> LineageFold::ClaimsThatCount(NodeNumber name) {
  std::vector<NameClaim> claims;
  for (const NodeNumber holder : HoldersOf(name)) {
    const EdgeNumber edge = graph_.Find(EdgeType::kSame, holder, name);
    gathered_.clear();
    GatherEndings(edge);
    const auto found = holders_.find({ClaimScope::kSymlinks, holder});
    if (found == holders_.end()) continue;
    for (std::uint32_t at = found->second.first_scope; at != kNoNumber; at = scopes_[at].next_of_holder) {
      GatherReplacing(at, edge);
    }
    JoinGathered();
    for (const Interval& stands : gathered_) claims.push_back({stands, holder});
  }
  return KeepLatestBegun(std::move(claims));
}

// Whether nobody else said anything of the name at that time or later.
bool LineageFold::IsNewestClaim(NodeNumber name, NodeNumber holder, std::int64_t time) const {
  for (const EdgeNumber edge : graph_.NamesAt(name)) {
    const auto found = stated_in_.find(edge);
    if (found == stated_in_.end()) continue;
    if (found->second.of_several) return false;
    if (graph_.edge(edge).to == holder) continue;
    for (const std::uint32_t shape : found->second.shapes) {
      if (shapes_[shape].last >= time) return false;
    }
  }
  return true;
}

// A name that several claim began or ceased to be among those of the thing whose statement `entry` is. False where
// nobody else claims it. Each stands as two edges: the one from the thing is gone by.
bool LineageFold::SetContested(EdgeNumber edge, const Entry& entry, bool is_new) {
  const Graph::Edge& ends = graph_.edge(edge);
  if (ends.type != EdgeType::kSame) return false;
  const NodeNumber holder = scopes_[shapes_[entry.shape].scope].holder;
  const NodeNumber name = ends.from == holder ? ends.to : ends.from;
  if (!StatedElsewhere(edge) && (graph_.NamesAt(name).size() == 1 || HoldersOf(name).size() == 1)) return false;
  if (name == ends.from) return true;
  if (is_new && IsNewestClaim(name, holder, entry.time)) {
    TakeName(name, holder, entry.time);
  } else {
    RefoldName(name);
  }
  return true;
}

// The newest claim, from that time on: what others had of the name is over.
void LineageFold::TakeName(NodeNumber name, NodeNumber holder, std::int64_t time) {
  const auto set = [&](EdgeNumber edge, bool takes) {
    Interval room;
    const auto had = graph_.ValidityOf(edge, &room);
    if (!takes && (had.empty() || had.back().until <= time)) return;
    gathered_.assign(had.begin(), had.end());
    if (takes) {
      gathered_.push_back({time, kForever});
    } else {
      gathered_.back().until = time;
    }
    PublishGathered(edge);
  };
  for (const NodeNumber other : HoldersOf(name)) {
    ++gone_through_;
    set(graph_.Find(EdgeType::kSame, name, other), other == holder);
    set(graph_.Find(EdgeType::kSame, other, name), other == holder);
  }
}

void LineageFold::RefoldName(NodeNumber name) {
  const std::vector<NameClaim> counting = ClaimsThatCount(name);
  for (const NodeNumber holder : HoldersOf(name)) {
    gathered_.clear();
    std::vector<Interval> stands;
    for (const NameClaim& claim : counting) {
      if (claim.holder == holder) stands.push_back(claim.stands);
    }
    // Each may be a name of the other.
    if (Claims(name, graph_.Find(EdgeType::kSame, name, holder))) {
      for (const NameClaim& claim : ClaimsThatCount(holder)) {
        if (claim.holder == name) stands.push_back(claim.stands);
      }
    }
    for (const auto& [from, to] : {std::pair(name, holder), std::pair(holder, name)}) {
      gathered_ = stands;
      PublishGathered(graph_.Find(EdgeType::kSame, from, to));
    }
  }
}

void LineageFold::RefoldNames(EdgeNumber edge) {
  const Graph::Edge ends = graph_.edge(edge);
  if (Claims(ends.from, edge)) RefoldName(ends.to);
  if (Claims(ends.to, edge)) RefoldName(ends.from);
}

}  // namespace cairn
