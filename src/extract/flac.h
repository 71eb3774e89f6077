#pragma once

#include "extract/byte_view.h"
#include "extract/extractor.h"

namespace cairn {

/// Reads FLAC's stream information (RFC 9639, section 8.2), 34 bytes.
void ReadFlacStreamInfo(ByteView block, Extracted& to);

}  // namespace cairn
