#include <fmt/format.h>

#include <array>
#include <optional>

#include "extract/extractors.h"
#include "extract/image_blocks.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/gif"sv};
constexpr std::array kFields = {"GIFVersion"sv,
                                "ImageWidth"sv,
                                "ImageHeight"sv,
                                "HasColorMap"sv,
                                "ColorResolutionDepth"sv,
                                "BitsPerPixel"sv,
                                "BackgroundColor"sv,
                                "PixelAspectRatio"sv,
                                "AnimationIterations"sv,
                                "TransparentColor"sv,
                                "FrameCount"sv,
                                "Duration"sv,
                                "Comment"sv,
                                "*"sv};

/// GIF 89a: blocks after the header, none of them decoded.
class Blocks {
 public:
  Blocks(Window& window, const ExtractContext& context, Extracted& to) : window_(window), context_(context), to_(to) {}

  Status Read(std::uint64_t at) {
    std::size_t count = 0;
    while (at < window_.size() && ++count <= context_.limits.entries) {
      if (count % 256 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      const ByteView head(window_.At(at, 16));
      if (head.U8(0) == 0x2c) {
        ++frames_;
        const std::uint8_t flags = head.U8(9);
        at += 11 + ((flags & 0x80) != 0 ? std::uint64_t{3} << ((flags & 7) + 1) : 0);
        if (!SkipSub(&at)) break;
      } else if (head.U8(0) == 0x21) {
        if (!Extension(head.U8(1), &at)) break;
      } else {
        if (head.U8(0) != 0x3b) to_.Warn(fmt::format("no block begins at byte {}, where one should", at));
        break;
      }
    }
    if (transparent_) to_.Add("TransparentColor", *transparent_);
    if (frames_ > 1) to_.Add("FrameCount", frames_);
    if (hundredths_ > 0) {
      to_.Add("Duration", DurationText(static_cast<double>(hundredths_) / 100));
      to_.core.duration = static_cast<double>(hundredths_) / 100;
    }
    return ReadImageBlocks(blocks_, context_, to_);
  }

 private:
  // Passes sub-blocks up to the empty one; keeps the first of their bytes where asked to.
  bool SkipSub(std::uint64_t* at, std::string* keep = nullptr, bool lengths = false) {
    for (std::size_t count = 0; *at < window_.size(); ++count) {
      if (count % 4096 == 4095 && !context_.KeepGoing().ok()) return false;
      const ByteView block(window_.At(*at, 256));
      const std::uint8_t size = block.U8(0);
      if (keep != nullptr && keep->size() < context_.limits.bytes)
        *keep += block.Part(lengths ? 0 : 1, size + (lengths ? 1U : 0U));
      *at += 1U + size;
      if (size == 0) return true;
    }
    to_.Warn("the last block is cut off");
    return false;
  }

  bool Extension(std::uint8_t label, std::uint64_t* at) {
    const ByteView head(window_.At(*at, 20));
    if (label == 0xf9) {
      hundredths_ += ByteView(head.bytes(), std::endian::little).U16(4);
      if ((head.U8(3) & 1) != 0) transparent_ = head.U8(6);
    } else if (label == 0xfe) {
      *at += 2;
      std::string comment;
      if (!SkipSub(at, &comment)) return false;
      to_.Add("Comment", ToUtf8(comment));
      return true;
    } else if (label == 0xff) {
      const std::string name(head.Part(3, 11));
      *at += 2U + 1U + head.U8(2);
      std::string data;
      // XMP stands there without lengths: each of its bytes is one by chance, so the lengths belong to it.
      if (!SkipSub(at, &data, name == "XMP DataXMP")) return false;
      if (name == "NETSCAPE2.0" && data.size() >= 3) Iterations(ByteView(data, std::endian::little).U16(1));
      if (name == "ICCRGBG1012") blocks_.icc = std::move(data);
      if (name == "XMP DataXMP") blocks_.xmp = data.substr(0, data.rfind('>') + 1);
      return true;
    }
    *at += 2;
    return SkipSub(at);
  }

  void Iterations(std::uint16_t count) {
    if (count == 0) return to_.Add("AnimationIterations", std::string("Infinite"));
    to_.Add("AnimationIterations", std::int64_t{count});
  }

  Window& window_;
  const ExtractContext& context_;
  Extracted& to_;
  ImageBlocks blocks_;
  std::int64_t frames_ = 0;
  std::int64_t hundredths_ = 0;
  std::optional<std::int64_t> transparent_;  ///< Of the last frame that has such a colour.
};

class Gif final : public Extractor {
 public:
  Gif() : Extractor({"gif", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    const ByteView head(window.At(0, 13), std::endian::little);
    if ((!head.Is(0, "GIF87a") && !head.Is(0, "GIF89a")) || head.size() < 13) {
      return Status(StatusCode::kInvalidArgument, "no GIF: its header is missing or cut off");
    }
    Extracted to(context.limits);
    to.type = kTypes[0];
    const std::uint8_t flags = head.U8(10);
    to.core.width = head.U16(6);
    to.core.height = head.U16(8);
    to.Add("GIFVersion", std::string(head.Part(3, 3)));
    to.Add("ImageWidth", std::int64_t{head.U16(6)});
    to.Add("ImageHeight", std::int64_t{head.U16(8)});
    to.Add("HasColorMap", std::string((flags & 0x80) != 0 ? "Yes" : "No"));
    to.Add("ColorResolutionDepth", std::int64_t{((flags >> 4) & 7) + 1});
    to.Add("BitsPerPixel", std::int64_t{(flags & 7) + 1});
    to.Add("BackgroundColor", std::int64_t{head.U8(11)});
    if (head.U8(12) != 0) to.Add("PixelAspectRatio", NumberValue((head.U8(12) + 15) / 64.0));
    const std::uint64_t colors = (flags & 0x80) != 0 ? std::uint64_t{3} << ((flags & 7) + 1) : 0;
    if (Status read = Blocks(window, context, to).Read(13 + colors); !read.ok()) return read;
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& GifExtractor() {
  static const Gif kGif;
  return kGif;
}

}  // namespace cairn
