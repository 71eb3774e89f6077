#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// Those of `words` that `typed` may be a misspelling of, the nearest first, at most `limit`: case apart, no more than
/// a third of the letters (and at least one) wrong, missing, too many or changed with their neighbour.
std::vector<std::string> Nearest(std::string_view typed, std::span<const std::string> words, std::size_t limit);

}  // namespace cairn
