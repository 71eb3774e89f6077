#include "extract/flac.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "extract/extractors.h"
#include "extract/id3.h"
#include "extract/id3_end.h"
#include "extract/text.h"
#include "extract/vorbis_comment.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/flac"sv};
constexpr std::array kFields = {"*"sv};

class Flac final : public Extractor {
 public:
  Flac() : Extractor({"flac", 5, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    Extracted to(context.limits);
    to.type = kTypes[0];
    std::uint64_t at = Id3Bytes(ByteView(window.At(0, 10)));
    if (window.At(at, 4) != "fLaC") return Status(StatusCode::kInvalidArgument, "no FLAC: its signature is missing");
    at += 4;
    bool last = false;
    for (int count = 0; !last && count < 1024; ++count) {
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      const ByteView head(window.At(at, 4));
      const std::uint32_t size = head.U24(1);
      const std::uint8_t type = head.U8(0) & 127U;
      last = (head.U8(0) & 128U) != 0;
      if (head.size() < 4 || !window.Has(at + 4, size)) {
        to.Warn(fmt::format("the metadata block at byte {} is cut off", at));
        break;
      }
      if (type == 0 || type == 4 || type == 6) {
        const std::string_view block = window.At(at + 4, size);
        if (type == 0) ReadFlacStreamInfo(ByteView(block), to);
        if (type == 4) ReadVorbisComment(block, context, to);
        if (type == 6) ReadFlacPicture(block, to);
      }
      at += 4 + std::uint64_t{size};
    }
    // ID3 before the FLAC and at its end: the common core takes from them what the FLAC does not say.
    ReadId3(window, 0, context, to);
    ReadTagsAtEnd(window, context, to);
    if (to.core.duration && *to.core.duration > 0 && at < window.size()) {
      to.core.bitrate = BitRate(window.size() - at, *to.core.duration);
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

void ReadFlacStreamInfo(ByteView block, Extracted& to) {
  const std::int64_t rate = block.U24(10) >> 4;
  const std::int64_t channels = (block.U8(12) >> 1 & 7) + 1;
  const std::int64_t samples = (std::int64_t{block.U8(13)} & 15) << 32 | block.U32(14);
  to.Add("BlockSizeMin", std::int64_t{block.U16(0)});
  to.Add("BlockSizeMax", std::int64_t{block.U16(2)});
  to.Add("FrameSizeMin", std::int64_t{block.U24(4)});
  to.Add("FrameSizeMax", std::int64_t{block.U24(7)});
  to.Add("SampleRate", rate);
  to.Add("Channels", channels);
  to.Add("BitsPerSample", std::int64_t{(block.U16(12) >> 4 & 31) + 1});
  to.Add("TotalSamples", samples);
  std::string md5;
  for (std::uint64_t i = 18; i < 34; ++i) md5 += fmt::format("{:02x}", block.U8(i));
  to.Add("MD5Signature", md5);
  to.core.codec = "flac";
  to.core.sample_rate = rate;
  to.core.channels = channels;
  if (rate > 0 && samples > 0) to.core.duration = static_cast<double>(samples) / static_cast<double>(rate);
}

const Extractor& FlacExtractor() {
  static const Flac kFlac;
  return kFlac;
}

}  // namespace cairn
