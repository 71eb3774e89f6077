#include "lineage_dag.h"

namespace cairn::bench {
namespace {

std::uint32_t Scrambled(std::uint64_t value) {
  value = (value + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

LayeredDag::LayeredDag(std::uint32_t jobs, std::uint32_t layers) : jobs_(jobs), width_(jobs / layers) {
  for (std::uint32_t job = 0; job < jobs; ++job) {
    const std::uint32_t layer = job / width_;
    for (std::uint32_t input = 0; input < 2; ++input) {
      const std::uint32_t at = Scrambled(std::uint64_t{job} * 2 + input) % width_;
      const NodeNumber from = layer == 0 ? at : Output((layer - 1) * width_ + at);
      edges_.push_back({from, Job(job), false});
    }
    edges_.push_back({Job(job), Output(job), true});
  }
}

void LayeredDag::State(LineageFold& fold, std::uint32_t job, std::int64_t time) const {
  std::vector<Claim> claims;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Edge& edge = edges_[job * 3 + i];
    claims.push_back({fold.graph().Intern(edge.writes ? EdgeType::kWrites : EdgeType::kReads, edge.from, edge.to), 0});
  }
  fold.State({ClaimScope::kInputsOutputs, Job(job), kNoNumber}, {time, job}, job, claims);
}

void LayeredDag::FoldInto(LineageFold& fold) const {
  for (std::uint32_t job = 0; job < jobs_; ++job) {
    fold.graph().SetClass(Job(job), NodeClass::kJob);
    State(fold, job, std::int64_t{job} * 1'000'000'000);
  }
}

void LayeredDag::EndSomeIn(LineageFold& fold, bool again) const {
  const std::int64_t age = std::int64_t{jobs_} * 1'000'000'000;
  for (std::uint32_t job = 0; job < jobs_; ++job) {
    if (job % 3 != 2) fold.End(Job(job), {2 * age, job}, false);
  }
  for (std::uint32_t job = 1; again && job < jobs_; job += 3) State(fold, job, 3 * age);
}

PackedGraph::PackedGraph(const LayeredDag& dag, bool up) : begin_(dag.nodes() + 1, 0), marks_(dag.nodes(), 0) {
  const auto end_of = [&](const LayeredDag::Edge& edge) { return up ? edge.to : edge.from; };
  for (const auto& edge : dag.edges()) ++begin_[end_of(edge) + 1];
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  to_.resize(dag.edges().size());
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (const auto& edge : dag.edges()) to_[next[end_of(edge)]++] = up ? edge.from : edge.to;
  queue_.reserve(dag.nodes());
}

std::size_t PackedGraph::Reach(std::uint32_t start, std::uint32_t depth) {
  ++mark_;
  queue_.clear();
  queue_.push_back(start);
  marks_[start] = mark_;
  std::size_t at = 0;
  for (std::uint32_t level = 0; level < depth && at < queue_.size(); ++level) {
    for (const std::size_t end = queue_.size(); at < end; ++at) {
      const std::uint32_t node = queue_[at];
      for (std::uint32_t i = begin_[node]; i < begin_[node + 1]; ++i) {
        if (marks_[to_[i]] == mark_) continue;
        marks_[to_[i]] = mark_;
        queue_.push_back(to_[i]);
      }
    }
  }
  return queue_.size();
}

}  // namespace cairn::bench
