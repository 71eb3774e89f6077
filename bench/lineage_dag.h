#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lineage/fold.h"

namespace cairn::bench {

/// A layered graph of jobs, each with two inputs from the layer above and one output: datasets have the numbers
/// 0 to `jobs + first`, where the first ones are read by the first layer; job j is `Job(j)` and writes `Output(j)`.
class LayeredDag {
 public:
  LayeredDag(std::uint32_t jobs, std::uint32_t layers);

  [[nodiscard]] std::uint32_t jobs() const { return jobs_; }
  [[nodiscard]] std::uint32_t nodes() const { return 2 * jobs_ + width_; }
  [[nodiscard]] NodeNumber Job(std::uint32_t job) const { return width_ + 2 * job; }
  [[nodiscard]] NodeNumber Output(std::uint32_t job) const { return width_ + 2 * job + 1; }
  struct Edge {
    NodeNumber from;
    NodeNumber to;
    bool writes;
  };
  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }  ///< Three of each job, job after job.

  /// States each job's inputs and outputs as one event, a second apart.
  void FoldInto(LineageFold& fold) const;
  /// Of every three jobs drops two at twice the age of the last; with `again` one of them is stated again half as much
  /// later.
  void EndSomeIn(LineageFold& fold, bool again) const;

 private:
  void State(LineageFold& fold, std::uint32_t job, std::int64_t time) const;

  std::uint32_t jobs_;
  std::uint32_t width_;
  std::vector<Edge> edges_;
};

/// What a bare breadth-first search needs: a packed array of each node's neighbours in one direction.
class PackedGraph {
 public:
  PackedGraph(const LayeredDag& dag, bool up);
  /// Nodes reached from `start` in at most `depth` hops.
  std::size_t Reach(std::uint32_t start, std::uint32_t depth);

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<std::uint32_t> to_;
  std::vector<std::uint32_t> marks_;
  std::vector<std::uint32_t> queue_;
  std::uint32_t mark_ = 0;
};

}  // namespace cairn::bench
