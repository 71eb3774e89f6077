#pragma once

#include <string>
#include <string_view>

#include "extract/extractor.h"
#include "extract/image_blocks.h"

namespace cairn {

/// Reads a text chunk of a PNG (PNG third edition, section 11.3.3): `tEXt`, `zTXt` or `iTXt`. Metadata of other
/// formats that some programs write as text goes to `blocks`.
void ReadPngText(std::string_view chunk_type, std::string_view chunk, const ExtractContext& context, Extracted& to,
                 ImageBlocks* blocks);

}  // namespace cairn
