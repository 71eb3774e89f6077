#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/marquez_facts.h"
#include "server/marquez_run.h"

namespace cairn {

/// The job facet that keeps the context which Marquez's own client states of a job, in `context`.
inline constexpr std::string_view kMarquezContextFacet = "marquez_context";

/// A job in Marquez's shape.
struct MarquezJob {
  EntityInfo entity;
  NodeFacts facts;
  std::vector<NodeKey> inputs;
  std::vector<NodeKey> outputs;
  std::vector<RunInfo> runs;  ///< The newest, newest first.
};
Result<std::string> MarquezJobJson(const MarquezAsk& ask, const MarquezJob& job);
/// Looks for all of it.
Result<std::string> MarquezJobJson(const MarquezAsk& ask, EntityInfo entity);

/// Runs of a job whose statements are looked through for its versions.
inline constexpr std::size_t kRunsForVersions = 1'000;

/// Whether a run makes a version of its job: until it ends it has not stated what it reads and writes.
inline bool MakesVersion(const RunInfo& run) { return run.ended_at.has_value(); }

/// Looks for all of it, and for so many runs at most.
Result<MarquezJob> ReadMarquezJob(const MarquezAsk& ask, EntityInfo entity, std::size_t runs_max);
/// What is stated of the job whatever its runs say.
RunStatements StatedOf(const MarquezJob& job);

/// What it reads and writes.
Status ReadEnds(const MarquezAsk& ask, MarquezJob* job);
/// The newest runs of a job, at most `limit`.
Result<std::vector<RunInfo>> NewestRuns(const MarquezAsk& ask, const NodeKey& job, std::size_t limit);

}  // namespace cairn
