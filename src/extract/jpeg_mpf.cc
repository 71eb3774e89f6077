#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "extract/exif_value.h"
#include "extract/exif_words.h"
#include "extract/jpeg_segments.h"

namespace cairn {
namespace {

constexpr Tag kTags[] = {
    {0xb000, "MPFVersion", Show::kVersion, {}},       {0xb001, "NumberOfImages", Show::kPlain, {}},
    {0xb003, "ImageUIDList", Show::kBinary, {}},      {0xb004, "TotalFrames", Show::kPlain, {}},
    {0xb101, "MPIndividualNum", Show::kPlain, {}},    {0xb202, "PanOverlapH", Show::kPlain, {}},
    {0xb203, "PanOverlapV", Show::kPlain, {}},        {0xb204, "BaseViewpointNum", Show::kPlain, {}},
    {0xb205, "ConvergenceAngle", Show::kPlain, {}},   {0xb206, "BaselineLength", Show::kPlain, {}},
    {0xb207, "VerticalDivergence", Show::kPlain, {}}, {0xb208, "AxisDistanceX", Show::kPlain, {}},
    {0xb209, "AxisDistanceY", Show::kPlain, {}},      {0xb20a, "AxisDistanceZ", Show::kPlain, {}},
    {0xb20b, "YawAngle", Show::kPlain, {}},           {0xb20c, "PitchAngle", Show::kPlain, {}},
    {0xb20d, "RollAngle", Show::kPlain, {}}};
constexpr std::uint16_t kImageList = 0xb002;
constexpr std::uint16_t kOrientation = 0xb201;
// Of the five highest bits.
constexpr Code kFlags[] = {{2, "Representative image"}, {3, "Dependent child image"}, {4, "Dependent parent image"}};
constexpr Code kFormats[] = {{0, "JPEG"}};
constexpr Code kTypes[] = {{0, "Undefined"},
                           {0x010001, "Large Thumbnail (VGA equivalent)"},
                           {0x010002, "Large Thumbnail (full HD equivalent)"},
                           {0x020001, "Multi-frame Panorama"},
                           {0x020002, "Multi-frame Disparity"},
                           {0x020003, "Multi-angle"},
                           {0x030000, "Baseline MP Primary Image"}};
constexpr Code kStarts[] = {{0, "[unused]"},
                            {1, "Start at top right"},
                            {2, "Start at top left"},
                            {3, "Start at bottom left"},
                            {4, "Start at bottom right"}};
constexpr Code kDirections[] = {{0x01, "Left to right"},      {0x02, "Right to left"},
                                {0x03, "Top to bottom"},      {0x04, "Bottom to top"},
                                {0x10, "Clockwise"},          {0x20, "Counter clockwise"},
                                {0x30, "Zigzag (row start)"}, {0x40, "Zigzag (column start)"}};
constexpr std::size_t kImagesMax = 256;
constexpr std::uint16_t kEntriesMax = 32;

std::string Orientation(std::uint32_t value) {
  return fmt::format("{} rows; {} columns; {}; {}", value >> 24, value >> 16 & 255, CodeText(kStarts, value >> 8 & 255),
                     CodeText(kDirections, value & 255));
}

void Images(ByteView list, std::uint64_t at, std::uint64_t file_bytes, Extracted& to) {
  bool preview = false;
  for (std::size_t i = 0; i < kImagesMax && list.Has(i * 16, 16); ++i) {
    const ByteView entry = list.Sub(i * 16, 16);
    const std::uint32_t head = entry.U32(0);
    const std::uint32_t type = head & 0xffffff;
    const std::uint64_t bytes = entry.U32(4);
    const std::uint64_t start = entry.U32(8) == 0 ? 0 : entry.U32(8) + at;
    to.Add("MPImageFlags", BitWords(kFlags, head >> 27));
    to.Add("MPImageFormat", CodeText(kFormats, head >> 24 & 7));
    const Code* known = FindCode(kTypes, type);
    to.Add("MPImageType", known != nullptr ? std::string(known->text) : fmt::format("Unknown (0x{:x})", type));
    to.Add("MPImageLength", static_cast<std::int64_t>(bytes));
    to.Add("MPImageStart", static_cast<std::int64_t>(start));
    to.Add("DependentImage1EntryNumber", std::int64_t{entry.U16(12)});
    to.Add("DependentImage2EntryNumber", std::int64_t{entry.U16(14)});
    if (start == 0 || bytes == 0 || start > file_bytes || bytes > file_bytes - start) continue;
    const bool large = type >> 16 == 1 && !preview;
    preview = preview || large;
    to.Add(large ? std::string("PreviewImage") : fmt::format("MPImage{}", i + 1), BinaryText(bytes));
  }
}

}  // namespace

void ReadMpf(ByteView segment, std::uint64_t at, std::uint64_t file_bytes, Extracted& to) {
  const ByteView body(segment.bytes(), segment.Is(0, "II") ? std::endian::little : std::endian::big);
  const std::uint64_t directory = body.U32(4);
  // Entries may all point at the same bytes: what they cost together is bounded.
  std::uint64_t left = body.size();
  bool listed = false;
  const std::uint16_t count = std::min(body.U16(directory), kEntriesMax);
  for (std::uint16_t i = 0; i < count && body.Has(directory + 2 + i * 12U, 12); ++i) {
    const ByteView entry = body.Sub(directory + 2 + i * 12U, 12);
    ExifValue value;
    value.type = entry.U16(2);
    value.count = entry.U32(4);
    const std::uint64_t bytes = value.count * ExifTypeBytes(value.type);
    if (bytes > left) {
      to.Warn(fmt::format("tag 0x{:x} of the list of pictures is left out, as the values are too large", entry.U16(0)));
      continue;
    }
    left -= bytes;
    value.bytes = bytes <= 4 ? entry.Sub(8, bytes) : body.Sub(entry.U32(8), bytes);
    if (bytes == 0 || value.bytes.size() < bytes) continue;
    if (entry.U16(0) == kImageList) {
      if (!std::exchange(listed, true)) Images(value.bytes, at, file_bytes, to);
    } else if (entry.U16(0) == kOrientation) {
      to.Add("PanOrientation", Orientation(static_cast<std::uint32_t>(Whole(value.Number(0)))));
    } else if (const Tag* tag = FindTag(kTags, entry.U16(0)); tag != nullptr) {
      if (auto shown = ShowExif(*tag, value)) to.Add(tag->name, std::move(*shown));
    }
  }
}

}  // namespace cairn
