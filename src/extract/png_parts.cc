#include "extract/png_parts.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/text.h"
#include "extract/video_color.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr Code kIntents[] = {
    {0, "Perceptual"}, {1, "Relative Colorimetric"}, {2, "Saturation"}, {3, "Absolute Colorimetric"}};
constexpr Code kUnits[] = {{0, "Unknown"}, {1, "meters"}};
constexpr Code kScaleUnits[] = {{1, "meters"}, {2, "radians"}};
constexpr Code kOffsetUnits[] = {{0, "pixels"}, {1, "microns"}};
constexpr std::array kChromaticities = {"WhitePointX"sv, "WhitePointY"sv, "RedX"sv,  "RedY"sv,
                                        "GreenX"sv,      "GreenY"sv,      "BlueX"sv, "BlueY"sv};
constexpr Code kStereoModes[] = {{0, "Cross-fuse Layout"}, {1, "Diverging-fuse Layout"}};
struct Binary {
  std::string_view type;
  std::string_view name;
};
constexpr Binary kBinaries[] = {
    {"hIST", "PaletteHistogram"},           {"sPLT", "SuggestedPalette"},      {"pCAL", "PixelCalibration"},
    {"iDOT", "AppleDataOffsets"},           {"dSIG", "DigitalSignature"},      {"fRAc", "FractalParameters"},
    {"gIFg", "GIFGraphicControlExtension"}, {"gIFt", "GIFPlainTextExtension"}, {"gIFx", "GIFApplicationExtension"}};

std::string Numbers(ByteView chunk, std::size_t each) {
  std::string out;
  for (std::uint64_t i = 0; i + each <= chunk.size(); i += each)
    out += fmt::format("{}{}", i > 0 ? " " : "", chunk.Unsigned(i, each));
  return out;
}

void Scale(ByteView chunk, Extracted& to) {
  to.Add("SubjectUnits", CodeText(kScaleUnits, chunk.U8(0)));
  const std::string_view rest = chunk.Part(1);
  const std::size_t nul = rest.find('\0');
  to.Add("SubjectPixelWidth", TextOrNumber(ToUtf8(rest.substr(0, nul))));
  if (nul != std::string_view::npos)
    to.Add("SubjectPixelHeight", TextOrNumber(ToUtf8(BeforeNul(rest.substr(nul + 1)))));
}

void Animation(ByteView chunk, Extracted& to) {
  to.Add("AnimationFrames", std::int64_t{chunk.U32(0)});
  if (chunk.U32(4) == 0) {
    to.Add("AnimationPlays", std::string("inf"));
  } else {
    to.Add("AnimationPlays", std::int64_t{chunk.U32(4)});
  }
}

void Colors(ByteView chunk, Extracted& to) {
  if (!chunk.Has(0, 4)) return;
  AddVideoColor({chunk.U8(0), chunk.U8(1), chunk.U8(2)}, to);
  to.Add("VideoFullRangeFlag", std::int64_t{chunk.U8(3)});
}

}  // namespace

void ReadPngPart(std::string_view type, ByteView chunk, bool palette, Extracted& to) {
  if (type == "sCAL") return Scale(chunk, to);
  if (type == "acTL") return Animation(chunk, to);
  if (type == "cICP") return Colors(chunk, to);
  for (const auto& binary : kBinaries) {
    if (type == binary.type) return to.Add(binary.name, BinaryText(chunk.size()));
  }
  if (type == "gAMA") {
    if (chunk.U32(0) == 0) return;
    to.Add("Gamma", NumberValue(std::floor(1e9 / chunk.U32(0) + 0.5) / 1e4));
  } else if (type == "cHRM") {
    for (std::size_t i = 0; i < kChromaticities.size() && chunk.Has(i * 4, 4); ++i) {
      to.Add(kChromaticities[i], NumberValue(chunk.U32(i * 4) / 100000.0));
    }
  } else if (type == "pHYs") {
    to.Add("PixelsPerUnitX", std::int64_t{chunk.U32(0)});
    to.Add("PixelsPerUnitY", std::int64_t{chunk.U32(4)});
    to.Add("PixelUnits", CodeText(kUnits, chunk.U8(8)));
  } else if (type == "sRGB") {
    to.Add("SRGBRendering", CodeText(kIntents, chunk.U8(0)));
  } else if (type == "PLTE") {
    to.Add("Palette", chunk.size() <= 3 ? Numbers(chunk, 1) : BinaryText(chunk.size()));
  } else if (type == "tRNS") {
    to.Add("Transparency", chunk.size() > 6 ? FieldValue(BinaryText(chunk.size()))
                                            : TextOrNumber(Numbers(chunk, palette || chunk.size() < 2 ? 1 : 2)));
  } else if (type == "bKGD") {
    to.Add("BackgroundColor", TextOrNumber(Numbers(chunk.Sub(0, 8), chunk.size() < 2 ? 1 : 2)));
  } else if (type == "sBIT") {
    to.Add("SignificantBits", TextOrNumber(Numbers(chunk.Sub(0, 4), 1)));
  } else if (type == "oFFs") {
    to.Add("ImageOffset", fmt::format("{}, {} ({})", chunk.S32(0), chunk.S32(4), CodeText(kOffsetUnits, chunk.U8(8))));
  } else if (type == "vpAg") {
    to.Add("VirtualImageWidth", std::int64_t{chunk.U32(0)});
    to.Add("VirtualImageHeight", std::int64_t{chunk.U32(4)});
    to.Add("VirtualPageUnits", std::int64_t{chunk.U8(8)});
  } else if (type == "sTER") {
    to.Add("StereoMode", CodeText(kStereoModes, chunk.U8(0)));
  } else if (type == "tIME") {
    std::string time = fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", chunk.U16(0), chunk.U8(2), chunk.U8(3),
                                   chunk.U8(4), chunk.U8(5), chunk.U8(6));
    to.core.modified = IsoTime(time);
    to.Add("ModifyDate", std::move(time));
  }
}

}  // namespace cairn
