#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Appends `text` as a JSON string, quotes included. What is no valid UTF-8 in it is replaced by U+FFFD: callers that
/// must keep such bytes check first.
void AppendJsonString(std::string& out, std::string_view text);

/// The same to `out`, which has room for `JsonStringBytesMax(text.size())`. Returns where it ends.
char* WriteJsonString(char* out, std::string_view text);
constexpr std::size_t JsonStringBytesMax(std::size_t text_bytes) { return 6 * text_bytes + 2; }

std::string JsonString(std::string_view text);

/// Whether the bytes are valid UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace cairn
