#include "obs/quantity.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace cairn {
namespace {

using std::chrono::milliseconds;

Status Bad(std::string_view text, std::string_view wanted) {
  return {StatusCode::kInvalidArgument, fmt::format("\"{}\" is not {}", text, wanted)};
}

// The digits at the beginning of `text`, which loses them.
bool TakeDigits(std::string_view& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array kUnits = {Unit{"w", 604'800'000}, Unit{"d", 86'400'000}, Unit{"h", 3'600'000},
                               Unit{"m", 60'000},      Unit{"s", 1000},       Unit{"ms", 1}};

}  // namespace

Result<std::uint64_t> ParseNumber(std::string_view text, std::uint64_t min, std::uint64_t max) {
  const std::string wanted = max == kNoMax ? fmt::format("a whole number of at least {}", min)
                                           : fmt::format("a whole number from {} to {}", min, max);
  std::string_view unit = text;
  std::uint64_t value = 0;
  if (!TakeDigits(unit, value)) return Bad(text, wanted);
  int shift = 0;
  if (unit == "k" || unit == "K" || unit == "KiB") {
    shift = 10;
  } else if (unit == "m" || unit == "M" || unit == "MiB") {
    shift = 20;
  } else if (unit == "g" || unit == "G" || unit == "GiB") {
    shift = 30;
  } else if (!unit.empty()) {
    return Bad(text, wanted);
  }
  if (value > kNoMax >> shift) return Bad(text, wanted);
  value <<= shift;
  if (value < min || value > max) return Bad(text, wanted);
  return value;
}

Result<bool> ParseSwitch(std::string_view text) {
  if (text == "on" || text == "true" || text == "yes") return true;
  if (text == "off" || text == "false" || text == "no") return false;
  return Bad(text, "on or off");
}

Result<milliseconds> ParseDuration(std::string_view text, milliseconds min, milliseconds max) {
  const std::string wanted = fmt::format("a duration from {} to {}, such as 250ms, 30s, 10m, 24h or 7d",
                                         FormatDuration(min), FormatDuration(max));
  std::string_view unit = text;
  std::uint64_t value = 0;
  if (!TakeDigits(unit, value)) return Bad(text, wanted);
  if (value == 0 && unit.empty() && min.count() <= 0) return milliseconds(0);
  for (const Unit& known : kUnits) {
    if (known.name != unit) continue;
    if (value > static_cast<std::uint64_t>(max.count() / known.ms)) return Bad(text, wanted);
    const milliseconds out(static_cast<std::int64_t>(value) * known.ms);
    if (out < min || out > max) return Bad(text, wanted);
    return out;
  }
  return Bad(text, wanted);
}

Result<double> ParseReal(std::string_view text, double min, double max) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  // Not written as a refusal of what is outside, so that NaN is refused as well.
  if (error == std::errc() && end == last && value >= min && value <= max) return value;
  return Bad(text, fmt::format("a number from {} to {}", min, max));
}

std::string FormatDuration(milliseconds duration) {
  if (duration.count() == 0) return "0";
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.ms == 0) return fmt::format("{}{}", duration.count() / unit.ms, unit.name);
  }
  return {};
}

std::string ShortDuration(std::chrono::nanoseconds time) {
  using namespace std::chrono;
  if (time < seconds(1)) return fmt::format("{}ms", duration_cast<milliseconds>(time).count());
  const auto s = duration_cast<seconds>(time).count();
  if (s < 60) return fmt::format("{}s", s);
  const auto two = [](std::int64_t whole, const char* unit, std::int64_t part, const char* part_unit) {
    return part == 0 ? fmt::format("{}{}", whole, unit) : fmt::format("{}{}{}{}", whole, unit, part, part_unit);
  };
  if (s < 3600) return two(s / 60, "m", s % 60, "s");
  if (s < 86'400) return two(s / 3600, "h", s % 3600 / 60, "m");
  return two(s / 86'400, "d", s % 86'400 / 3600, "h");
}

std::string FormatBytes(std::uint64_t bytes) {
  if (bytes != 0) {
    for (const auto& [shift, unit] : {std::pair{30, 'G'}, std::pair{20, 'M'}, std::pair{10, 'k'}}) {
      if (bytes % (std::uint64_t{1} << shift) == 0) return fmt::format("{}{}", bytes >> shift, unit);
    }
  }
  return std::to_string(bytes);
}

}  // namespace cairn
