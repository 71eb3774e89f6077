#pragma once

#include "cairn/cache_options.h"
#include "cairn/status.h"

namespace cairn {

/// Returns INVALID_ARGUMENT for an option outside its bounds, with the bounds.
Status CheckCacheOptions(const CacheOptions& options);

}  // namespace cairn
