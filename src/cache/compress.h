#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// zstd, level 1: a cache is read soon, or not at all.
std::string CompressValue(std::string_view raw);

/// Returns DATA_LOSS unless it is `raw_bytes` long and whole.
Result<std::string> DecompressValue(std::string_view packed, std::size_t raw_bytes);

}  // namespace cairn
