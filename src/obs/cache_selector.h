#pragma once

#include <string>
#include <string_view>

#include "cairn/cache_options.h"
#include "cairn/status.h"

namespace cairn {

/// Reads `all`, `stale`, `source:S`, `operation:S:O`, `user:U`, `tag:T`, `key:K`, `prefix:P`, `pattern:G`. The texts
/// are taken as they stand. Returns INVALID_ARGUMENT for anything else.
Result<CacheSelector> ParseCacheSelector(std::string_view text);

/// What `ParseCacheSelector` reads back.
std::string FormatCacheSelector(const CacheSelector& selector);

}  // namespace cairn
