#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "extract/extractors.h"
#include "extract/image_blocks.h"
#include "extract/jpeg_segments.h"
#include "extract/jpeg_trailers.h"
#include "extract/jpeg_xmp.h"
#include "extract/jumbf.h"
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

bool Wanted(std::uint8_t marker) {
  const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  return frame || (marker >= 0xe0 && marker <= 0xef) || marker == 0xfe;
}

// ITU-T T.81, annex B: segments up to the first scan.
class Segments {
 public:
  Segments(Window& window, const ExtractContext& context, Extracted& to, ImageBlocks* blocks)
      : window_(window), context_(context), to_(to), blocks_(blocks) {}

  Status Read() {
    std::uint64_t at = 2;
    for (std::size_t count = 0; count < context_.limits.entries; ++count) {
      if (count % 64 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      const ByteView head(window_.At(at, 4));
      if (head.size() < 2 || head.U8(0) != 0xff) {
        const std::uint64_t next = NextMarker(at);
        if (!frame_ || next > at) Stray(at);
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
      if (size < 2 || !window_.Has(at + 2, size)) {
        to_.Warn(fmt::format("the segment at byte {} is cut off", at));
        break;
      }
      if (Wanted(marker)) Segment(marker, at, ByteView(window_.At(at + 4, size - 2U)));
      at += 2U + size;
    }
    for (const auto& [number, part] : profile_) Append(blocks_->icc, part);
    blocks_->jumbf = jumbf_.Join();
    if (!frame_) to_.Warn("the image has no frame header");
    return Status::Ok();
  }

 private:
  // Where the next marker of a segment stands after bytes that belong to none; `at` where none is near.
  std::uint64_t NextMarker(std::uint64_t at) {
    const std::string_view bytes = window_.At(at, kStrayBytesMax);
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
      const auto marker = static_cast<unsigned char>(bytes[i + 1]);
      if (bytes[i] == '\xff' && marker >= 0xc0 && marker <= 0xfe && (marker < 0xd0 || marker > 0xd8)) return at + i;
    }
    return at;
  }

  // Each gap would say the same: the first is told.
  void Stray(std::uint64_t at) {
    if (!stray_) to_.Warn(fmt::format("no segment begins at byte {}, where one should", at));
    stray_ = true;
  }

  void Append(std::string& block, std::string_view part) const {
    if (block.size() + part.size() <= context_.limits.bytes) block += part;
  }

  // `segment` is what stands behind the length, of the window: nothing here moves that.
  void Segment(std::uint8_t marker, std::uint64_t at, ByteView segment) {
    if (marker < 0xd0) {
      frame_ = true;
      return Frame(marker, segment, to_);
    }
    if (marker == 0xfe) return to_.Add("Comment", ToUtf8(TrimEnd(segment.bytes())));
    if (marker == 0xe0) return ReadApp0(segment, to_);
    if (marker == 0xe1 && segment.Is(0, "Exif\0"sv)) {
      if (blocks_->exif.empty()) blocks_->exif_at = at + 10;
      // What does not fit into one segment goes on in the next.
      const bool more = !segment.Is(6, "II*\0"sv) && !segment.Is(6, "MM\0*"sv);
      if (blocks_->exif.empty() || more) Append(blocks_->exif, segment.Part(6));
      return;
    }
    if (marker == 0xe1) return TakeJpegXmp(segment.bytes(), context_.limits.bytes, blocks_);
    // ICC.1:2022, annex B.4: at most 255 parts, each with its number.
    if (marker == 0xe2 && segment.Is(0, "ICC_PROFILE\0"sv)) {
      profile_.try_emplace(segment.U8(12), segment.Part(14));
      return;
    }
    if (marker == 0xed && segment.Is(0, "Photoshop 3.0\0"sv)) return Append(blocks_->photoshop, segment.Part(14));
    Small(marker, at, segment);
  }

  void Small(std::uint8_t marker, std::uint64_t at, ByteView segment) {
    switch (marker) {
      case 0xe2:
        if (segment.Is(0, "MPF\0"sv) && !std::exchange(pictures_, true))
          ReadMpf(segment.Sub(4), at + 8, window_.size(), to_);
        break;
      case 0xe5:
        if (segment.Is(0, "RMETA\0"sv)) ReadRicohMeta(segment, to_);
        break;
      case 0xea:
        if (segment.Is(0, "UNICODE\0"sv)) to_.Add("Comment", std::string(TrimEnd(FromUtf16(segment.Part(8), true))));
        break;
      case 0xeb:
        jumbf_.Take(segment, context_.limits.bytes);
        break;
      case 0xec:
        if (segment.Is(0, "Ducky")) return ReadDucky(segment, to_);
        if (segment.bytes().find("[picture info]") != std::string_view::npos ||
            segment.bytes().find("Type=") != std::string_view::npos)
          ReadPictureInfo(segment, to_);
        break;
      case 0xed:
        if (segment.Is(0, "Adobe_CM")) to_.Add("AdobeCMType", std::int64_t{segment.U16(8)});
        break;
      case 0xee:
        if (segment.Is(0, "Adobe")) ReadAdobe(segment, to_);
        break;
      default:
        break;
    }
  }

  Window& window_;
  const ExtractContext& context_;
  Extracted& to_;
  ImageBlocks* blocks_;
  std::map<std::uint8_t, std::string> profile_;  ///< Parts of the ICC profile by their number.
  JumbfSegments jumbf_;
  bool frame_ = false;
  bool stray_ = false;
  bool pictures_ = false;  ///< A list of them was read.
};

class Jpeg final : public Extractor {
 public:
  Jpeg() : Extractor({"jpeg", 5, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 2) != "\xff\xd8")
      return Status(StatusCode::kInvalidArgument, "no JPEG: it does not begin with FF D8");
    Extracted to(context.limits);
    to.type = kTypes[0];
    ImageBlocks blocks;
    if (Status read = Segments(window, context, to, &blocks).Read(); !read.ok()) return read;
    ReadJpegTrailers(window, context, to, &blocks);
    if (Status read = ReadImageBlocks(blocks, context, to); !read.ok()) return read;
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& JpegExtractor() {
  static const Jpeg kJpeg;
  return kJpeg;
}

}  // namespace cairn
