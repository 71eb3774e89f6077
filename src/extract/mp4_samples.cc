#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

void VendorId(std::string_view name, ByteView entry, Extracted& to) {
  if (entry.U32(20) != 0) to.Add(name, Mp4VendorName(entry.Part(20, 4)));
}

// Boxes after the fixed part of a sample entry, those within others too.
void Extensions(ByteView boxes, Mp4State& state) {
  std::uint64_t at = 0;
  std::uint64_t protected_end = 0;
  for (int count = 0; boxes.Has(at, 8) && count < 64; ++count) {
    const std::uint32_t size = boxes.U32(at);
    if (size < 8 || !boxes.Has(at, size)) return;
    const std::string_view type = boxes.Part(at + 4, 4);
    if (type == "sinf" || type == "pinf") protected_end = at + size;
    if (Mp4HoldsSampleBoxes(type)) {
      at += 8;  // its boxes follow, as if they stood beside it
      continue;
    }
    ReadMp4SampleBox(type, boxes.Sub(at + 8, size - 8), at < protected_end, state);
    ReadMp4SoundBox(type, boxes.Sub(at + 8, size - 8), state.sound);
    at += size;
  }
}

void Video(ByteView entry, Mp4State& state) {
  auto& to = state.to;
  to.Add("CompressorID", ToUtf8(entry.Part(4, 4)));
  VendorId("VendorID", entry, to);
  to.Add("SourceImageWidth", std::int64_t{entry.U16(32)});
  to.Add("SourceImageHeight", std::int64_t{entry.U16(34)});
  to.Add("XResolution", NumberValue(entry.U32(36) / 65536.0, 10));
  to.Add("YResolution", NumberValue(entry.U32(40) / 65536.0, 10));
  std::string_view name = entry.Part(50, 32);
  // The length stands first, but some write the text without it.
  if (!name.empty() && static_cast<std::uint8_t>(name[0]) < 32)
    name = name.substr(1, static_cast<std::uint8_t>(name[0]));
  name = BeforeNul(name);
  if (!name.empty()) to.Add("CompressorName", ToUtf8(name));
  to.Add("BitDepth", std::int64_t{entry.U16(82)});
  Extensions(entry.Sub(86), state);
}

void Audio(ByteView entry, Mp4State& state) {
  auto& to = state.to;
  to.Add("AudioFormat", ToUtf8(entry.Part(4, 4)));
  VendorId("AudioVendorID", entry, to);
  to.Add("AudioChannels", std::int64_t{entry.U16(24)});
  to.Add("AudioBitsPerSample", std::int64_t{entry.U16(26)});
  to.Add("AudioSampleRate", NumberValue(entry.U32(32) / 65536.0));
  const std::uint16_t version = entry.U16(16);
  Mp4Sound& sound = state.sound;
  sound = {};
  Extensions(entry.Sub(version == 0 ? 36 : version == 1 ? 52 : 72), state);
  // Many write what they like before the codec's own header.
  if (version == 2) {  // QuickTime File Format, Sound Sample Description (Version 2)
    const double rate = entry.F64(40);
    if (sound.channels == 0) sound.channels = entry.U32(48);
    if (sound.sample_rate == 0 && rate >= 1 && rate < 1e9) sound.sample_rate = static_cast<std::uint32_t>(rate);
  } else {
    if (sound.channels == 0) sound.channels = entry.U16(24);
    if (sound.sample_rate == 0) sound.sample_rate = entry.U16(32);
  }
  if (!to.core.channels && sound.channels != 0) to.core.channels = sound.channels;
  if (!to.core.sample_rate && sound.sample_rate != 0) to.core.sample_rate = sound.sample_rate;
}

std::string Codec(std::string_view format) {
  if (format == "mp4a") return "aac";
  if (format == "avc1" || format == "avc3") return "h264";
  if (format == "hvc1" || format == "hev1") return "h265";
  if (format == "mp4v") return "mpeg4";
  if (format == "av01") return "av1";
  if (format == "fLaC") return "flac";
  if (format == ".mp3") return "mp3";
  return ToUtf8(TrimEnd(format));
}

}  // namespace

void ReadMp4SampleDescription(ByteView box, Mp4State& state) {
  const ByteView entry = box.Sub(8, box.U32(8));
  if (entry.size() < 8) return;
  Mp4Track& track = state.track();
  track.format = entry.Part(4, 4);
  if (track.handler == "vide") {
    Video(entry, state);
    state.to.core.codec = Codec(track.format);
  } else if (track.handler == "soun") {
    Audio(entry, state);
    if (state.to.core.codec.empty())
      state.to.core.codec = state.sound.codec.empty() ? Codec(track.format) : state.sound.codec;
  } else if (track.handler == "meta" || track.handler == "mdta") {
    state.to.Add("MetaFormat", ToUtf8(entry.Part(4, 4)));
  } else {
    state.to.Add("OtherFormat", ToUtf8(entry.Part(4, 4)));
    if (track.format == "tmcd" && entry.U32(28) != 0)
      state.to.Add("PlaybackFrameRate", NumberValue(static_cast<double>(entry.U32(24)) / entry.U32(28), 10));
  }
}

void ReadMp4FrameRate(Mp4State& state) {
  Mp4Track& track = state.track();
  if (track.handler != "vide" || track.timescale == 0 || track.times.size < 8) return;
  constexpr std::uint64_t kEntriesMax = 65536;
  std::uint64_t frames = 0;
  std::uint64_t units = 0;
  const ByteView head(state.file.At(track.times.at, 8));
  const std::uint64_t count = std::min<std::uint64_t>({head.U32(4), kEntriesMax, (track.times.size - 8) / 8});
  const ByteView entries(state.file.At(track.times.at + 8, static_cast<std::size_t>(count * 8)));
  for (std::uint64_t i = 0; i < count; ++i) {
    frames += entries.U32(i * 8);
    units += std::uint64_t{entries.U32(i * 8)} * entries.U32(i * 8 + 4);
  }
  if (units == 0 || frames == 0) return;
  const double rate = static_cast<double>(frames) * track.timescale / static_cast<double>(units);
  state.to.Add("VideoFrameRate", NumberValue(std::floor(rate * 1000 + 0.5) / 1000));
  if (!state.to.core.frame_rate) state.to.core.frame_rate = std::floor(rate * 1000 + 0.5) / 1000;
}

}  // namespace cairn
