#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/image_blocks.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/jpeg"sv};
constexpr std::array kFields = {"*"sv};
constexpr Code kUnits[] = {{0, "None"}, {1, "inches"}, {2, "cm"}};
constexpr Code kTransforms[] = {{0, "Unknown (RGB or CMYK)"}, {1, "YCbCr"}, {2, "YCCK"}};
constexpr std::array kProcesses = {"Baseline DCT, Huffman coding"sv,
                                   "Extended sequential DCT, Huffman coding"sv,
                                   "Progressive DCT, Huffman coding"sv,
                                   "Lossless, Huffman coding"sv,
                                   ""sv,
                                   "Sequential DCT, differential Huffman coding"sv,
                                   "Progressive DCT, differential Huffman coding"sv,
                                   "Lossless, Differential Huffman coding"sv,
                                   ""sv,
                                   "Extended sequential DCT, arithmetic coding"sv,
                                   "Progressive DCT, arithmetic coding"sv,
                                   "Lossless, arithmetic coding"sv,
                                   ""sv,
                                   "Sequential DCT, differential arithmetic coding"sv,
                                   "Progressive DCT, differential arithmetic coding"sv,
                                   "Lossless, differential arithmetic coding"sv};

template <std::size_t N>
std::string Word(const Code (&codes)[N], std::int64_t value) {
  for (const auto& code : codes) {
    if (code.value == value) return std::string(code.text);
  }
  return fmt::format("Unknown ({})", value);
}

void Jfif(ByteView segment, Extracted& to) {
  to.Add("JFIFVersion", fmt::format("{}.{:02}", segment.U8(5), segment.U8(6)));
  to.Add("ResolutionUnit", Word(kUnits, segment.U8(7)));
  to.Add("XResolution", std::int64_t{segment.U16(8)});
  to.Add("YResolution", std::int64_t{segment.U16(10)});
  if (segment.U8(12) != 0) to.Add("ThumbnailWidth", std::int64_t{segment.U8(12)});
  if (segment.U8(13) != 0) to.Add("ThumbnailHeight", std::int64_t{segment.U8(13)});
}

// `[14], Encoded with Blend=1 downsampling`: each bit by its name or number.
std::string Bits(std::uint16_t value, std::string_view highest) {
  std::string out;
  for (int bit = 0; bit < 16; ++bit) {
    if ((value >> bit & 1) == 0) continue;
    if (!out.empty()) out += ", ";
    out += bit == 15 && !highest.empty() ? std::string(highest) : fmt::format("[{}]", bit);
  }
  return out.empty() ? "(none)" : out;
}

void Adobe(ByteView segment, Extracted& to) {
  to.Add("DCTEncodeVersion", std::int64_t{segment.U16(5)});
  to.Add("APP14Flags0", Bits(segment.U16(7), "Encoded with Blend=1 downsampling"));
  to.Add("APP14Flags1", Bits(segment.U16(9), ""));
  to.Add("ColorTransform", Word(kTransforms, segment.U8(11)));
}

void Ducky(ByteView segment, Extracted& to) {
  std::uint64_t at = 5;
  while (segment.Has(at, 4) && segment.U16(at) != 0) {
    const std::uint16_t size = segment.U16(at + 2);
    if (segment.U16(at) == 1) to.Add("Quality", fmt::format("{}%", segment.U32(at + 4)));
    if (segment.U16(at) == 2) to.Add("Comment", FromUtf16(segment.Part(at + 8, size > 4 ? size - 4U : 0U), true));
    if (segment.U16(at) == 3) to.Add("Copyright", FromUtf16(segment.Part(at + 8, size > 4 ? size - 4U : 0U), true));
    at += 4 + size;
  }
}

void Frame(std::uint8_t marker, ByteView segment, Extracted& to) {
  to.core.height = segment.U16(1);
  to.core.width = segment.U16(3);
  to.Add("ImageWidth", std::int64_t{segment.U16(3)});
  to.Add("ImageHeight", std::int64_t{segment.U16(1)});
  to.Add("EncodingProcess", std::string(kProcesses[marker & 15U]));
  to.Add("BitsPerSample", std::int64_t{segment.U8(0)});
  to.Add("ColorComponents", std::int64_t{segment.U8(5)});
}

class Jpeg final : public Extractor {
 public:
  Jpeg() : Extractor({"jpeg", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 2) != "\xff\xd8")
      return Status(StatusCode::kInvalidArgument, "no JPEG: it does not begin with FF D8");
    Extracted to;
    to.type = kTypes[0];
    ImageBlocks blocks;
    bool frame = false;
    if (Status walked = Segments(window, context, to, &blocks, &frame); !walked.ok()) return walked;
    if (!frame) to.Warn("the image has no frame header");
    if (Status read = ReadImageBlocks(blocks, context, to); !read.ok()) return read;
    if (!window.status().ok()) return window.status();
    return to;
  }

 private:
  // ITU-T T.81, annex B: segments up to the first scan.
  static Status Segments(Window& window, const ExtractContext& context, Extracted& to, ImageBlocks* blocks,
                         bool* frame) {
    std::uint64_t at = 2;
    for (std::size_t count = 0; count < context.limits.entries; ++count) {
      if (count % 64 == 0) {
        if (Status go = context.KeepGoing(); !go.ok()) return go;
      }
      const ByteView head(window.At(at, 4));
      if (head.size() < 2 || head.U8(0) != 0xff) {
        if (!*frame) to.Warn(fmt::format("no segment begins at byte {}, where one should", at));
        break;
      }
      const std::uint8_t marker = head.U8(1);
      if (marker == 0xff) {
        ++at;
        continue;
      }
      if (marker == 0xd9 || marker == 0xda) break;
      if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2;
        continue;
      }
      const std::uint16_t size = head.U16(2);
      if (size < 2 || !window.Has(at + 2, size)) {
        to.Warn(fmt::format("the segment at byte {} is cut off", at));
        break;
      }
      if (Wanted(marker)) {
        Segment(marker, at, ByteView(window.At(at + 4, size - 2U)), context, to, blocks);
        *frame = *frame || (marker >= 0xc0 && marker <= 0xcf);
      }
      at += 2U + size;
    }
    return Status::Ok();
  }

  static bool Wanted(std::uint8_t marker) {
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    return frame || (marker >= 0xe0 && marker <= 0xee) || marker == 0xfe;
  }

  static void Segment(std::uint8_t marker, std::uint64_t at, ByteView segment, const ExtractContext& context,
                      Extracted& to, ImageBlocks* blocks) {
    const auto append = [&](std::string& block, std::string_view part) {
      if (block.size() + part.size() <= context.limits.bytes) block += part;
    };
    if (marker < 0xd0) return Frame(marker, segment, to);
    if (marker == 0xfe) return to.Add("Comment", ToUtf8(TrimEnd(segment.bytes())));
    if (marker == 0xe0 && segment.Is(0, "JFIF\0"sv)) return Jfif(segment, to);
    if (marker == 0xe1 && segment.Is(0, "Exif\0"sv) && blocks->exif.empty()) {
      blocks->exif_at = at + 10;
      return append(blocks->exif, segment.Part(6));
    }
    if (marker == 0xe1 && segment.Is(0, "http://ns.adobe.com/xap/1.0/\0"sv) && blocks->xmp.empty()) {
      return append(blocks->xmp, segment.Part(29));
    }
    if (marker == 0xe2 && segment.Is(0, "ICC_PROFILE\0"sv)) return append(blocks->icc, segment.Part(14));
    if (marker == 0xec && segment.Is(0, "Ducky"sv)) return Ducky(segment, to);
    if (marker == 0xed && segment.Is(0, "Photoshop 3.0\0"sv)) return append(blocks->photoshop, segment.Part(14));
    if (marker == 0xee && segment.Is(0, "Adobe"sv)) return Adobe(segment, to);
  }
};

}  // namespace

const Extractor& JpegExtractor() {
  static const Jpeg kJpeg;
  return kJpeg;
}

}  // namespace cairn
