#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "lineage/reader.h"

namespace cairn {

/// Sorts, stably, and rests in between, so that not even very many values keep writers waiting. `before` may look at
/// what the reader's lock guards, and throws nothing. `room` is memory to use. False: the question must be asked anew.
template <typename Values, typename Before>
bool SortResting(GraphReader& reader, Values& values, Values& room, Before before) {
  using T = std::decay_t<decltype(values[0])>;
  constexpr std::size_t kRun = 16;
  constexpr std::size_t kMovesPerRest = 256;
  const std::size_t count = values.size();
  for (std::size_t begin = 0; begin < count; begin += kRun) {
    if (begin % kMovesPerRest == kMovesPerRest - kRun && !reader.Rest()) return false;
    const std::size_t end = std::min(count, begin + kRun);
    for (std::size_t i = begin + 1; i < end; ++i) {
      const T value = values[i];
      std::size_t to = i;
      for (; to > begin && before(value, values[to - 1]); --to) values[to] = values[to - 1];
      values[to] = value;
    }
  }
  for (std::size_t run = kRun; run < count; run *= 2) {
    room.clear();
    for (std::size_t begin = 0; begin < count; begin += 2 * run) {
      const std::size_t middle = std::min(count, begin + run);
      const std::size_t end = std::min(count, begin + 2 * run);
      for (std::size_t a = begin, b = middle; a < middle || b < end;) {
        if (room.size() % kMovesPerRest == kMovesPerRest - 1 && !reader.Rest()) return false;
        const bool second = a == middle || (b < end && before(values[b], values[a]));
        room.push_back(values[second ? b++ : a++]);
      }
    }
    std::swap(values, room);
  }
  return true;
}

/// Makes an array as large as `size` where it is smaller, new values being copies of `value`, and rests in between.
template <typename Values, typename Value>
bool ResizeResting(GraphReader& reader, Values& values, std::size_t size, const Value& value) {
  constexpr std::size_t kMadePerRest = 16'384;
  while (values.size() < size) {
    values.resize(std::min(size, values.size() + kMadePerRest), value);
    if (!reader.Rest()) return false;
  }
  return true;
}

}  // namespace cairn
