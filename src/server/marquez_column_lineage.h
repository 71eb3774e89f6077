#pragma once

#include <string>

#include "server/marquez_reply.h"

namespace cairn {

/// The lineage of a field, of all fields of a dataset, or of what a job writes, as Marquez tells it: `{"graph":[...]}`,
/// a node for each field. `spec` says how far and whereto. In `inEdges` the origin is the node itself and the
/// destination what it comes from: the web page reads them so.
Result<std::string> ColumnLineageJson(const MarquezAsk& ask, const NodeKey& node, LineageSpec spec);

}  // namespace cairn
