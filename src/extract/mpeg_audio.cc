#include "extract/mpeg_audio.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::array<std::array<std::uint16_t, 15>, 5> kBitrates = {{
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},  // 1, layer 1
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},     // 1, layer 2
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},      // 1, layer 3
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},     // 2, layer 1
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},          // 2, layers 2 and 3
}};
constexpr std::array<std::uint32_t, 3> kRates = {44100, 48000, 32000};
constexpr std::array<std::string_view, 4> kModes = {"Stereo", "Joint Stereo", "Dual Channel", "Single Channel"};
constexpr std::array<std::string_view, 4> kEmphases = {"None", "50/15 ms", "reserved", "CCIT J.17"};
constexpr std::array<std::string_view, 16> kMethods = {
    "Unknown (0)",  "CBR",          "ABR",          "VBR (old/rh)", "VBR (new/mtrh)", "VBR (old/rh)",
    "VBR",          "Unknown (7)",  "CBR (2-pass)", "ABR (2-pass)", "Unknown (10)",   "Unknown (11)",
    "Unknown (12)", "Unknown (13)", "Unknown (14)", "Unknown (15)"};
constexpr std::array<std::string_view, 8> kStereo = {
    "Mono", "Stereo", "Dual Channels", "Joint Stereo", "Forced Joint Stereo", "Auto", "Intensity Stereo", "Other"};
// Longer leading junk is no music.
constexpr std::uint64_t kSearchBytes = 256 * 1024;

std::string Rate(std::uint32_t bits) {
  if (bits < 1000) return fmt::format("{} bps", bits);
  return General(bits / 1000.0, 3) + " kbps";
}

void Lame(ByteView lame, std::uint32_t scale, Extracted& to) {
  // Before 3.90 LAME wrote a longer name and nothing behind it.
  const bool old = lame.Is(0, "LAME3.") && !lame.Is(6, "100") && lame.U8(6) >= '0' && lame.U8(6) < '9';
  const bool named = !lame.Is(0, "MPGE");
  const std::string_view encoder = named ? TrimEnd(BeforeNul(lame.Part(0, old ? 20 : 9))) : "Gogo (<3.0)";
  if (!encoder.empty()) to.Add("Encoder", ToUtf8(encoder));
  if (old) return;
  if (!lame.Is(0, "LAME") || lame.size() < 24) return;
  if (scale <= 100) {
    to.Add("LameVBRQuality", std::int64_t{(100 - scale) / 10});
    to.Add("LameQuality", std::int64_t{(100 - scale) % 10});
  }
  to.Add("LameMethod", std::string(kMethods[lame.U8(9) & 15U]));
  to.Add("LameLowPassFilter", General(lame.U8(10) / 10.0, 6) + " kHz");
  to.Add("LameBitrate", Rate(lame.U8(20) * 1000U));
  to.Add("LameStereoMode", std::string(kStereo[lame.U8(24) >> 2 & 7U]));
}

// Xing's header stands where the side information would.
std::uint64_t XingAt(const MpegHeader& header) {
  const bool mono = (header.word >> 6 & 3) == 3;
  return header.version == 1 ? (mono ? 21 : 36) : (mono ? 13 : 21);
}
// Fraunhofer's stands at the same place in all frames.
constexpr std::uint64_t kVbriAt = 36;

// Whether the frame is no sound, but tells of what follows.
bool HoldsHeader(ByteView frame, const MpegHeader& header) {
  return header.layer == 3 &&
         (frame.Is(XingAt(header), "Xing") || frame.Is(XingAt(header), "Info") || frame.Is(kVbriAt, "VBRI"));
}

}  // namespace

std::optional<MpegHeader> ParseMpegHeader(std::uint32_t word) {
  if ((word & 0xffe00000) != 0xffe00000) return std::nullopt;
  const std::uint32_t version = word >> 19 & 3;
  const std::uint32_t layer = word >> 17 & 3;
  const std::uint32_t rate = word >> 12 & 15;
  const std::uint32_t hertz = word >> 10 & 3;
  if (version == 1 || layer == 0 || rate == 0 || rate == 15 || hertz == 3 || (word & 3) == 2) return std::nullopt;
  MpegHeader out;
  out.word = word;
  out.version = version == 3 ? 1 : version == 2 ? 2 : 25;
  out.layer = static_cast<int>(4 - layer);
  const std::size_t row = version == 3 ? static_cast<std::size_t>(out.layer) - 1 : out.layer == 1 ? 3 : 4;
  out.bitrate = kBitrates[row][rate] * 1000U;
  out.sample_rate = kRates[hertz] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  out.frame_samples = out.layer == 1 ? 384 : out.layer == 3 && version != 3 ? 576 : 1152;
  const std::uint32_t padding = word >> 9 & 1;
  out.frame_bytes = out.layer == 1 ? (12 * out.bitrate / out.sample_rate + padding) * 4
                                   : out.frame_samples / 8 * out.bitrate / out.sample_rate + padding;
  return out;
}

void ReadMpegAudio(Window& from, std::uint64_t begin, std::uint64_t end, Extracted& to) {
  const std::uint64_t last = std::min(end, begin + kSearchBytes);
  std::uint64_t at = begin;
  std::optional<MpegHeader> header;
  while (at + 4 <= last) {
    // Steps over whole blocks, as junk may be long.
    const std::string block(from.At(at, 4096));
    const std::size_t sync = block.find('\xff');
    if (sync == std::string::npos || sync + 4 > block.size()) {
      if (block.size() < 4) break;
      at += sync == std::string::npos ? block.size() : std::max<std::size_t>(sync, 1);
      continue;
    }
    at += sync;
    header = ParseMpegHeader(ByteView(block).U32(sync));
    if (header) {
      if (HoldsHeader(ByteView(from.At(at, kVbriAt + 4)), *header)) break;
      // One header may be chance, two of one kind are not.
      const std::uint64_t next_at = at + header->frame_bytes;
      const auto next = ParseMpegHeader(ByteView(from.At(next_at, 4)).U32(0));
      if (next_at >= end || (next && next->version == header->version && next->layer == header->layer &&
                             next->sample_rate == header->sample_rate))
        break;
      if (at == begin && from.At(next_at, 4).size() < 4) break;
      header.reset();
    }
    ++at;
  }
  if (!header) return to.Warn("no MPEG audio frame was found");
  const std::uint32_t word = header->word;
  const std::uint32_t mode = word >> 6 & 3;
  if (header->version == 25) {
    to.Add("MPEGAudioVersion", 2.5);
  } else {
    to.Add("MPEGAudioVersion", std::int64_t{header->version});
  }
  to.Add("AudioLayer", std::int64_t{header->layer});
  to.Add("AudioBitrate", Rate(header->bitrate));
  to.Add("SampleRate", std::int64_t{header->sample_rate});
  to.Add("ChannelMode", std::string(kModes[mode]));
  if (header->layer == 3) {
    to.Add("MSStereo", std::string((word & 0x20) != 0 ? "On" : "Off"));
    to.Add("IntensityStereo", std::string((word & 0x10) != 0 ? "On" : "Off"));
  } else {
    constexpr std::array<std::string_view, 4> kBands = {"Bands 4-31", "Bands 8-31", "Bands 12-31", "Bands 16-31"};
    to.Add("ModeExtension", std::string(kBands[word >> 4 & 3]));
  }
  to.Add("CopyrightFlag", std::string((word & 8) != 0 ? "True" : "False"));
  to.Add("OriginalMedia", std::string((word & 4) != 0 ? "True" : "False"));
  to.Add("Emphasis", std::string(kEmphases[word & 3]));
  auto& core = to.core;
  core.codec = fmt::format("mp{}", header->layer);
  core.sample_rate = header->sample_rate;
  core.channels = mode == 3 ? 1 : 2;
  core.bitrate = header->bitrate;
  if (header->bitrate != 0) core.duration = static_cast<double>(end - at) * 8 / header->bitrate;
  const auto last_as = [&](std::uint64_t frames, std::uint64_t bytes) {
    if (frames == 0) return;
    core.duration = static_cast<double>(frames) * header->frame_samples / header->sample_rate;
    core.bitrate = BitRate(bytes, *core.duration);
  };
  const ByteView vbri(from.At(at + kVbriAt, 18));
  if (header->layer == 3 && vbri.Is(0, "VBRI")) return last_as(vbri.U32(14), vbri.U32(10));
  const ByteView xing(from.At(at + XingAt(*header), 200));
  if (!xing.Is(0, "Xing") && !xing.Is(0, "Info")) return;
  const std::uint32_t flags = xing.U32(4);
  std::uint64_t field = 8;
  std::uint64_t frames = 0;
  std::uint64_t bytes = end - at;
  std::uint32_t scale = 101;
  const bool variable = xing.Is(0, "Xing");
  if ((flags & 1) != 0) {
    frames = xing.U32(field);
    if (variable) to.Add("VBRFrames", static_cast<std::int64_t>(frames));
    field += 4;
  }
  if ((flags & 2) != 0) {
    bytes = xing.U32(field);
    if (variable) to.Add("VBRBytes", static_cast<std::int64_t>(bytes));
    field += 4;
  }
  if ((flags & 4) != 0) field += 100;
  if ((flags & 8) != 0) {
    scale = xing.U32(field);
    if (variable) to.Add("VBRScale", std::int64_t{scale});
    field += 4;
  }
  Lame(xing.Sub(field), scale, to);
  last_as(frames, bytes);
}

}  // namespace cairn
