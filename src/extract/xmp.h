#pragma once

#include <string_view>

#include "extract/extractor.h"

namespace cairn {

/// Reads an XMP packet (ISO 16684-1): every property, structures flattened as ExifTool names them
/// (`HistoryAction`), alternatives by language (`Title`, `Title-de`), and what the common core lacks yet.
/// A packet that is no XML is a warning.
void ReadXmp(std::string_view packet, const ExtractContext& context, Extracted& to);

}  // namespace cairn
