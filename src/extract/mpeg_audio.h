#pragma once

#include <cstdint>
#include <optional>

#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// A header of an MPEG audio frame: ISO 11172-3, section 2.4.1.3; ISO 13818-3; MPEG 2.5.
struct MpegHeader {
  int version = 1;  ///< 1, 2, or 25 for 2.5.
  int layer = 3;
  std::uint32_t bitrate = 0;      ///< Bits per second.
  std::uint32_t sample_rate = 0;  ///< Hertz.
  std::uint32_t frame_bytes = 0;
  std::uint32_t frame_samples = 0;
  std::uint32_t word = 0;
};
std::optional<MpegHeader> ParseMpegHeader(std::uint32_t word);

/// Finds the first frame from `begin` on and says what it says, with Xing's, LAME's and Fraunhofer's (VBRI) additions;
/// duration and bitrate by those, else by `end - begin`. A file without any frame is a warning.
void ReadMpegAudio(Window& from, std::uint64_t begin, std::uint64_t end, Extracted& to);

}  // namespace cairn
