#pragma once

#include <string>
#include <string_view>

#include "cairn/node.h"

namespace cairn {

/// The namespace of files of this host, as OpenLineage calls it; their name is the absolute path.
inline constexpr std::string_view kFileNamespace = "file";

/// A path as a node's name. A path is bytes, a name is UTF-8: a byte that is no UTF-8 becomes `%E9`, and a `%` that
/// could be taken for that becomes `%25`, so that each path has a name of its own.
std::string NameOfPath(std::string_view path);
/// The opposite.
std::string PathOfName(std::string_view name);

NodeKey FileNode(std::string_view tenant, std::string_view path);
/// A file in the archive at `path`: `/path!/member`.
NodeKey MemberNode(std::string_view tenant, std::string_view path, std::string_view member);

/// Whether `path` is `folder` or below it.
bool IsInside(std::string_view path, std::string_view folder);

/// `path` made absolute, without `.`, `..` and doubled slashes; symbolic links stay as they are.
std::string AbsolutePath(std::string_view path, std::string_view current_folder);

}  // namespace cairn
