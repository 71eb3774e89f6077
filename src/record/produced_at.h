#pragma once

#include <string_view>

#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// The time of a record of the log, which has 64 readable bytes behind it. Returns DATA_LOSS where it has none.
Result<Timestamp> ProducedAt(std::string_view record);

}  // namespace cairn
