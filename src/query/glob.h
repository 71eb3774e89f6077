#pragma once

#include <string_view>

namespace cairn {

/// Whether the whole of `text` is what `pattern` describes: `*` is any run of characters, none too, `?` is one
/// character (a UTF-8 code point; a byte that is no UTF-8 counts as one), any other character is itself.
/// Takes at most |pattern| * |text| steps, whatever the pattern.
bool GlobMatch(std::string_view pattern, std::string_view text);

}  // namespace cairn
