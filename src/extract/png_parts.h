#pragma once

#include <string_view>

#include "extract/byte_view.h"
#include "extract/extracted.h"

namespace cairn {

/// Reads the smaller chunks of a PNG (PNG third edition, section 11.3; its extensions; Apple's `iDOT`; ImageMagick's
/// `vpAg`). `palette` says that the picture's colours are indexes.
void ReadPngPart(std::string_view type, ByteView chunk, bool palette, Extracted& to);

}  // namespace cairn
