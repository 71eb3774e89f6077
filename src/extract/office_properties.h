#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "extract/extractor.h"

namespace cairn {

/// Reads a part of a document's properties in Office Open XML (ECMA-376-1, section 22.2; ECMA-376-2, section 8):
/// `app.xml`, `core.xml` or `custom.xml`. XML that is damaged is a warning.
void ReadOfficeProperties(std::string_view xml, const ExtractContext& context, Extracted& to);

/// `13 minutes`, `1.5 hours` of minutes of editing.
std::string EditTimeText(double minutes);

/// Words between commas or semicolons.
std::vector<std::string> SplitKeywords(std::string_view text);

}  // namespace cairn
