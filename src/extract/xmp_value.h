#pragma once

#include <string>
#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// ExifTool's name of a property: `exif`, `PixelXDimension` is `ExifImageWidth`; others begin with a capital letter.
std::string XmpName(std::string_view prefix, std::string_view local);

/// The value as ExifTool shows it: codes as words, quotients computed, times as Exif writes them.
FieldValue XmpValue(std::string_view prefix, std::string_view name, std::string text);

}  // namespace cairn
