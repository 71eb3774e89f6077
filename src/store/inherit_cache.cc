#include "store/inherit_cache.h"

#include <algorithm>

#include "view/inherit_question.h"

namespace cairn {

std::optional<LineageInherited> InheritCache::Find(NodeNumber node) {
  const std::lock_guard lock(mutex_);
  if (asks_.size() >= kCountsMax) asks_.clear();
  ++asks_[node];
  const auto found = entries_.find(node);
  if (found == entries_.end()) return std::nullopt;
  LineageInherited out = found->second.answer;
  out.materialised = true;
  return out;
}

void InheritCache::Put(NodeNumber node, const LineageInherited& answer, std::span<const NodeNumber> looked_at) {
  if (looked_at.size() > kLookedAtMax) return;
  const std::lock_guard lock(mutex_);
  const auto asked = asks_.find(node);
  if (asked == asks_.end() || asked->second < kHotAsks) return;
  Remove(node);
  // Any one goes: what is asked about often comes back.
  if (entries_.size() >= kAnswersMax) Remove(entries_.begin()->first);
  for (const NodeNumber other : looked_at) depending_[other].push_back(node);
  entries_[node] = {answer, {looked_at.begin(), looked_at.end()}};
}

void InheritCache::Remove(NodeNumber node) {
  const auto found = entries_.find(node);
  if (found == entries_.end()) return;
  for (const NodeNumber other : found->second.looked_at) {
    const auto dependents = depending_.find(other);
    std::erase(dependents->second, node);
    if (dependents->second.empty()) depending_.erase(dependents);
  }
  entries_.erase(found);
}

void InheritCache::Drop(std::span<const NodeNumber> changed) {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return;
  for (const NodeNumber node : changed) {
    const auto found = depending_.find(node);
    if (found == depending_.end()) continue;
    for (const NodeNumber dependent : std::vector<NodeNumber>(found->second)) {
      Remove(dependent);
      dropped_.push_back(dependent);
    }
  }
}

void InheritCache::Clear() {
  const std::lock_guard lock(mutex_);
  asks_.clear();
  entries_.clear();
  depending_.clear();
  dropped_.clear();
}

std::vector<NodeNumber> InheritCache::TakeDropped() {
  const std::lock_guard lock(mutex_);
  std::vector<NodeNumber> out;
  out.swap(dropped_);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::size_t InheritCache::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace cairn
