#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace cairn {

/// Keeps of all values that are offered the `limit` that go first, in memory for so many: `kept` is a heap, to be
/// sorted by `before` in the end. False where one of them was left out.
template <typename T, typename Before>
bool KeepFirst(std::vector<T>& kept, T value, std::size_t limit, Before before) {
  if (kept.size() == limit && (limit == 0 || !before(value, kept.front()))) return false;
  kept.push_back(std::move(value));
  std::push_heap(kept.begin(), kept.end(), before);
  if (kept.size() <= limit) return true;
  std::pop_heap(kept.begin(), kept.end(), before);
  kept.pop_back();
  return false;
}

}  // namespace cairn
