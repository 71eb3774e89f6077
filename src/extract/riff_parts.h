#pragma once

#include <string>
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
/// The time of an `IDIT` chunk as `2003:03:10 15:04:43`: cameras write it in several ways. What is none stays as it is.
std::string AviTime(std::string_view text);
/// Reads a chunk of a sound file beside its format: Broadcast Wave (EBU Tech 3285), sampler, loops, cue points and
/// their labels, Exif's list. `list` is the list that it stands in. What it does not know it leaves.
/// `chunk` may be the beginning only of its `bytes`.
void ReadSoundChunk(std::string_view list, std::string_view type, ByteView chunk, std::uint64_t bytes, Extracted& to);
/// Reads `ds64` (EBU Tech 3306).
void ReadDataSize64(ByteView chunk, Extracted& to);
/// Reads a chunk that is to be skipped, which some programs write their name into.
void ReadJunk(std::string_view bytes, Extracted& to);
/// Reads an entry of a `LIST INFO`: a text.
void ReadRiffInfo(std::string_view type, std::string_view text, Extracted& to);

}  // namespace cairn
