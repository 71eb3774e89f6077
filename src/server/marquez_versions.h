#pragma once

#include <string>
#include <vector>

#include "server/marquez_run.h"

namespace cairn {

/// A version of a dataset: what one run wrote, or what was stated of it without a run.
struct DatasetVersionInfo {
  std::string version;  ///< A UUID.
  std::string run_id;   ///< Empty: none.
  Timestamp created_at;
  RunStatements::Facets facets;
  bool is_told = true;  ///< What made it says something of the dataset that may be seen.
};

/// Versions of a dataset, the newest first.
struct DatasetVersionList {
  std::vector<DatasetVersionInfo> versions;
  std::size_t total = 0;  ///< On all pages.
};

Result<DatasetVersionList> ReadDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset, const MarquezPage& page);

/// The newest; empty where there is none. Looks at no more than it needs.
Result<std::string> CurrentDatasetVersion(const MarquezAsk& ask, const NodeKey& dataset);
/// What a run has read of a dataset.
struct ReadVersion {
  std::string version;  ///< Empty: nobody wrote or stated any before, or who did may not be seen.
  std::string run_id;   ///< By whom it was made; empty: it was stated without a run.
};
/// Of each dataset: what was written by another, or stated, last before the run was first said to read it.
Result<std::vector<ReadVersion>> VersionsReadBy(const MarquezAsk& ask, const RunInfo& run,
                                                const std::vector<NodeKey>& inputs);

/// A version in Marquez's shape.
Result<std::string> DatasetVersionJson(const MarquezAsk& ask, const NodeKey& dataset,
                                       const DatasetVersionInfo& version);

}  // namespace cairn
