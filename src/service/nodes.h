#pragma once

#include <string>
#include <string_view>

#include "cairn/repository.h"

namespace cairn {

/// What a person typed to name a node.
struct NodeText {
  std::string text;
  std::string tenant;
  std::string type;  ///< Only nodes of this type; empty for all.
};

/// Finds the node that `node.text` names: its id (as `NodeId` writes it, or with its colons unescaped, as other tools
/// do), else its whole name, else a part of its id that is unique. Fields are looked at only where nothing else has it,
/// or `type` asks for them. Of several that are names of one thing the first by id. Returns INVALID_ARGUMENT where
/// several others have it, listing them; NOT_FOUND where none has, with names like it.
Result<NodeKey> ResolveNode(Repository& repository, const NodeText& node);

}  // namespace cairn
