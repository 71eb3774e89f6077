#include <algorithm>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

// How long the samples last, each for its own time or all for the same.
double RunDuration(ByteView box, std::uint32_t sample_duration) {
  const std::uint32_t flags = box.U24(1);
  const std::uint32_t count = box.U32(4);
  if ((flags & 0x100) == 0) return static_cast<double>(count) * sample_duration;
  const std::uint64_t begin = 8U + ((flags & 1) != 0 ? 4U : 0U) + ((flags & 4) != 0 ? 4U : 0U);
  std::uint64_t sample_bytes = 4;
  for (const std::uint32_t flag : {0x200U, 0x400U, 0x800U}) sample_bytes += (flags & flag) != 0 ? 4 : 0;
  double duration = 0;
  std::uint64_t at = begin;
  for (std::uint32_t i = 0; i < count && box.Has(at, sample_bytes); ++i, at += sample_bytes) duration += box.U32(at);
  return duration;
}

}  // namespace

void ReadMp4Fragment(std::string_view type, ByteView box, Mp4State& state) {
  if (type == "mehd") {
    state.fragments_duration = box.U8(0) == 1 ? box.U64(4) : box.U32(4);
  } else if (type == "trex") {
    state.fragments[box.U32(4)].sample_duration = box.U32(12);
  } else if (type == "tfhd") {
    const std::uint32_t flags = box.U24(1);
    const std::uint64_t at = 8U + ((flags & 1) != 0 ? 8U : 0U) + ((flags & 2) != 0 ? 4U : 0U);
    state.fragment_track = box.U32(4);
    state.fragment_sample_duration =
        (flags & 8) != 0 ? box.U32(at) : state.fragments[state.fragment_track].sample_duration;
  } else {
    state.fragments[state.fragment_track].duration += RunDuration(box, state.fragment_sample_duration);
  }
}

void ReadMp4FragmentsDuration(Mp4State& state) {
  auto& duration = state.to.core.duration;
  if (duration) return;
  if (state.fragments_duration != 0 && state.timescale != 0) {
    duration = static_cast<double>(state.fragments_duration) / state.timescale;
    return;
  }
  double longest = 0;
  for (const auto& track : state.tracks) {
    const auto found = state.fragments.find(track.id);
    if (found == state.fragments.end() || track.timescale == 0) continue;
    longest = std::max(longest, found->second.duration / track.timescale);
  }
  if (longest > 0) duration = longest;
}

}  // namespace cairn
