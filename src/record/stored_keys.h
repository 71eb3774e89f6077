#pragma once

#include <string_view>

#include "base/arena.h"
#include "record/statements.h"

namespace cairn {

/// Reads the keys of a plain record of the log, whose JSON was checked when it came, stepping over the rest without
/// parsing it: a third of what parsing costs. The views point into `json`, or into `arena` where there were escapes.
/// False, with `out` undefined, for whatever is not of the usual shape (an event, a relational target, damage): the
/// caller parses it.
bool ReadStoredKeys(std::string_view json, Arena& arena, ParsedRecord* out);

}  // namespace cairn
