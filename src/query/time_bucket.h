#pragma once

#include "cairn/query.h"
#include "cairn/time.h"

namespace cairn {

/// Whether facts are grouped by a span of time.
bool IsTimeBucket(GroupBy::Key key);

/// The first instant of the minute, hour, day, week (which begins on Monday) or month, in UTC, that `time` is in.
/// Requires `IsTimeBucket(key)` and a year from 1678 to 2261.
Timestamp BucketStart(GroupBy::Key key, Timestamp time);

}  // namespace cairn
