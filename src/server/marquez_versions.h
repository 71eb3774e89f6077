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

/// A version in Marquez's shape.
Result<std::string> DatasetVersionJson(const MarquezAsk& ask, const NodeKey& dataset,
                                       const DatasetVersionInfo& version);

}  // namespace cairn
