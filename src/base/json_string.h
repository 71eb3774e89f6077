#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn {

/// Appends what the JSON escape at the beginning of `text` stands for, and returns how many bytes it took: a pair of
/// surrogates is one escape. Returns 0, appending nothing, where it is no escape. Half of a pair is U+FFFD.
std::size_t AppendUnescaped(std::string& out, std::string_view text);

/// The string whose inside, between the quotes, is `inside`. What is no escape stays as it is.
std::string UnescapeJson(std::string_view inside);

}  // namespace cairn
