#pragma once

#include <string_view>

namespace cairn {

/// Whether the word stands somewhere in the text. `std::string_view::find` stops at each place of the word's first
/// letter, of which JSON has many; this compares two letters at 16 places at once.
bool Contains(std::string_view text, std::string_view word);

/// Whether the word may stand in a JSON text: as it is written, or with letters spelled by their numbers (`\u0061`).
bool JsonMayContain(std::string_view json, std::string_view word);

}  // namespace cairn
