#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "obs/config.h"
#include "obs/config_key.h"

namespace cairn {

/// What stands outside `sources`, by its whole name: `cache.memory.bytes`.
const std::vector<ConfigKey<Config>>& ConfigKeys();

/// What stands in a source, an operation, a parameter and a field of an answer.
const std::vector<ConfigKey<SourceConfig>>& SourceKeys();
const std::vector<ConfigKey<OperationConfig>>& OperationKeys();
const std::vector<ConfigKey<ParameterConfig>>& ParameterKeys();
const std::vector<ConfigKey<FieldConfig>>& FieldKeys();

/// The variable that sets a key: `CAIRN_CACHE_MEMORY_BYTES`; those of the store keep the names they have.
std::string ConfigVariable(std::string_view name);

/// docs/config.md.
std::string ConfigMarkdown();

}  // namespace cairn
