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
};

/// Versions of a dataset, the newest first.
struct DatasetVersionList {
  std::vector<DatasetVersionInfo> versions;
  std::size_t total = 0;  ///< On all pages.
};

Result<DatasetVersionList> ReadDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset, const MarquezPage& page);

/// The newest; empty where there is none. Looks at no more than it needs.
Result<std::string> CurrentDatasetVersion(const MarquezAsk& ask, const NodeKey& dataset);
/// The one that the run made.
Result<std::string> DatasetVersionBy(const MarquezAsk& ask, const NodeKey& dataset, const std::string& run_id);
/// Of each dataset the version that the run has read: what was written, or stated, last before. Empty: none was.
Result<std::vector<std::string>> VersionsReadBy(const MarquezAsk& ask, const RunInfo& run,
                                                const std::vector<NodeKey>& inputs);

/// A version in Marquez's shape.
Result<std::string> DatasetVersionJson(const MarquezAsk& ask, const NodeKey& dataset,
                                       const DatasetVersionInfo& version);

}  // namespace cairn
