#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "query/path.h"

namespace cairn {

/// An answer deeper than this is broken.
inline constexpr std::size_t kAnswerDepthMax = 256;

/// The JSON without blanks, its numbers as they were written. Returns DATA_LOSS for what is no JSON in UTF-8, is nested
/// too deep, or holds an integer that 64 bits do not.
Result<std::string> MinifiedJson(std::string_view json);

/// The same, picked apart: for each path its JSON, or nothing where it leads nowhere.
Result<std::vector<std::optional<std::string>>> PickJson(std::string_view json, const std::vector<Path>& paths);

/// Reads a path into an answer: as `Path`, or from an index where the answer is a list (`[0].asin`).
Result<Path> ParseAnswerPath(std::string_view text);

}  // namespace cairn
