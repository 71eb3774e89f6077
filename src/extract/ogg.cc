#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/flac.h"
#include "extract/text.h"
#include "extract/vorbis_comment.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/ogg"sv, "audio/opus"sv};
constexpr std::array kFields = {"*"sv};
constexpr std::size_t kPacketsMax = 3;
// How far from the end the last page is looked for; a page takes 65,307 bytes at most.
constexpr std::uint64_t kTailBytes = 128 * 1024;

std::string Rate(std::int32_t bits) {
  if (bits < 1000) return fmt::format("{} bps", bits);
  const double scale = bits < 1'000'000 ? 1e3 : bits < 1'000'000'000 ? 1e6 : 1e9;
  const double shown = bits / scale;
  return (shown < 100 ? General(shown, 3) : fmt::format("{:.0f}", shown)) + (scale == 1e3   ? " kbps"
                                                                             : scale == 1e6 ? " Mbps"
                                                                                            : " Gbps");
}

/// The first packets of the first stream: RFC 3533, section 6.
std::vector<std::string> Packets(Window& window, const ExtractContext& context, Extracted& to) {
  std::vector<std::string> packets(1);
  std::uint64_t at = 0;
  std::uint32_t serial = 0;
  std::uint64_t bytes = 0;
  for (std::size_t page = 0; page < 4096 && packets.size() <= kPacketsMax; ++page) {
    if (page % 64 == 63 && !context.KeepGoing().ok()) break;
    const std::string head(window.At(at, 27 + 255));
    const ByteView view(head, std::endian::little);
    if (!view.Is(0, "OggS") || view.size() < 27) break;
    if (page == 0) serial = view.U32(14);
    const std::uint8_t segments = view.U8(26);
    std::uint64_t data = at + 27 + segments;
    for (std::uint64_t i = 0; i < segments; ++i) {
      const std::uint8_t size = view.U8(27 + i);
      if (view.U32(14) == serial && packets.size() <= kPacketsMax && bytes < context.limits.bytes) {
        const std::string_view part = window.At(data, size);
        packets.back() += part;
        bytes += part.size();
        if (part.size() < size) to.Warn("the last page is cut off");
        if (size < 255) packets.emplace_back();
      }
      data += size;
    }
    at = data;
  }
  return packets;
}

// The last page's granule position: samples in all.
std::uint64_t LastGranule(Window& window) {
  const std::uint64_t from = window.size() > kTailBytes ? window.size() - kTailBytes : 0;
  const std::string_view tail = window.At(from, kTailBytes);
  const std::size_t page = tail.rfind("OggS");
  if (page == std::string_view::npos) return 0;
  const ByteView view(tail.substr(page), std::endian::little);
  const std::uint64_t granule = view.U64(6);
  return granule == ~std::uint64_t{0} ? 0 : granule;
}

void Vorbis(ByteView packet, Extracted& to) {
  to.Add("VorbisVersion", std::int64_t{packet.U32(7)});
  to.Add("AudioChannels", std::int64_t{packet.U8(11)});
  to.Add("SampleRate", std::int64_t{packet.U32(12)});
  if (packet.U32(16) != 0) to.Add("MaximumBitrate", Rate(packet.S32(16)));
  if (packet.U32(20) != 0) to.Add("NominalBitrate", Rate(packet.S32(20)));
  if (packet.U32(24) != 0) to.Add("MinimumBitrate", Rate(packet.S32(24)));
  to.core.codec = "vorbis";
  to.core.channels = packet.U8(11);
  to.core.sample_rate = packet.U32(12);
  if (packet.S32(20) > 0) to.core.bitrate = packet.S32(20);
}

void Opus(ByteView packet, Extracted& to) {
  to.Add("OpusVersion", std::int64_t{packet.U8(8)});
  to.Add("AudioChannels", std::int64_t{packet.U8(9)});
  to.Add("SampleRate", std::int64_t{packet.U32(12)});
  to.Add("OutputGain", NumberValue(std::pow(10.0, packet.S16(16) / 5120.0)));
  to.core.codec = "opus";
  to.core.channels = packet.U8(9);
  to.core.sample_rate = packet.U32(12);
}

class Ogg final : public Extractor {
 public:
  Ogg() : Extractor({"ogg", 3, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 4) != "OggS")
      return Status(StatusCode::kInvalidArgument, "no Ogg file: its first page is missing");
    Extracted to(context.limits);
    to.type = context.type.empty() ? std::string(kTypes[0]) : context.type;
    const std::vector<std::string> packets = Packets(window, context, to);
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    const ByteView first(packets[0], std::endian::little);
    // The length is known first, so that the last chapter has an end.
    const std::uint64_t samples = LastGranule(window);
    std::uint64_t skip = 0;
    std::string_view comment_mark;
    double rate = 0;
    if (first.Is(0, "\x01vorbis")) {
      Vorbis(first, to);
      comment_mark = "\x03vorbis";
      rate = first.U32(12);
    } else if (first.Is(0, "OpusHead")) {
      Opus(first, to);
      comment_mark = "OpusTags";
      skip = first.U16(10);
      rate = 48000;
    } else if (first.Is(0,
                        "\x7f"
                        "FLAC")) {
      ReadFlacStreamInfo(ByteView(first.Part(17)), to);
    } else if (first.Is(0, "Speex   ")) {
      to.core.codec = "speex";
      to.Add("SpeexVersion", ToUtf8(BeforeNul(first.Part(8, 20))));
      to.Add("SampleRate", std::int64_t{first.U32(36)});
      to.Add("AudioChannels", std::int64_t{first.U32(48)});
      to.core.sample_rate = first.U32(36);
      to.core.channels = first.U32(48);
      rate = first.U32(36);
    } else {
      to.Warn("the stream is of a kind that is not known");
    }
    if (rate > 0 && samples > skip) to.core.duration = static_cast<double>(samples - skip) / rate;
    if (packets.size() > 1) {
      const std::string_view second = packets[1];
      if (!comment_mark.empty() && second.starts_with(comment_mark))
        ReadVorbisComment(second.substr(comment_mark.size()), context, to);
      if (to.core.codec == "speex") ReadVorbisComment(second, context, to);
    }
    // Each packet of a FLAC's head is one metadata block.
    for (std::size_t i = 1; to.core.codec == "flac" && i < packets.size() && packets[i].size() > 4; ++i) {
      const std::string_view block = packets[i];
      if ((block[0] & 127) == 4) ReadVorbisComment(block.substr(4), context, to);
      if ((block[0] & 127) == 6) ReadFlacPicture(block.substr(4), to);
    }
    if (!to.core.bitrate && to.core.duration && *to.core.duration > 0) {
      to.core.bitrate = BitRate(window.size(), *to.core.duration);
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& OggExtractor() {
  static const Ogg kOgg;
  return kOgg;
}

}  // namespace cairn
