#pragma once

#include <cstdint>

#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// Reads what stands at the end of a file: an ID3v1 tag and, before it, its enhancement (TAG+), Lyrics3 and APE tags.
/// Returns where the first of them begins.
std::uint64_t ReadTagsAtEnd(Window& from, const ExtractContext& context, Extracted& to);

}  // namespace cairn
