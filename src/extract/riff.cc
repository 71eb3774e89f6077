#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/extractors.h"
#include "extract/id3.h"
#include "extract/image_blocks.h"
#include "extract/riff_parts.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/webp"sv, "audio/x-wav"sv, "video/x-msvideo"sv};
constexpr std::array kFields = {"*"sv};
// Sound and pictures; `movi` may hold a million chunks.
constexpr std::array kSkipped = {"data"sv, "idx1"sv, "JUNK"sv, "movi"sv, "PAD "sv};

/// Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0": chunks, some of them lists.
class Chunks {
 public:
  Chunks(Window& window, const ExtractContext& context, Extracted& to) : window_(window), context_(context), to_(to) {}

  Status Read() {
    struct List {
      std::uint64_t at;
      std::uint64_t end;
      std::string type;
    };
    std::vector<List> stack = {{12, window_.size(), ""}};
    for (std::size_t count = 0; !stack.empty() && count < context_.limits.entries; ++count) {
      if (count % 256 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      List& in = stack.back();
      if (in.at + 8 > in.end) {
        stack.pop_back();
        continue;
      }
      const ByteView head(window_.At(in.at, 12), std::endian::little);
      const std::string type(head.Part(0, 4));
      const std::uint64_t at = in.at + 8;
      std::uint64_t size = head.U32(4);
      if (type == "data" && size == 0xffffffff && data_size64_ > 0) size = data_size64_;
      if (size > in.end - at) {
        if (type != "data" && type != "LIST")
          to_.Warn(fmt::format("the chunk \"{}\" at byte {} is cut off", ToUtf8(type), in.at));
        size = in.end - at;
      }
      in.at = at + ((size + 1) & ~std::uint64_t{1});
      if (type == "LIST") {
        const std::string list(head.Part(8, 4));
        const bool skipped = std::find(kSkipped.begin(), kSkipped.end(), list) != kSkipped.end();
        if (!skipped && size >= 4 && stack.size() < context_.limits.depth) stack.push_back({at + 4, at + size, list});
      } else if (type == "data") {
        data_bytes_ = size;
      } else if (type == "JUNK" && size > 0 && size <= context_.limits.value_bytes) {
        ReadJunk(window_.At(at, static_cast<std::size_t>(size)), to_);
      } else if (std::find(kSkipped.begin(), kSkipped.end(), type) == kSkipped.end() && size <= context_.limits.bytes) {
        if (Status read = Chunk(stack.back().type, type, at, size); !read.ok()) return read;
      }
    }
    return ReadImageBlocks(blocks_, context_, to_);
  }

  [[nodiscard]] std::uint64_t data_bytes() const { return data_bytes_; }
  [[nodiscard]] std::uint32_t samples() const { return samples_; }
  [[nodiscard]] std::int64_t frames_ms() const { return frames_ms_; }

 private:
  Status Chunk(std::string_view list, std::string_view type, std::uint64_t at, std::uint64_t size) {
    if (type == "id3 " || type == "ID3 ") {
      ReadId3(window_, at, context_, to_);
      return Status::Ok();
    }
    const bool webp = to_.type == "image/webp";
    const bool block =
        type == "_PMX" || type == "C2PA" || (webp && (type == "EXIF" || type == "XMP " || type == "ICCP"));
    const bool picture = webp && (type == "VP8 " || type == "VP8L" || type == "ALPH" || type == "ANMF");
    // Of all others a text is the longest.
    const std::uint64_t bytes =
        block ? size : std::min<std::uint64_t>(size, picture ? 64 : context_.limits.value_bytes + 1);
    const std::string_view read = window_.At(at, static_cast<std::size_t>(bytes));
    const std::string_view content = block ? read : CutBytes(read, context_.limits.value_bytes);
    const ByteView chunk(content, std::endian::little);
    if (type == "C2PA") {
      blocks_.jumbf = content;
    } else if (webp && type == "ANMF") {
      frames_ms_ += chunk.U24(12);
    } else if (webp && type == "EXIF") {
      const std::uint64_t skip = chunk.Is(0, "Exif\0\0"sv) ? 6 : 0;
      blocks_.exif = chunk.Part(skip);
      blocks_.exif_at = at + skip;
    } else if (webp && type == "XMP ") {
      blocks_.xmp = content;
    } else if (webp && type == "ICCP") {
      blocks_.icc = content;
    } else if (webp) {
      ReadWebpChunk(type, chunk, to_);
    } else if (list == "INFO" || list == "INF0") {
      if (size > 0) ReadRiffInfo(type, content, to_);
    } else if (type == "fmt ") {
      ReadWaveFormat(chunk, to_);
    } else if (type == "fact") {
      if (chunk.Has(0, 4)) to_.Add("NumberOfSamples", std::int64_t{chunk.U32(0)});
      samples_ = chunk.U32(0);
    } else if (type == "ds64") {
      data_size64_ = chunk.U64(8);
      ReadDataSize64(chunk, to_);
    } else if (type == "dmlh" && chunk.Has(0, 4)) {
      to_.Add("TotalFrameCount", std::int64_t{chunk.U32(0)});
    } else if (type == "strn") {
      to_.Add("StreamName", ToUtf8(TrimEnd(BeforeNul(content))));
    } else if (type == "ISMP") {
      to_.Add("TimeCode", ToUtf8(TrimEnd(BeforeNul(content))));
    } else if (type == "IDIT") {
      const std::string time = AviTime(content.substr(0, 64));
      if (to_.core.created.empty()) to_.core.created = IsoTime(time);
      to_.Add("DateTimeOriginal", time);
    } else if (type == "avih") {
      ReadAviHeader(chunk, to_);
    } else if (type == "strh") {
      ReadAviStream(chunk, &streams_, to_);
    } else if (type == "strf" && streams_.kind == "auds") {
      ReadWaveFormat(chunk, to_);
    } else if (type == "_PMX") {
      blocks_.xmp = content;
    } else {
      ReadSoundChunk(list, type, chunk, size, to_);
    }
    return Status::Ok();
  }

  Window& window_;
  const ExtractContext& context_;
  Extracted& to_;
  ImageBlocks blocks_;
  AviStreams streams_;
  std::uint64_t data_size64_ = 0;
  std::uint64_t data_bytes_ = 0;
  std::uint32_t samples_ = 0;
  std::int64_t frames_ms_ = 0;
};

class Riff final : public Extractor {
 public:
  Riff() : Extractor({"riff", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    const ByteView head(window.At(0, 12));
    Extracted to(context.limits);
    if (head.Is(8, "WEBP")) to.type = kTypes[0];
    if (head.Is(8, "WAVE")) to.type = kTypes[1];
    if (head.Is(8, "AVI ")) to.type = kTypes[2];
    if ((!head.Is(0, "RIFF") && !head.Is(0, "RF64")) || to.type.empty()) {
      return Status(StatusCode::kInvalidArgument, "no WebP, WAV or AVI: its RIFF header is missing");
    }
    Chunks chunks(window, context, to);
    if (Status read = chunks.Read(); !read.ok()) return read;
    auto& core = to.core;
    if (to.type == kTypes[1] && core.bitrate)
      core.duration = static_cast<double>(chunks.data_bytes()) * 8 / static_cast<double>(*core.bitrate);
    // Of packed sound the bytes per second are a guess. A recording that was never ended has no count.
    const std::uint32_t samples = chunks.samples();
    if (to.type == kTypes[1] && core.codec != "pcm" && samples > 0 && samples < 0xffffffff &&
        core.sample_rate.value_or(0) > 0)
      core.duration = samples / static_cast<double>(*core.sample_rate);
    if (chunks.frames_ms() > 0) {
      core.duration = static_cast<double>(chunks.frames_ms()) / 1000;
      to.Add("Duration", DurationText(*core.duration));
    }
    if (to.type == kTypes[2] && core.duration && *core.duration > 0) {
      core.bitrate = BitRate(bytes.size(), *core.duration);
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& RiffExtractor() {
  static const Riff kRiff;
  return kRiff;
}

}  // namespace cairn
