#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "lineage/walk.h"
#include "lineage_dag.h"
#include "measure.h"
#include "workload.h"

namespace cairn::bench {

inline constexpr std::uint32_t kMillion = 1'000'000;
inline constexpr std::uint32_t kThirty = 30'000;
inline constexpr std::size_t kAsked = 200;

/// One graph, and the same packed.
struct Pair {
  Pair(std::uint32_t jobs, std::uint32_t layers) : dag(jobs, layers), up(dag, true), down(dag, false) {
    dag.FoldInto(fold);
  }
  LayeredDag dag;
  PackedGraph up;
  PackedGraph down;
  LineageFold fold;
};

/// The value that `q` of them do not reach.
inline double Quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

/// Seconds of `count` calls, the quantile of them.
template <typename Call>
double TimesAt(double q, std::size_t count, Call&& call) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < count; ++i) {
    const Stopwatch watch;
    call(i);
    seconds.push_back(watch.Seconds());
  }
  return Quantile(std::move(seconds), q);
}

/// How many nodes a walk finds.
inline std::size_t Reach(const Graph& graph, NodeNumber start, bool up, std::uint32_t depth, Moment moment = {}) {
  static Walk walk;
  GraphReader reader(graph, {.moment = moment});
  walk.Run(reader, {{start}}, {.up = up, .depth = depth});
  return walk.nodes().size();
}

/// Starts of the deepest layer, or with `middle` of the one half way.
inline std::uint32_t StartOf(const LayeredDag& dag, std::size_t i, bool middle) {
  const auto at = static_cast<std::uint32_t>(Scramble(i) % (dag.jobs() / 100));
  return middle ? dag.jobs() / 2 + at : dag.jobs() - 1 - at;
}

/// What was measured once; none where it could not be.
inline std::optional<Spread> Once(std::optional<double> value, double scale) {
  if (!value) return std::nullopt;
  return SpreadOf({*value * scale});
}

}  // namespace cairn::bench
