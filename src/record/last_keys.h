#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Minified JSON in which no object has a key twice: of several members with one key the last is left, as the readers
/// of most languages take it. Keys are compared with their escapes resolved. `json` is sound; the cost is linear in its
/// size but for sorting the keys of each object.
std::string KeepLastKeys(std::string_view json);

}  // namespace cairn
