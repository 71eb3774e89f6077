#pragma once

#include <string_view>
#include <vector>

#include "cairn/query.h"
#include "cairn/status.h"

namespace cairn {

/// Reads by what to group, as the command line has it: `target,day,payload.region`. `target`, `kind`, `run`, `minute`,
/// `hour`, `day`, `week` and `month` are keys; anything else is a path (`"day"` in quotes too).
/// Returns INVALID_ARGUMENT, with the column, where there is none or it cannot be read.
Result<std::vector<GroupBy>> ParseGroupBy(std::string_view text);

}  // namespace cairn
