#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Appends `text` as a JSON string, quotes included. What is no valid UTF-8 in it is replaced by U+FFFD: callers that
/// must keep such bytes check first.
void AppendJsonString(std::string& out, std::string_view text);

std::string JsonString(std::string_view text);

/// Whether the bytes are valid UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace cairn
