#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// JSON has integers of any length, and what reads it here has 64 bits or a double. The text with `.0` behind each
/// integer that 64 bits do not hold: the same number, which is then read as a double. None where there is no such
/// integer. `json` need not be sound: what is no number stays as it is.
std::optional<std::string> WidenIntegers(std::string_view json);

}  // namespace cairn
