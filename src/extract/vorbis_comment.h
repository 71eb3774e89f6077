#pragma once

#include <string_view>

#include "extract/extractor.h"

namespace cairn {

/// Reads a Vorbis comment (Vorbis I, section 5): vendor, then `NAME=value` pairs. Pictures and chapters
/// (`CHAPTER001=00:00:05.000`, `CHAPTER001NAME=...`) within are understood.
void ReadVorbisComment(std::string_view bytes, const ExtractContext& context, Extracted& to);

/// Reads a FLAC picture block (RFC 9639, section 8.8).
void ReadFlacPicture(std::string_view bytes, Extracted& to);

}  // namespace cairn
