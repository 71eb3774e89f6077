#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/inflate.h"
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
constexpr Code kIntents[] = {
    {0, "Perceptual"}, {1, "Relative Colorimetric"}, {2, "Saturation"}, {3, "Absolute Colorimetric"}};
constexpr Code kUnits[] = {{0, "Unknown"}, {1, "meters"}};
constexpr Code kScaleUnits[] = {{1, "meters"}, {2, "radians"}};
constexpr Code kOffsetUnits[] = {{0, "pixels"}, {1, "microns"}};
constexpr std::array kChromaticities = {"WhitePointX"sv, "WhitePointY"sv, "RedX"sv,  "RedY"sv,
                                        "GreenX"sv,      "GreenY"sv,      "BlueX"sv, "BlueY"sv};
constexpr std::uint32_t kChunkBytesMax = 16U << 20;
// Each may unpack to a thousand times its size.
constexpr std::size_t kPackedChunksMax = 256;

template <std::size_t N>
std::string Word(const Code (&codes)[N], std::int64_t value) {
  for (const auto& code : codes) {
    if (code.value == value) return std::string(code.text);
  }
  return fmt::format("Unknown ({})", value);
}

std::string Numbers(ByteView chunk, std::size_t each) {
  std::string out;
  for (std::uint64_t i = 0; i + each <= chunk.size(); i += each)
    out += fmt::format("{}{}", i > 0 ? " " : "", chunk.Unsigned(i, each));
  return out;
}

void Header(ByteView chunk, Extracted& to) {
  to.core.width = chunk.U32(0);
  to.core.height = chunk.U32(4);
  to.Add("ImageWidth", std::int64_t{chunk.U32(0)});
  to.Add("ImageHeight", std::int64_t{chunk.U32(4)});
  to.Add("BitDepth", std::int64_t{chunk.U8(8)});
  to.Add("ColorType", Word(kColorTypes, chunk.U8(9)));
  to.Add("Compression", Word(kCompressions, chunk.U8(10)));
  to.Add("Filter", Word(kFilters, chunk.U8(11)));
  to.Add("Interlace", Word(kInterlaces, chunk.U8(12)));
}

void Scale(ByteView chunk, Extracted& to) {
  to.Add("SubjectUnits", Word(kScaleUnits, chunk.U8(0)));
  const std::string_view rest = chunk.Part(1);
  const std::size_t nul = rest.find('\0');
  to.Add("SubjectPixelWidth", TextOrNumber(ToUtf8(rest.substr(0, nul))));
  if (nul != std::string_view::npos)
    to.Add("SubjectPixelHeight", TextOrNumber(ToUtf8(BeforeNul(rest.substr(nul + 1)))));
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

void Animation(ByteView chunk, Extracted& to) {
  to.Add("AnimationFrames", std::int64_t{chunk.U32(0)});
  if (chunk.U32(4) == 0) {
    to.Add("AnimationPlays", std::string("inf"));
  } else {
    to.Add("AnimationPlays", std::int64_t{chunk.U32(4)});
  }
}

// PNG third edition, section 11; vpAg is ImageMagick's.
void Chunk(std::string_view type, ByteView chunk, const ExtractContext& context, Extracted& to, ImageBlocks* blocks) {
  if (type == "IHDR") return Header(chunk, to);
  if (type == "tEXt" || type == "zTXt" || type == "iTXt") return ReadPngText(type, chunk.bytes(), context, to, blocks);
  if (type == "iCCP") return Profile(chunk, context, to, blocks);
  if (type == "sCAL") return Scale(chunk, to);
  if (type == "acTL") return Animation(chunk, to);
  if (type == "eXIf") {
    blocks->exif = std::string(chunk.Is(0, "Exif\0\0"sv) ? chunk.Part(6) : chunk.bytes());
  } else if (type == "gAMA") {
    if (chunk.U32(0) == 0) return;
    to.Add("Gamma", NumberValue(std::floor(1e9 / chunk.U32(0) + 0.5) / 1e4));
  } else if (type == "cHRM") {
    for (std::size_t i = 0; i < kChromaticities.size() && chunk.Has(i * 4, 4); ++i) {
      to.Add(kChromaticities[i], NumberValue(chunk.U32(i * 4) / 100000.0));
    }
  } else if (type == "pHYs") {
    to.Add("PixelsPerUnitX", std::int64_t{chunk.U32(0)});
    to.Add("PixelsPerUnitY", std::int64_t{chunk.U32(4)});
    to.Add("PixelUnits", Word(kUnits, chunk.U8(8)));
  } else if (type == "sRGB") {
    to.Add("SRGBRendering", Word(kIntents, chunk.U8(0)));
  } else if (type == "PLTE") {
    to.Add("Palette", chunk.size() <= 3 ? Numbers(chunk, 1) : BinaryText(chunk.size()));
  } else if (type == "tRNS") {
    to.Add("Transparency", chunk.size() > 6 ? FieldValue(BinaryText(chunk.size()))
                                            : TextOrNumber(Numbers(chunk, chunk.size() < 2 ? 1 : 2)));
  } else if (type == "bKGD") {
    to.Add("BackgroundColor", TextOrNumber(Numbers(chunk, chunk.size() < 2 ? 1 : 2)));
  } else if (type == "sBIT") {
    to.Add("SignificantBits", TextOrNumber(Numbers(chunk, 1)));
  } else if (type == "hIST") {
    to.Add("PaletteHistogram", BinaryText(chunk.size()));
  } else if (type == "sPLT") {
    to.Add("SuggestedPalette", BinaryText(chunk.size()));
  } else if (type == "pCAL") {
    to.Add("PixelCalibration", BinaryText(chunk.size()));
  } else if (type == "oFFs") {
    to.Add("ImageOffset", fmt::format("{}, {} ({})", chunk.S32(0), chunk.S32(4), Word(kOffsetUnits, chunk.U8(8))));
  } else if (type == "vpAg") {
    to.Add("VirtualImageWidth", std::int64_t{chunk.U32(0)});
    to.Add("VirtualImageHeight", std::int64_t{chunk.U32(4)});
    to.Add("VirtualPageUnits", std::int64_t{chunk.U8(8)});
  } else if (type == "tIME") {
    to.Add("ModifyDate", fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", chunk.U16(0), chunk.U8(2), chunk.U8(3),
                                     chunk.U8(4), chunk.U8(5), chunk.U8(6)));
    to.core.modified = IsoTime(std::get<std::string>(to.fields.back().value));
  }
}

class Png final : public Extractor {
 public:
  Png() : Extractor({"png", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 8) != "\x89PNG\r\n\x1a\n"sv)
      return Status(StatusCode::kInvalidArgument, "no PNG: its signature is missing");
    Extracted to;
    to.type = kTypes[0];
    ImageBlocks blocks;
    std::size_t packed_chunks = 0;
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
        Chunk(type, ByteView(window.At(at + 8, size)), context, to, &blocks);
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
