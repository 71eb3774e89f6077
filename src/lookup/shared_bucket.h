#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.h"
#include "obs/source_config.h"
#include "produce/token_bucket.h"

namespace cairn {

/// The bucket of a source, kept at `location` with all processes of the host; null where it has no rate. Where that
/// folder cannot be used (none, full, on a network file system) the bucket is this process's own, and `log` is told.
std::unique_ptr<TokenBucket> SharedBucket(const SourceConfig& source, FileSystem& files, const std::string& location,
                                          const std::function<void(std::string_view)>& log);

}  // namespace cairn
