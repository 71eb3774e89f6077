#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// The newest first: of runs that wrote it; of events of jobs and of datasets without a run; and, where it was read
/// before any of that, what its first reader says of it. By the newest 10,000 statements of each who wrote it, and
/// 1,000 events about it alone.
Result<FoundVersions> FindDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset);
/// The newest of them. Looks at no more than it needs.
Result<std::optional<FoundVersion>> FindNewestVersion(const MarquezAsk& ask, const NodeKey& dataset);

/// Appends the newest that was stated of the dataset by itself, under one name and before that time.
Status FindNewestEvent(const MarquezAsk& ask, const NodeKey& name, Timestamp until, FoundVersions* out);

}  // namespace cairn
