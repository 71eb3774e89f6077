#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/image_blocks.h"
#include "extract/jpeg_segments.h"
#include "extract/jpeg_trailers.h"
#include "extract/jpeg_xmp.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/jpeg"sv};
constexpr std::array kFields = {"*"sv};
// Bytes between two segments that belong to none.
constexpr std::size_t kStrayBytesMax = 4096;
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
    ReadJpegTrailers(window, context, to, &blocks);
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
        const std::uint64_t next = NextMarker(window, at);
        if (!*frame || next > at) to.Warn(fmt::format("no segment begins at byte {}, where one should", at));
        if (next == at) break;
        at = next;
        continue;
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
        const std::string segment(window.At(at + 4, size - 2U));
        Segment({marker, at, window.size()}, ByteView(segment), context, to, blocks);
        *frame = *frame || (marker >= 0xc0 && marker <= 0xcf);
      }
      at += 2U + size;
    }
    return Status::Ok();
  }

  // Where the next marker of a segment stands after bytes that belong to none; `at` where none is near.
  static std::uint64_t NextMarker(Window& window, std::uint64_t at) {
    const std::string_view bytes = window.At(at, kStrayBytesMax);
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
      const auto marker = static_cast<unsigned char>(bytes[i + 1]);
      if (bytes[i] == '\xff' && marker >= 0xc0 && marker <= 0xfe && (marker < 0xd0 || marker > 0xd8)) return at + i;
    }
    return at;
  }

  static bool Wanted(std::uint8_t marker) {
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    return frame || (marker >= 0xe0 && marker <= 0xef) || marker == 0xfe;
  }

  struct Place {
    std::uint8_t marker;
    std::uint64_t at;
    std::uint64_t file_bytes;
  };

  static void Segment(const Place& place, ByteView segment, const ExtractContext& context, Extracted& to,
                      ImageBlocks* blocks) {
    const auto append = [&](std::string& block, std::string_view part) {
      if (block.size() + part.size() <= context.limits.bytes) block += part;
    };
    const std::uint8_t marker = place.marker;
    if (marker < 0xd0) return Frame(marker, segment, to);
    if (marker == 0xfe) return to.Add("Comment", ToUtf8(TrimEnd(segment.bytes())));
    if (marker == 0xe0) return ReadApp0(segment, to);
    if (marker == 0xe1 && segment.Is(0, "Exif\0"sv)) {
      if (blocks->exif.empty()) blocks->exif_at = place.at + 10;
      // What does not fit into one segment goes on in the next.
      const bool more = !segment.Is(6, "II*\0"sv) && !segment.Is(6, "MM\0*"sv);
      if (blocks->exif.empty() || more) append(blocks->exif, segment.Part(6));
      return;
    }
    if (marker == 0xe1) return TakeJpegXmp(segment.bytes(), context.limits.bytes, blocks);
    if (marker == 0xe2 && segment.Is(0, "ICC_PROFILE\0"sv)) return append(blocks->icc, segment.Part(14));
    if (marker == 0xed && segment.Is(0, "Photoshop 3.0\0"sv)) return append(blocks->photoshop, segment.Part(14));
    Small(place, segment, to);
  }

  static void Small(const Place& place, ByteView segment, Extracted& to) {
    switch (place.marker) {
      case 0xe2:
        if (segment.Is(0, "MPF\0"sv)) ReadMpf(segment.Sub(4), place.at + 8, place.file_bytes, to);
        break;
      case 0xe5:
        if (segment.Is(0, "RMETA\0"sv)) ReadRicohMeta(segment, to);
        break;
      case 0xea:
        if (segment.Is(0, "UNICODE\0"sv)) to.Add("Comment", std::string(TrimEnd(FromUtf16(segment.Part(8), true))));
        break;
      case 0xec:
        if (segment.Is(0, "Ducky")) return ReadDucky(segment, to);
        if (segment.bytes().find("[picture info]") != std::string_view::npos ||
            segment.bytes().find("Type=") != std::string_view::npos)
          ReadPictureInfo(segment, to);
        break;
      case 0xed:
        if (segment.Is(0, "Adobe_CM")) to.Add("AdobeCMType", std::int64_t{segment.U16(8)});
        break;
      case 0xee:
        if (segment.Is(0, "Adobe")) ReadAdobe(segment, to);
        break;
      default:
        break;
    }
  }
};

}  // namespace

const Extractor& JpegExtractor() {
  static const Jpeg kJpeg;
  return kJpeg;
}

}  // namespace cairn
