#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Text from outside as a terminal may show it: control characters, escape sequences, marks that turn the direction of
/// writing, invisible characters and bytes that are no UTF-8 are spelled out, `\u001b`, `\xff`. In JSON text that is
/// still the same JSON. With `keep_newlines` an end of line stays.
std::string Visible(std::string_view text, bool keep_newlines = false);

/// Columns that visible text takes: 2 for wide East Asian characters and emoji, 0 for marks that combine.
std::size_t DisplayWidth(std::string_view text);

/// Visible text cut to `width` columns, the last an ellipsis where something was cut.
std::string CutToWidth(std::string_view text, std::size_t width);

}  // namespace cairn
