#pragma once

#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// Reads what Microsoft Office says of a document that it saved as HTML: the element `o:DocumentProperties`, within a
/// comment. What the page itself says comes first in the common core.
void ReadHtmlOffice(std::string_view html, Extracted& to);

}  // namespace cairn
