#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// An instant: nanoseconds since 1970-01-01T00:00:00 UTC in 64 bits, so from 1677-09-21 to 2262-04-11. Years outside
/// 1678 to 2261 are refused where text is read, so that sums near the edge cannot wrap.
struct Timestamp {
  std::int64_t ns = 0;

  static constexpr Timestamp Min() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp Max() { return {std::numeric_limits<std::int64_t>::max()}; }

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

/// Reads RFC 3339 text as producers send it: `2026-01-10T05:00:00.123Z`. The zone may be `Z`, `+10:00`, `+1000`, `+10`
/// or absent (UTC, as OpenLineage clients mean it), and behind it its name as in RFC 9557 (`[Europe/Berlin]`); `T` may
/// be a space; seconds and fraction may be absent; digits past the ninth of a fraction are dropped. A date alone is its
/// first instant. Returns INVALID_ARGUMENT for other text, OUT_OF_RANGE for a year outside 1678 to 2261.
Result<Timestamp> ParseTimestamp(std::string_view text);

/// RFC 3339 in UTC with as many fraction digits as are needed, none, 3, 6 or 9: `2026-01-10T05:00:00.123Z`.
std::string FormatTimestamp(Timestamp time);

/// RFC 3339 in UTC with nine fraction digits: always `kFixedTimestampBytes` characters. What the log writes.
std::string FormatTimestampFixed(Timestamp time);
inline constexpr std::size_t kFixedTimestampBytes = 30;

}  // namespace cairn
