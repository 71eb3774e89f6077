#pragma once

#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// Reads an ICC profile (ICC.1:2022, sections 7.2 and 9): its header and the tags that have words or few numbers.
void ReadIcc(std::string_view profile, Extracted& to);

}  // namespace cairn
