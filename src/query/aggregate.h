#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/query.h"
#include "cairn/status.h"
#include "query/accumulator.h"
#include "query/group_key.h"
#include "query/group_table.h"
#include "query/path_set.h"
#include "query/spill.h"

namespace cairn {

/// Computes the measures of an `AggregateSpec` over the facts it is given; `where` is the caller's business.
///
/// Memory is bounded by `memory_bytes` (at least 1 MiB is used), but for the rows of the answer: groups beyond it go
/// to files without a name in `spill_dir`, as runs sorted by key, and are merged in the end.
///
/// One thread at a time. Several threads have one each, made from the same spec with a part of the memory, and
/// merge them.
class Aggregator {
 public:
  /// `seed` is for the throws of quantile sketches: those that are merged have different ones, as the threads' numbers.
  /// Returns INVALID_ARGUMENT for a path or quantile that cannot be.
  static Result<std::unique_ptr<Aggregator>> Create(const AggregateSpec& spec, std::uint64_t seed = 0);

  /// Takes one fact. Returns UNAVAILABLE where groups could not spill; the aggregator is of no more use then.
  Status Add(const Row& row);

  /// Takes all that `other` has seen, with the same numbers for targets and kinds. `other` is empty afterwards.
  /// Returns what `Add` does.
  Status Merge(Aggregator&& other);

  /// The answer. Without groupings there is one row, also where there was no fact. The aggregator is empty afterwards.
  /// Returns what `Add` does.
  Result<AggregateResult> Finish(const RowNames& names);

 private:
  Aggregator(const AggregateSpec& spec, PathSet paths, GroupKeyPlan keys, AccumulatorPlan accumulators,
             std::uint64_t seed);

  /// Writes the groups in memory as a run.
  Status Spill();
  Status SpillIfFull() { return table_.MemoryBytes() <= memory_bytes_max_ ? Status::Ok() : Spill(); }
  /// Gives every group of the runs once, in the order of their keys.
  Status MergeGroups(const std::vector<SpillRun>& runs,
                     const std::function<Status(std::string_view key, const Accumulator*)>& visit);
  /// Makes fewer, longer runs of many, until they can be read side by side.
  Status ReduceRuns();

  const std::string spill_dir_;
  const std::size_t memory_bytes_max_;
  const bool grouped_;
  const std::uint64_t seed_;
  const PathSet paths_;
  const GroupKeyPlan keys_;
  const AccumulatorPlan accumulators_;
  GroupTable table_;
  PathScratch scratch_;
  std::string key_;
  std::shared_ptr<SpillFile> file_;
  std::vector<SpillRun> runs_;
  std::uint64_t facts_ = 0;
  std::uint64_t spilled_groups_ = 0;
};

}  // namespace cairn
