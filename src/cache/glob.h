#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Whether a glob means all of a text: `*` any bytes, `?` one byte, `[a-z]` one of these, `[!a-z]` one of the others.
/// Takes time proportional to both lengths at worst, so that no glob can be made to hang it.
bool GlobMatches(std::string_view glob, std::string_view text);

/// What every text that it means begins with.
std::string_view GlobPrefix(std::string_view glob);

/// The glob that means all that begin with `prefix`.
std::string GlobOfPrefix(std::string_view prefix);

/// Returns empty where a glob is sound, otherwise what is wrong: `the bracket at byte 3 is not closed`.
std::string GlobFault(std::string_view glob);

}  // namespace cairn
