#include "cache/generations.h"

#include <algorithm>
#include <mutex>

#include "cache/glob.h"

namespace cairn {

Generations::Verdict Generations::Check(const Key& key, std::span<const std::uint64_t> tags,
                                        std::uint64_t since) const {
  Verdict verdict;
  const auto add = [&verdict, since](const Map& map, std::uint64_t hash) {
    const auto at = map.find(hash);
    if (at == map.end()) return;
    verdict.is_removed |= at->second.removed > since;
    verdict.is_expired |= at->second.expired > since;
  };
  std::shared_lock lock(mutex_);
  if (since < floors_.tags) return {.is_removed = true};
  verdict.is_uncertain = since < floors_.keys;
  add(keys_, key.text_hash);
  for (const std::uint64_t tag : tags) add(tags_, tag);
  for (auto at = patterns_.rbegin(); at != patterns_.rend() && at->number > since; ++at) {
    if (GlobMatches(at->glob, key.text)) (at->is_remove ? verdict.is_removed : verdict.is_expired) = true;
  }
  return verdict;
}

void Generations::Apply(std::span<const Bump> bumps, std::span<const Pattern> patterns, std::uint64_t sequence,
                        Floors floors) {
  std::unique_lock lock(mutex_);
  for (const Bump& bump : bumps) {
    Numbers& numbers = (bump.is_key ? keys_ : tags_)[bump.hash];
    numbers.removed = std::max(numbers.removed, bump.removed);
    numbers.expired = std::max(numbers.expired, bump.expired);
  }
  const std::uint64_t last = patterns_.empty() ? 0 : patterns_.back().number;
  for (const Pattern& pattern : patterns) {
    if (pattern.number > last) patterns_.push_back(pattern);
  }
  floors_.tags = std::max(floors_.tags, floors.tags);
  floors_.keys = std::max(floors_.keys, floors.keys);
  Forget();
  if (sequence > applied()) applied_.store(sequence, std::memory_order_release);
}

void Generations::BumpHere(std::span<const std::uint64_t> keys, std::span<const std::uint64_t> tags,
                           std::span<const std::string> globs, CacheVerb verb) {
  std::unique_lock lock(mutex_);
  const std::uint64_t number = applied() + 1;
  const auto bump = [verb, number](Numbers& numbers) {
    (verb == CacheVerb::kRemove ? numbers.removed : numbers.expired) = number;
  };
  for (const std::uint64_t key : keys) bump(keys_[key]);
  for (const std::uint64_t tag : tags) bump(tags_[tag]);
  for (const std::string& glob : globs) patterns_.push_back({number, glob, verb == CacheVerb::kRemove});
  Forget();
  applied_.store(number, std::memory_order_release);
}

void Generations::Restart(std::uint64_t sequence) {
  std::unique_lock lock(mutex_);
  keys_.clear();
  tags_.clear();
  patterns_.clear();
  // What was kept before it cannot be checked any more.
  floors_ = {.tags = sequence, .keys = sequence};
  applied_.store(sequence, std::memory_order_release);
}

void Generations::Forget() {
  ForgetOldest(keys_, floors_.keys);
  ForgetOldest(tags_, floors_.tags);
  while (patterns_.size() > kPatternsMax) {
    floors_.keys = std::max(floors_.keys, patterns_.front().number);
    patterns_.pop_front();
  }
}

void Generations::ForgetOldest(Map& map, std::uint64_t& floor) {
  if (map.size() <= kBumpsMax) return;
  const auto last = [](const Numbers& numbers) { return std::max(numbers.removed, numbers.expired); };
  std::vector<std::uint64_t> numbers;
  numbers.reserve(map.size());
  for (const auto& [hash, bump] : map) numbers.push_back(last(bump));
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  floor = std::max(floor, *middle);
  std::erase_if(map, [&](const auto& b) { return last(b.second) <= floor; });
}

}  // namespace cairn
