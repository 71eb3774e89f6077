#pragma once

#include <string_view>

#include "extract/byte_view.h"
#include "extract/extractor.h"

namespace cairn {

/// What the streams of an AVI told so far: `strf` means what the `strh` before it said.
struct AviStreams {
  std::string kind;  ///< `vids` or `auds`.
};

/// Reads a chunk of WebP (RFC 9649).
void ReadWebpChunk(std::string_view type, ByteView chunk, Extracted& to);
/// Reads the wave format of a stream.
void ReadWaveFormat(ByteView chunk, Extracted& to);
/// Reads `avih` and `strh` (AVI RIFF File Reference).
void ReadAviHeader(ByteView chunk, Extracted& to);
void ReadAviStream(ByteView chunk, AviStreams* streams, Extracted& to);
/// Reads an entry of a `LIST INFO`: a text.
void ReadRiffInfo(std::string_view type, std::string_view text, Extracted& to);

}  // namespace cairn
