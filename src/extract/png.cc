#include <fmt/format.h>

#include <array>

#include "extract/extractors.h"
#include "extract/inflate.h"
#include "extract/png_parts.h"
#include "extract/png_text.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/png"sv};
constexpr std::array kFields = {"*"sv};
constexpr Code kColorTypes[] = {
    {0, "Grayscale"}, {2, "RGB"}, {3, "Palette"}, {4, "Grayscale with Alpha"}, {6, "RGB with Alpha"}};
constexpr Code kCompressions[] = {{0, "Deflate/Inflate"}};
constexpr Code kFilters[] = {{0, "Adaptive"}};
constexpr Code kInterlaces[] = {{0, "Noninterlaced"}, {1, "Adam7 Interlace"}};
constexpr std::uint32_t kChunkBytesMax = 16U << 20;
// Each may unpack to a thousand times its size.
constexpr std::size_t kPackedChunksMax = 256;

void Header(ByteView chunk, Extracted& to) {
  to.core.width = chunk.U32(0);
  to.core.height = chunk.U32(4);
  to.Add("ImageWidth", std::int64_t{chunk.U32(0)});
  to.Add("ImageHeight", std::int64_t{chunk.U32(4)});
  to.Add("BitDepth", std::int64_t{chunk.U8(8)});
  to.Add("ColorType", CodeText(kColorTypes, chunk.U8(9)));
  to.Add("Compression", CodeText(kCompressions, chunk.U8(10)));
  to.Add("Filter", CodeText(kFilters, chunk.U8(11)));
  to.Add("Interlace", CodeText(kInterlaces, chunk.U8(12)));
}

void Profile(ByteView chunk, const ExtractContext& context, Extracted& to, ImageBlocks* blocks) {
  const std::string_view name = BeforeNul(chunk.bytes());
  to.Add("ProfileName", ToUtf8(name));
  const std::string_view packed = chunk.Part(name.size() + 2);
  auto profile = InflateZlib(packed, std::min<std::uint64_t>(context.limits.bytes, kChunkBytesMax));
  if (profile) {
    blocks->icc = std::move(*profile);
  } else {
    to.Warn("the ICC profile cannot be unpacked");
    to.Add("ICC_Profile", BinaryText(packed.size()));
  }
}

// PNG third edition, section 11.
void Chunk(std::string_view type, ByteView chunk, const ExtractContext& context, Extracted& to, ImageBlocks* blocks,
           bool* palette) {
  if (type == "IHDR") {
    *palette = chunk.U8(9) == 3;
    return Header(chunk, to);
  }
  if (type == "tEXt" || type == "zTXt" || type == "iTXt") return ReadPngText(type, chunk.bytes(), context, to, blocks);
  if (type == "iCCP") return Profile(chunk, context, to, blocks);
  if (type == "eXIf") {
    blocks->exif = std::string(chunk.Is(0, "Exif\0\0"sv) ? chunk.Part(6) : chunk.bytes());
  } else if (type == "tXMP") {
    blocks->xmp = std::string(chunk.bytes());
  } else if (type == "caBX") {
    blocks->jumbf = std::string(chunk.bytes());
  } else {
    ReadPngPart(type, chunk, *palette, to);
  }
}

class Png final : public Extractor {
 public:
  Png() : Extractor({"png", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 8) != "\x89PNG\r\n\x1a\n"sv)
      return Status(StatusCode::kInvalidArgument, "no PNG: its signature is missing");
    Extracted to(context.limits);
    to.type = kTypes[0];
    ImageBlocks blocks;
    std::size_t packed_chunks = 0;
    bool palette = false;
    std::uint64_t at = 8;
    for (std::size_t count = 0; at < window.size() && count < context.limits.entries; ++count) {
      if (count % 64 == 0) {
        if (Status go = context.KeepGoing(); !go.ok()) return go;
      }
      const ByteView head(window.At(at, 8));
      const std::uint32_t size = head.U32(0);
      const std::string type(head.Part(4, 4));
      if (type.size() < 4 || !window.Has(at + 8, size)) {
        to.Warn(fmt::format("the chunk at byte {} is cut off", at));
        break;
      }
      if (type == "IEND") break;
      // Pixels are not looked at; a chunk that is no pixels and still huge is skipped.
      const bool packed = type == "zTXt" || type == "iTXt" || type == "iCCP";
      if (packed && ++packed_chunks > kPackedChunksMax) {
        if (packed_chunks == kPackedChunksMax + 1) to.Warn("there are too many packed texts; the rest is left out");
      } else if (type != "IDAT" && type != "fdAT" && size <= kChunkBytesMax) {
        Chunk(type, ByteView(window.At(at + 8, size)), context, to, &blocks, &palette);
      }
      at += 12 + std::uint64_t{size};
    }
    if (Status read = ReadImageBlocks(blocks, context, to); !read.ok()) return read;
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& PngExtractor() {
  static const Png kPng;
  return kPng;
}

}  // namespace cairn
