#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "extract/extracted.h"
#include "extract/xmp_schema.h"

namespace cairn {

/// ExifTool's name of a property: `exif`, `PixelXDimension` is `ExifImageWidth`; others begin with a capital letter.
std::string XmpName(std::string_view prefix, std::string_view local);

/// Degrees of `54,59.38N` or `54,59,22.8N`, north and east positive; nothing where it is none.
std::optional<double> XmpDegrees(std::string_view text);

/// The value as ExifTool shows it: codes as words, quotients computed, times as Exif writes them.
FieldValue XmpValue(const XmpPath& path, std::string text);

/// The same for one that no packet holds; a day alone is a time too.
FieldValue XmpValue(std::string_view prefix, std::string_view local, std::string text);

}  // namespace cairn
