#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cairn/status.h"
#include "obs/source_config.h"

namespace cairn {

/// What sources, operations, parameters and fields are called.
bool IsSourceName(std::string_view name);
inline constexpr std::string_view kSourceNameRule = "a name of letters, digits, - and _, at most 64";

/// Whether a declaration makes sense as a whole: it has a base URL, each operation a path, each name in braces is a
/// parameter, what the path needs is always there, patterns can be read and defaults match them. Returns
/// INVALID_ARGUMENT, and in `key` the name of what is wrong: `operations.book.path`.
Status CheckSource(const SourceConfig& source, std::string& key);

/// Calls `part` for each part of a template in turn: text as it stands, or, with true, a name that stood in braces.
/// Returns INVALID_ARGUMENT for a brace without its partner.
Status ForEachTemplatePart(std::string_view text, const std::function<Status(std::string_view, bool is_name)>& part);

}  // namespace cairn
