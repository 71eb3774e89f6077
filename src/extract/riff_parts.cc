#include "extract/riff_parts.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/text.h"
#include "extract/wave_encodings.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 4> kFilters = {"none", "Horizontal", "Vertical", "Gradient"};
constexpr std::array<std::string_view, 4> kVersions = {
    "0 (bicubic reconstruction, normal loop)", "1 (bilinear reconstruction, simple loop)",
    "2 (bilinear reconstruction, no loop)", "3 (no reconstruction, no loop)"};

void Size(std::int64_t width, std::int64_t height, Extracted& to) {
  to.Add("ImageWidth", width);
  to.Add("ImageHeight", height);
  if (to.core.width) return;
  to.core.width = width;
  to.core.height = height;
}

std::string_view KindWords(std::string_view kind) {
  if (kind == "vids") return "Video";
  if (kind == "auds") return "Audio";
  if (kind == "txts") return "Text";
  if (kind == "mids") return "MIDI";
  if (kind == "iavs") return "Interleaved Audio+Video";
  return "";
}

std::string Codec(std::uint16_t encoding) {
  if (encoding == 1 || encoding == 3 || encoding == 0xfffe) return "pcm";
  if (encoding == 0x55) return "mp3";
  if (encoding == 0xff) return "aac";
  if (encoding == 0x2000) return "ac3";
  return fmt::format("0x{:x}", encoding);
}

}  // namespace

void ReadWebpChunk(std::string_view type, ByteView chunk, Extracted& to) {
  if (type == "VP8 ") {
    if (!chunk.Is(3, "\x9d\x01\x2a")) return to.Warn("the VP8 frame has no start code");
    to.Add("VP8Version", std::string(kVersions[chunk.U8(0) >> 1 & 3U]));
    to.Add("HorizontalScale", std::int64_t{chunk.U16(6) >> 14});
    to.Add("VerticalScale", std::int64_t{chunk.U16(8) >> 14});
    Size(chunk.U16(6) & 0x3fff, chunk.U16(8) & 0x3fff, to);
  } else if (type == "VP8L") {
    const std::uint32_t bits = chunk.U32(1);
    Size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, to);
  } else if (type == "VP8X") {
    constexpr std::array<std::string_view, 6> kFlags = {"[0]", "Animation", "XMP", "EXIF", "Alpha", "ICC Profile"};
    std::string flags;
    for (std::size_t bit = 1; bit < kFlags.size(); ++bit) {
      if ((chunk.U8(0) >> bit & 1) != 0) flags += (flags.empty() ? "" : ", ") + std::string(kFlags[bit]);
    }
    to.Add("WebP_Flags", flags.empty() ? "(none)" : flags);
    Size(std::int64_t{chunk.U24(4)} + 1, std::int64_t{chunk.U24(7)} + 1, to);
  } else if (type == "ALPH") {
    const std::uint8_t flags = chunk.U8(0);
    to.Add("AlphaPreprocessing", std::string((flags >> 4 & 3) == 1 ? "Level Reduction" : "none"));
    to.Add("AlphaFiltering", std::string(kFilters[flags >> 2 & 3U]));
    to.Add("AlphaCompression", std::string((flags & 3) == 1 ? "Lossless" : "none"));
  } else if (type == "ANIM") {
    to.Add("BackgroundColor", fmt::format("{} {} {} {}", chunk.U8(0), chunk.U8(1), chunk.U8(2), chunk.U8(3)));
    if (chunk.U16(4) == 0) return to.Add("AnimationLoopCount", std::string("inf"));
    to.Add("AnimationLoopCount", std::int64_t{chunk.U16(4)});
  }
}

void ReadWaveFormat(ByteView chunk, Extracted& to) {
  const std::string_view encoding = WaveEncoding(chunk.U16(0));
  to.Add("Encoding", encoding.empty() ? fmt::format("Unknown (0x{:x})", chunk.U16(0)) : std::string(encoding));
  to.Add("NumChannels", std::int64_t{chunk.U16(2)});
  to.Add("SampleRate", std::int64_t{chunk.U32(4)});
  to.Add("AvgBytesPerSec", std::int64_t{chunk.U32(8)});
  if (chunk.Has(14, 2)) to.Add("BitsPerSample", std::int64_t{chunk.U16(14)});
  to.core.channels = chunk.U16(2);
  to.core.sample_rate = chunk.U32(4);
  if (chunk.U32(8) > 0 && to.type == "audio/x-wav") to.core.bitrate = std::int64_t{chunk.U32(8)} * 8;
  if (to.core.codec.empty()) to.core.codec = Codec(chunk.U16(0));
}

void ReadAviHeader(ByteView chunk, Extracted& to) {
  const double rate = chunk.U32(0) == 0 ? 0 : std::floor(1e6 / chunk.U32(0) * 1000 + 0.5) / 1000;
  to.Add("FrameRate", NumberValue(rate));
  to.Add("MaxDataRate", fmt::format("{} kB/s", General(chunk.U32(4) / 1024.0, 4)));
  to.Add("FrameCount", std::int64_t{chunk.U32(16)});
  to.Add("StreamCount", std::int64_t{chunk.U32(24)});
  Size(chunk.U32(32), chunk.U32(36), to);
  if (rate > 0) {
    to.core.frame_rate = rate;
    to.core.duration = chunk.U32(16) / rate;
  }
}

void ReadAviStream(ByteView chunk, AviStreams* streams, Extracted& to) {
  streams->kind = chunk.Part(0, 4);
  const std::string codec = ToUtf8(TrimEnd(BeforeNul(chunk.Part(4, 4))));
  const double rate = chunk.U32(20) == 0 ? 0 : static_cast<double>(chunk.U32(24)) / chunk.U32(20);
  const bool video = streams->kind == "vids";
  const std::string_view kind = video ? "Video" : streams->kind == "auds" ? "Audio" : "Stream";
  const std::string_view type = KindWords(streams->kind);
  to.Add("StreamType", type.empty() ? fmt::format("Unknown ({})", ToUtf8(streams->kind)) : std::string(type));
  to.Add(kind == "Stream" ? "Codec" : fmt::format("{}Codec", kind), codec);
  const double scale = video ? 1000 : 100;
  to.Add(fmt::format("{}{}", kind, video ? "FrameRate" : "SampleRate"),
         NumberValue(std::floor(rate * scale + 0.5) / scale));
  to.Add(fmt::format("{}{}", kind, video ? "FrameCount" : "SampleCount"), std::int64_t{chunk.U32(32)});
  to.Add("Quality",
         chunk.U32(40) == 0xffffffff ? FieldValue(std::string("Default")) : FieldValue(std::int64_t{chunk.U32(40)}));
  to.Add("SampleSize", chunk.U32(44) == 0 ? std::string("Variable")
                                          : fmt::format("{} byte{}", chunk.U32(44), chunk.U32(44) == 1 ? "" : "s"));
  if (!video) return;
  to.core.codec = codec;
  if (rate > 0) {
    to.core.frame_rate = rate;
    to.core.duration = chunk.U32(32) / rate;
  }
}

}  // namespace cairn
