#pragma once

#include "extract/image_blocks.h"
#include "extract/window.h"

namespace cairn {

/// What programs append behind the end of a JPEG: AFCP (AXS File Concatenation Protocol), FotoStation's and Photo
/// Mechanic's records. Read from the end of the file backwards, as far as one stands before the other; IPTC within
/// goes to `blocks`. Each ends with a signature that no JPEG ends with.
void ReadJpegTrailers(Window& window, const ExtractContext& context, Extracted& to, ImageBlocks* blocks);

}  // namespace cairn
