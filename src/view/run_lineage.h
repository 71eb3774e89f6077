#pragma once

#include <span>

#include "cairn/lineage.h"
#include "view/lineage_scope.h"

namespace cairn {

/// What is asked about: datasets and jobs, and runs by their number.
struct RunStarts {
  std::span<const NodeNumber> nodes;
  std::span<const std::uint32_t> runs;
};

/// Lineage of runs: upstream of a run are the datasets that it read and, of each job that writes one, the other run
/// that did so last before it was first said to read it; downstream the datasets that it wrote and the runs that read
/// one before another run wrote it again. A job stands for its newest run. A run whose parent is in the answer has an
/// edge `parent` from it.
Result<LineageGraph> RunLineage(const Views& views, Pause* pause, const LineageScope& scope, const RunStarts& starts,
                                const LineageSpec& spec);

}  // namespace cairn
