#pragma once

#include <cstdint>
#include <string_view>

#include "extract/byte_view.h"
#include "extract/extractor.h"

namespace cairn {

/// One reading of an ID3v2 tag, shared by the readers of its frames.
struct Id3State {
  std::uint8_t version;  ///< 2, 3 or 4.
  const ExtractContext& context;
  Extracted& to;
};

/// Reads the content of one frame, unpacked: texts, addresses, comments, pictures, and what `ReadId3Value` reads.
void ReadId3Frame(std::string_view id, ByteView frame, Id3State& state);

/// Frames with a form of their own: counters, ratings, loudness, lyrics in time, private frames.
void ReadId3Value(std::string_view id, ByteView frame, Id3State& state);

}  // namespace cairn
