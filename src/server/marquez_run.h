#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "server/marquez_reply.h"

namespace cairn {

/// What the events of one run say, folded from the oldest to the newest: each facet as it was stated last, every input
/// and output that one of them names, so that an event with less takes nothing back.
struct RunStatements {
  using Facets = std::map<std::string, std::string>;                       ///< JSON by key.
  using Datasets = std::map<std::pair<std::string, std::string>, Facets>;  ///< By namespace and name.
  Facets run;
  Facets job;
  Datasets inputs;
  Datasets outputs;
};
using RunSaid = std::shared_ptr<const RunStatements>;
/// Of a run without events there are none.
Result<RunSaid> ReadRunStatements(const MarquezAsk& ask, const std::string& run_id);

/// The run facet that keeps the arguments which Marquez's own client states of a run, in `args`.
inline constexpr std::string_view kMarquezArgsFacet = "marquez_args";

/// Facets of an output of a run.
const RunStatements::Facets& OutputOf(const RunStatements& said, const NodeKey& dataset);

/// `{"schema":{...},...}`
std::string FacetsJson(const RunStatements::Facets& facets);

/// `NEW`, `RUNNING`, `COMPLETED`, `FAILED` or `ABORTED`.
std::string_view MarquezRunState(RunState state);

/// The job that the run says it was started by; an empty name where it does not.
NodeKey ParentJob(const MarquezAsk& ask, const RunStatements& said);

/// Where the code of the job is; empty where nothing said so.
std::string CodeLocation(const RunStatements& said);

/// The version of a job that a run was of: follows from the job, what the run read and wrote, and where the code is.
std::string JobVersion(const NodeKey& job, const RunStatements& said);
/// The version of a dataset that a run made: follows from the dataset, its fields, and the run. Without a run
/// (`run_id` empty) it is what was stated of the dataset by itself, by a job that says it writes it, or by who read it
/// first.
std::string DatasetVersion(const NodeKey& dataset, const RunStatements::Facets& facets, std::string_view run_id);

/// A run in Marquez's shape.
Result<std::string> MarquezRunJson(const MarquezAsk& ask, const RunInfo& run, const RunStatements& said);
/// The newest runs of a job as a list; empty where it has none.
Result<std::string> MarquezRunsJson(const MarquezAsk& ask, const NodeKey& job, const MarquezPage& page);

}  // namespace cairn
