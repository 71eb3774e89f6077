#pragma once

#include <string>
#include <string_view>

#include "server/marquez_reply.h"

namespace cairn {

/// Marquez's ids of nodes: `dataset:namespace:name`, `job:namespace:name`, `datasetField:namespace:name:field`,
/// `run:id`, with nothing escaped.
std::string MarquezNodeId(const NodeView& node);

/// The node that such an id names, a version behind `#` left out. Namespaces and names may hold colons: what is known
/// decides, the shorter namespace first. An id of our own kind, escaped, is taken as well. Returns INVALID_ARGUMENT
/// where it is no id, NOT_FOUND where nothing of that name is known.
Result<NodeKey> ResolveMarquezId(const MarquezAsk& ask, const std::string& id);

}  // namespace cairn
