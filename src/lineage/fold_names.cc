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

// When the thing claims the name, whoever else does.
std::vector<Interval> LineageFold::WhenClaimed(NodeNumber holder, NodeNumber name) {
  gathered_.clear();
  const EdgeNumber edge = graph_.Find(EdgeType::kSame, holder, name);
  const auto found = holders_.find({ClaimScope::kSymlinks, holder});
  if (edge == kNoNumber || found == holders_.end()) return {};
  GatherEndings(edge);
  for (std::uint32_t at = found->second.first_scope; at != kNoNumber; at = scopes_[at].next_of_holder) {
    GatherReplacing(at, edge);
  }
  JoinGathered();
  return gathered_;
}

std::vector<NameClaim> LineageFold::ClaimsOn(NodeNumber name, const std::vector<NodeNumber>& holders) {
  std::vector<NameClaim> out;
  for (const NodeNumber holder : holders) {
    for (const Interval& stands : WhenClaimed(holder, name)) out.push_back({stands, holder});
  }
  std::sort(out.begin(), out.end(), BeganLater);
  return out;
}

// Nothing for a name that one thing alone ever claimed.
LineageFold::Contest* LineageFold::ContestOf(NodeNumber name) {
  const auto known = contests_.find(name);
  if (known != contests_.end()) return &known->second;
  if (graph_.NamesAt(name).size() < 2) return nullptr;
  const std::vector<NodeNumber> holders = HoldersOf(name);
  if (holders.size() < 2) return nullptr;
  Contest& contest = contests_[name];
  contest.claims = ClaimsOn(name, holders);
  contest.counting = KeepLatestBegun(contest.claims);
  return &contest;
}

// Tells the graph when the thing has the name, by its own claim or by that of the other on it.
void LineageFold::PublishName(NodeNumber holder, NodeNumber name) {
  std::vector<Interval> stands;
  for (const auto& [thing, of] : {std::pair(holder, name), std::pair(name, holder)}) {
    if (!Claims(thing, graph_.Find(EdgeType::kSame, thing, of))) continue;
    if (const Contest* contest = ContestOf(of)) {
      for (const NameClaim& claim : contest->counting) {
        if (claim.holder == thing) stands.push_back(claim.stands);
      }
    } else {
      const std::vector<Interval> claimed = WhenClaimed(thing, of);
      stands.insert(stands.end(), claimed.begin(), claimed.end());
    }
  }
  for (const auto& [from, to] : {std::pair(holder, name), std::pair(name, holder)}) {
    gathered_ = stands;
    PublishGathered(graph_.Find(EdgeType::kSame, from, to));
  }
}

// After claims changed: only what counts otherwise than before is published.
void LineageFold::Decide(NodeNumber name, Contest& contest) {
  std::vector<NameClaim> counting = KeepLatestBegun(contest.claims);
  gone_through_ += contest.claims.size();
  contest.counting.swap(counting);
  const auto [now, before] =
      std::mismatch(contest.counting.begin(), contest.counting.end(), counting.begin(), counting.end());
  auto now_end = contest.counting.end();
  auto before_end = counting.end();
  while (now_end != now && before_end != before && *(now_end - 1) == *(before_end - 1)) {
    --now_end;
    --before_end;
  }
  std::vector<NodeNumber> changed;
  if (std::exchange(contest.is_new, false)) changed = HoldersOf(name);
  for (auto at = now; at != now_end; ++at) changed.push_back(at->holder);
  for (auto at = before; at != before_end; ++at) changed.push_back(at->holder);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const NodeNumber holder : changed) PublishName(holder, name);
}

// The thing claims the name otherwise than before, or at other times.
void LineageFold::RefoldName(NodeNumber holder, NodeNumber name) {
  Contest* const contest = ContestOf(name);
  if (contest == nullptr) return PublishName(holder, name);
  std::vector<NameClaim> own;
  for (const Interval& stands : WhenClaimed(holder, name)) own.push_back({stands, holder});
  std::sort(own.begin(), own.end(), BeganLater);
  const auto is_own = [&](const NameClaim& claim) { return claim.holder == holder; };
  std::vector<NameClaim> had;
  std::copy_if(contest->claims.begin(), contest->claims.end(), std::back_inserter(had), is_own);
  if (had != own) {
    if (!had.empty()) std::erase_if(contest->claims, is_own);
    for (const NameClaim& claim : own) {
      const auto place = std::upper_bound(contest->claims.begin(), contest->claims.end(), claim, BeganLater);
      contest->claims.insert(place, claim);
    }
  } else if (!contest->is_new) {
    return;
  }
  Decide(name, *contest);
}

// Each claim stands as two edges: the one from the thing is gone by.
void LineageFold::RefoldNames(EdgeNumber edge) {
  const Graph::Edge ends = graph_.edge(edge);
  if (Claims(ends.from, edge)) RefoldName(ends.from, ends.to);
  if (Claims(ends.to, edge)) RefoldName(ends.to, ends.from);
}

// A name that several claim began or ceased to be among those of the thing whose statement has that shape. False where
// nobody else claims it, which is told without going through all that was said.
bool LineageFold::RefoldContested(EdgeNumber edge, std::uint32_t shape) {
  const Graph::Edge& ends = graph_.edge(edge);
  if (ends.type != EdgeType::kSame) return false;
  const NodeNumber holder = scopes_[shapes_[shape].scope].holder;
  const NodeNumber name = ends.from == holder ? ends.to : ends.from;
  if (!StatedElsewhere(edge) && ContestOf(name) == nullptr) return false;
  if (name == ends.to) RefoldName(holder, name);
  return true;
}

// What was dropped claims nothing, and is no name.
void LineageFold::RefoldNamesOf(NodeNumber node) {
  const auto edges = graph_.NamesAt(node);
  std::vector<NodeNumber> holders;
  for (const EdgeNumber edge : std::vector<EdgeNumber>(edges.begin(), edges.end())) {
    const NodeNumber other = graph_.edge(edge).to;
    if (Claims(node, edge)) RefoldName(node, other);
    if (Claims(other, edge)) holders.push_back(other);
  }
  if (Contest* const contest = holders.empty() ? nullptr : ContestOf(node)) {
    contest->claims = ClaimsOn(node, holders);
    Decide(node, *contest);
  } else {
    for (const NodeNumber holder : holders) PublishName(holder, node);
  }
}

}  // namespace cairn
