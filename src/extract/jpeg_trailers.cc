#include "extract/jpeg_trailers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/text.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr int kTrailersMax = 16;
constexpr std::uint64_t kRecordBytesMax = 1U << 20;
constexpr std::size_t kEntriesMax = 64;
constexpr std::array kColorClasses = {"0 (None)"sv,        "1 (Winner)"sv,       "2 (Winner alt)"sv,
                                      "3 (Superior)"sv,    "4 (Superior alt)"sv, "5 (Typical)"sv,
                                      "6 (Typical alt)"sv, "7 (Extras)"sv,       "8 (Trash)"sv};
constexpr std::array kRotations = {"0"sv, "90"sv, "180"sv, "270"sv};
constexpr std::array kNoYes = {"No"sv, "Yes"sv};

// By the number of the data set, all 32-bit numbers; percents are of 65,536.
constexpr Code kSoftEdits[] = {{209, "RawCropLeft"},
                               {210, "RawCropTop"},
                               {211, "RawCropRight"},
                               {212, "RawCropBottom"},
                               {213, "ConstrainedCropWidth"},
                               {214, "ConstrainedCropHeight"},
                               {215, "FrameNum"},
                               {216, "Rotation"},
                               {217, "CropLeft"},
                               {218, "CropTop"},
                               {219, "CropRight"},
                               {220, "CropBottom"},
                               {221, "Tagged"},
                               {222, "ColorClass"},
                               {223, "Rating"},
                               {236, "PreviewCropLeft"},
                               {237, "PreviewCropTop"},
                               {238, "PreviewCropRight"},
                               {239, "PreviewCropBottom"}};

template <std::size_t N>
FieldValue Word(const std::array<std::string_view, N>& words, std::int32_t value) {
  const auto at = static_cast<std::size_t>(value);
  if (value < 0 || at >= N) return fmt::format("Unknown ({})", value);
  return TextOrNumber(std::string(words[at]));
}

void Picture(std::string_view name, std::uint64_t bytes, Extracted& to) {
  to.Add(name, BinaryText(bytes));
  if (name == "ThumbnailImage")
    to.pictures.push_back({"thumbnail", "image/jpeg", "", {}, {}, static_cast<std::int64_t>(bytes)});
}

/// Reads one trailer that ends at `end`. Returns where it begins; `end` where none does.
class Trailers {
 public:
  Trailers(Window& window, const ExtractContext& context, Extracted& to, ImageBlocks* blocks)
      : window_(window), to_(to), blocks_(blocks), left_(std::min(kRecordBytesMax, context.limits.bytes)) {}

  std::uint64_t Before(std::uint64_t end) {
    if (end < 12) return end;
    const std::string last(window_.At(end - 12, 12));
    const ByteView footer(last);
    if (footer.Is(8, "\xa1\xb2\xc3\xd4")) return FotoStation(end, footer.U16(2), footer.U32(4));
    if (footer.Is(4, "cbipcbbl")) return PhotoMechanic(end, footer.U32(0));
    if (footer.Is(0, "AXS!")) return Afcp(end, ByteView(last, std::endian::big).U32(4), std::endian::big);
    if (footer.Is(0, "AXS*")) return Afcp(end, ByteView(last, std::endian::little).U32(4), std::endian::little);
    return end;
  }

 private:
  std::uint64_t FotoStation(std::uint64_t end, std::uint16_t tag, std::uint64_t size) {
    if (size < 10 || size > end) return end;
    const std::uint64_t at = end - size;
    const std::uint64_t bytes = size - 10;
    if (tag == 1) Iptc(at, bytes);
    if (tag == 2) SoftEdit(at, bytes);
    if ((tag == 3 || tag == 4) && window_.At(at, 3) == "\xff\xd8\xff")
      Picture(tag == 3 ? "ThumbnailImage" : "PreviewImage", bytes, to_);
    return at;
  }

  void SoftEdit(std::uint64_t at, std::uint64_t bytes) {
    constexpr std::array kNumbers = {"OriginalImageWidth"sv, "OriginalImageHeight"sv, "ColorPlanes"sv};
    constexpr std::array kCrops = {"CropLeft"sv, "CropTop"sv, "CropRight"sv, "CropBottom"sv};
    const std::string held(window_.At(at, static_cast<std::size_t>(std::min(bytes, kRecordBytesMax))));
    const ByteView view(held);
    for (std::size_t i = 0; i < kNumbers.size() && view.Has(i * 4, 4); ++i)
      to_.Add(kNumbers[i], std::int64_t{view.S32(i * 4)});
    if (view.Has(12, 4)) to_.Add("XYResolution", NumberValue(view.S32(12) / 1000.0));
    if (view.Has(16, 4)) to_.Add("Rotation", NumberValue(view.S32(16) == 0 ? 0 : 360 - view.S32(16) / 100.0));
    for (std::size_t i = 0; i < kCrops.size() && view.Has(24 + i * 4, 4); ++i)
      to_.Add(kCrops[i], General(view.S32(24 + i * 4) / 1000.0, 15) + "%");
    if (view.Has(44, 4)) to_.Add("CropRotation", NumberValue(view.S32(44) == 0 ? 0 : -view.S32(44) / 100.0));
  }

  std::uint64_t PhotoMechanic(std::uint64_t end, std::uint64_t size) {
    if (size > end - 12) return end;
    const std::uint64_t at = end - 12 - size;
    const std::string held(window_.At(at, static_cast<std::size_t>(std::min(size, kRecordBytesMax))));
    const ByteView view(held);
    for (std::uint64_t i = 0; view.Has(i, 5) && view.U8(i) == 0x1c; i += 5 + std::uint64_t{view.U16(i + 3)}) {
      if (view.U8(i + 1) == 2 && view.U16(i + 3) == 4) Edit(view.U8(i + 2), view.S32(i + 5));
    }
    return at;
  }

  void Edit(std::uint8_t set, std::int32_t value) {
    for (const auto& code : kSoftEdits) {
      if (code.value != set) continue;
      if (set <= 212 || set >= 236) return to_.Add(code.text, fmt::format("{:.3f}%", value / 655.36));
      if (set == 216) return to_.Add(code.text, Word(kRotations, value));
      if (set == 221) return to_.Add(code.text, Word(kNoYes, value));
      if (set == 222) return to_.Add(code.text, Word(kColorClasses, value));
      return to_.Add(code.text, std::int64_t{value});
    }
  }

  std::uint64_t Afcp(std::uint64_t end, std::uint64_t at, std::endian order) {
    if (at + 24 > end || !ByteView(window_.At(at, 4)).Is(0, "AXS")) return end;
    const std::size_t count = std::min<std::size_t>(ByteView(window_.At(at, 8), order).U16(6), kEntriesMax);
    const std::string held(window_.At(at + 12, count * 12));
    const ByteView entries(held, order);
    for (std::size_t i = 0; i < count && entries.Has(i * 12, 12); ++i) {
      const std::uint64_t bytes = entries.U32(i * 12 + 4);
      const std::uint64_t from = entries.U32(i * 12 + 8);
      const std::string_view tag = entries.Part(i * 12, 4);
      if (!window_.Has(from, bytes)) continue;
      if (tag == "IPTC") Iptc(from, bytes);
      if (tag == "TEXT") to_.Add("Text", ToUtf8(TrimEnd(BeforeNul(Record(from, bytes)))));
      if (tag == "Nail" || tag == "PrVw") Preview(tag == "Nail" ? "ThumbnailImage" : "PreviewImage", from, bytes);
    }
    return at;
  }

  // The picture stands behind a head of its own.
  void Preview(std::string_view name, std::uint64_t at, std::uint64_t bytes) {
    const std::size_t head =
        window_.At(at, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, 256))).find("\xff\xd8\xff");
    if (head != std::string_view::npos) Picture(name, bytes - head, to_);
  }

  void Iptc(std::uint64_t at, std::uint64_t bytes) { blocks_->iptc += Record(at, bytes); }

  // Records may all stand in the same place: what they hold together is bounded.
  std::string_view Record(std::uint64_t at, std::uint64_t bytes) {
    if (bytes > left_) return {};
    left_ -= bytes;
    return window_.At(at, static_cast<std::size_t>(bytes));
  }

  Window& window_;
  Extracted& to_;
  ImageBlocks* blocks_;
  std::uint64_t left_;
};

}  // namespace

void ReadJpegTrailers(Window& window, const ExtractContext& context, Extracted& to, ImageBlocks* blocks) {
  Trailers trailers(window, context, to, blocks);
  std::uint64_t end = window.size();
  for (int i = 0; i < kTrailersMax; ++i) {
    const std::uint64_t before = trailers.Before(end);
    if (before == end) return;
    end = before;
  }
}

}  // namespace cairn
