#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// One of the streams of an Ogg file (RFC 3533).
struct OggStream {
  std::uint32_t serial = 0;
  std::vector<std::string> packets;  ///< The first three; fewer where the stream or the limits end before.
  std::uint64_t granule = 0;         ///< Of its last page: what that counts is the codec's.
};

/// The streams that begin together, in the file's order.
std::vector<OggStream> ReadOggStreams(Window& window, const ExtractContext& context, Extracted& to);

}  // namespace cairn
