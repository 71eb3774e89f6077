#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_result.h"
#include "cairn/status.h"
#include "lookup/source_operation.h"

namespace cairn {

/// What a source's body becomes: the whole of it minified, or the operation's fields. A field that the body lacks is
/// kept as an empty text, so that it is not asked for again and again. Returns DATA_LOSS for what is no JSON or lacks a
/// field that is required.
Result<CacheLoaded> LoadedFrom(const SourceOperation& operation, std::string_view body);

/// The JSON of an entry: its value, or an object of `fields` (all of the operation's where empty), absent ones left
/// out.
std::string AnswerJson(const SourceOperation& operation, const CacheEntry& entry,
                       const std::vector<std::string>& fields);

/// The shape of a JSON value, without what stands in it: `{"a":number,"b":[text]}`. For structural invalidation.
/// Requires valid JSON.
std::string JsonShape(std::string_view json);

}  // namespace cairn
