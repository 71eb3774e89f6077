#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// The values that settings take, as a person writes them. Each `Parse` returns INVALID_ARGUMENT for other text, saying
/// what is expected.

inline constexpr std::uint64_t kNoMax = std::numeric_limits<std::uint64_t>::max();

/// A whole number within bounds, with `k`, `M` or `G` (also `KiB` and so on) behind it for powers of 1024.
Result<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t min, std::uint64_t max = kNoMax);

/// `on`, `true`, `yes`, or `off`, `false`, `no`.
Result<bool> ParseSwitch(std::string_view text);

/// A whole number with its unit, `ms`, `s`, `m`, `h`, `d` or `w`: `250ms`, `24h`. `0` needs none.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text, std::chrono::milliseconds min,
                                                std::chrono::milliseconds max);

/// A number with a point or without, within bounds: `0.5`.
Result<double> ParseReal(std::string_view text, double min, double max);

/// In the greatest unit that leaves a whole number: what `ParseDuration` reads back.
std::string FormatDuration(std::chrono::milliseconds duration);

/// The same for bytes: `64M`, `1500`.
std::string FormatBytes(std::uint64_t bytes);

/// For a person, in two units at most: `850ms`, `12s`, `4m12s`, `3h5m`, `2d4h`.
std::string ShortDuration(std::chrono::nanoseconds time);

}  // namespace cairn
