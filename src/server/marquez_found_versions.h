#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/marquez_facts.h"
#include "server/marquez_run.h"

namespace cairn {

/// A version of a dataset of which it is known when it came, not yet what it says.
struct FoundVersion {
  Timestamp created_at;
  Timestamp stated_at;  ///< When it was last stated.
  std::string run_id;   ///< Empty: what was stated of the dataset without a run that wrote it, with these facets.
  NodeKey name = {};    ///< Where there is no run: under which name.
  RunStatements::Facets facets = {};
  bool is_hidden = false;  ///< The run may not be seen.
};
using FoundVersions = std::vector<FoundVersion>;

// All of them take `EveryNameOf` the dataset.

/// The newest first: of runs that wrote it; of events of jobs and of datasets without a run; and, where it was read
/// before any of that, what its first reader says of it. By the newest 10,000 statements of each who wrote it, and
/// 1,000 events about it alone.
Result<FoundVersions> FindDatasetVersions(const MarquezAsk& ask, const std::vector<DatasetName>& names);
/// The newest of them. Where the newest few statements hold one, no more are looked at.
Result<std::optional<FoundVersion>> FindNewestVersion(const MarquezAsk& ask, const std::vector<DatasetName>& names);

/// Appends what a reader of the dataset at that time (`until`, which is not in it) finds that no run wrote: the newest
/// event of the dataset and of each job that says it writes it; and, where `out` is empty still, what its first reader
/// says.
Status FindReadWithoutRun(const MarquezAsk& ask, const std::vector<DatasetName>& names, Timestamp until,
                          FoundVersions* out);

}  // namespace cairn
