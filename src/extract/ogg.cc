#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/flac.h"
#include "extract/ogg_streams.h"
#include "extract/text.h"
#include "extract/vorbis_comment.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/ogg"sv, "audio/opus"sv, "video/ogg"sv};
constexpr std::array kFields = {"*"sv};
constexpr Code kColorSpaces[] = {{0, "Undefined"}, {1, "Rec. 470M"}, {2, "Rec. 470BG"}};
constexpr Code kPixelFormats[] = {{0, "4:2:0"}, {2, "4:2:2"}, {3, "4:4:4"}};

std::string Rate(std::int32_t bits) {
  if (bits < 1000) return fmt::format("{} bps", bits);
  const double scale = bits < 1'000'000 ? 1e3 : bits < 1'000'000'000 ? 1e6 : 1e9;
  const double shown = bits / scale;
  return (shown < 100 ? General(shown, 3) : fmt::format("{:.0f}", shown)) + (scale == 1e3   ? " kbps"
                                                                             : scale == 1e6 ? " Mbps"
                                                                                            : " Gbps");
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

// Theora I, section 6.2.
void Theora(ByteView packet, Extracted& to) {
  to.Add("TheoraVersion", fmt::format("{}.{}.{}", packet.U8(7), packet.U8(8), packet.U8(9)));
  to.Add("ImageWidth", std::int64_t{packet.U24(14)});
  to.Add("ImageHeight", std::int64_t{packet.U24(17)});
  to.Add("XOffset", std::int64_t{packet.U8(20)});
  to.Add("YOffset", std::int64_t{packet.U8(21)});
  if (packet.U32(26) != 0) to.core.frame_rate = static_cast<double>(packet.U32(22)) / packet.U32(26);
  if (to.core.frame_rate) to.Add("FrameRate", NumberValue(*to.core.frame_rate, 10));
  if (packet.U24(30) != 0 && packet.U24(33) != 0) {
    to.Add("PixelAspectRatio", fmt::format("{}:{}", packet.U24(30), packet.U24(33)));
  }
  to.Add("ColorSpace", CodeText(kColorSpaces, packet.U8(36)));
  const std::uint32_t bitrate = packet.U24(37);
  to.Add("NominalVideoBitrate", bitrate == 0 ? "Unspecified" : Rate(static_cast<std::int32_t>(bitrate)));
  to.Add("Quality", std::int64_t{packet.U8(40) >> 2U});
  to.Add("PixelFormat", CodeText(kPixelFormats, packet.U8(41) >> 3U & 3U));
  to.core.codec = "theora";
  to.core.width = packet.U24(14);
  to.core.height = packet.U24(17);
}

void Speex(ByteView packet, Extracted& to) {
  to.Add("SpeexVersion", ToUtf8(BeforeNul(packet.Part(8, 20))));
  to.Add("SampleRate", std::int64_t{packet.U32(36)});
  to.Add("AudioChannels", std::int64_t{packet.U32(48)});
  to.core.codec = "speex";
  to.core.sample_rate = packet.U32(36);
  to.core.channels = packet.U32(48);
}

// Frames up to the last: those up to its key frame, and those since (Theora I, appendix A.2.3).
std::uint64_t TheoraFrames(ByteView packet, std::uint64_t granule) {
  const unsigned shift = (packet.U8(40) & 3U) << 3U | packet.U8(41) >> 5U;
  return (granule >> shift) + (granule & ((std::uint64_t{1} << shift) - 1));
}

class Ogg final : public Extractor {
 public:
  Ogg() : Extractor({"ogg", 5, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 4) != "OggS")
      return Status(StatusCode::kInvalidArgument, "no Ogg file: its first page is missing");
    Extracted to(context.limits);
    to.type = context.type.empty() ? std::string(kTypes[0]) : context.type;
    const std::vector<OggStream> streams = ReadOggStreams(window, context, to);
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    bool is_known = false;
    for (const OggStream& stream : streams) is_known = Stream(stream, context, to) || is_known;
    if (!is_known) to.Warn("the streams are of kinds that are not known");
    if (!to.core.bitrate && to.core.duration && *to.core.duration > 0) {
      to.core.bitrate = BitRate(window.size(), *to.core.duration);
    }
    if (!window.status().ok()) return window.status();
    return to;
  }

 private:
  static void Lasts(double seconds, Extracted& to) {
    if (seconds > to.core.duration.value_or(0)) to.core.duration = seconds;
  }

  // False where the codec is not known. Of several streams the picture's codec is the file's.
  static bool Stream(const OggStream& stream, const ExtractContext& context, Extracted& to) {
    const ByteView first(stream.packets[0], std::endian::little);
    const std::string video = to.core.width ? to.core.codec : "";
    std::uint64_t samples = stream.granule;
    double rate = 0;
    std::string_view comment_mark;
    if (first.Is(0, "\x01vorbis")) {
      Vorbis(first, to);
      comment_mark = "\x03vorbis";
      rate = first.U32(12);
    } else if (first.Is(0, "OpusHead")) {
      Opus(first, to);
      comment_mark = "OpusTags";
      samples -= std::min<std::uint64_t>(samples, first.U16(10));
      rate = 48000;
    } else if (first.Is(0, "Speex   ")) {
      Speex(first, to);
      rate = first.U32(36);
    } else if (first.Is(0, "\x80theora")) {
      const ByteView head(stream.packets[0]);
      Theora(head, to);
      comment_mark = "\x81theora";
      samples = TheoraFrames(head, samples);
      rate = to.core.frame_rate.value_or(0);
    } else if (first.Is(0,
                        "\x7f"
                        "FLAC")) {
      const ByteView info(first.Part(17));
      ReadFlacStreamInfo(info, to);
      // Written as it came, a stream does not know its number of samples.
      const bool is_counted = (info.U64(10) & 0xfffffffff) != 0;
      if (!is_counted && to.core.sample_rate.value_or(0) > 0)
        Lasts(static_cast<double>(samples) / static_cast<double>(*to.core.sample_rate), to);
      FlacBlocks(stream, context, to);
    } else {
      return false;
    }
    // The length is known first, so that the last chapter has an end.
    if (rate > 0 && samples > 0) Lasts(static_cast<double>(samples) / rate, to);
    const bool has_comment = rate > 0 && stream.packets.size() > 1 && stream.packets[1].starts_with(comment_mark);
    if (has_comment) {
      ReadVorbisComment(std::string_view(stream.packets[1]).substr(comment_mark.size()), context, to);
    }
    if (!video.empty()) to.core.codec = video;
    return true;
  }

  // Each packet of a FLAC's head is one metadata block.
  static void FlacBlocks(const OggStream& stream, const ExtractContext& context, Extracted& to) {
    for (std::size_t i = 1; i < stream.packets.size() && stream.packets[i].size() > 4; ++i) {
      const std::string_view block = stream.packets[i];
      if ((block[0] & 127) == 4) ReadVorbisComment(block.substr(4), context, to);
      if ((block[0] & 127) == 6) ReadFlacPicture(block.substr(4), to);
    }
  }
};

}  // namespace

const Extractor& OggExtractor() {
  static const Ogg kOgg;
  return kOgg;
}

}  // namespace cairn
