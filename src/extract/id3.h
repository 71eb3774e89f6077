#pragma once

#include <cstdint>
#include <string_view>

#include "extract/byte_view.h"
#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// How many bytes the ID3v2 tag takes whose first ten bytes these are, with header and footer; 0 where there is none.
std::uint64_t Id3Bytes(ByteView head);

/// Reads an ID3v2 tag (2.2, 2.3 and 2.4) with chapters (ID3v2 Chapter Frame Addendum 1.0) that stands at `at`, and
/// returns how many bytes it takes with its header; 0 where there is none.
std::uint64_t ReadId3(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to);

}  // namespace cairn
