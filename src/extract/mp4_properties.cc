#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

// A property is small but for an ICC profile.
constexpr std::uint64_t kPropertyBytesMax = 4096;
constexpr std::uint64_t kProfileBytesMax = std::uint64_t{16} << 20;
// Each field of a property is compared with those before it.
constexpr std::size_t kFieldsMax = 1000;
constexpr std::size_t kPropertiesMax = 1000;

constexpr std::array<std::string_view, 12> kProfiles = {"No Profile",
                                                        "Main",
                                                        "Main 10",
                                                        "Main Still Picture",
                                                        "Format Range Extensions",
                                                        "High Throughput",
                                                        "Multiview Main",
                                                        "Scalable Main",
                                                        "3D Main",
                                                        "Screen Content Coding Extensions",
                                                        "Scalable Format Range Extensions",
                                                        "High Throughput Screen Content Coding Extensions"};
constexpr std::array<std::string_view, 4> kChromas = {"Monochrome", "4:2:0", "4:2:2", "4:4:4"};
constexpr std::array<std::string_view, 4> kRates = {"Unknown", "Constant Frame Rate",
                                                    "Each Temporal Layer is Constant Frame Rate", "Unknown (3)"};

constexpr Code kSamplings[] = {{0, "YUV 4:4:4"}, {2, "YUV 4:2:2"}, {3, "YUV 4:2:0"}, {7, "Monochrome 4:0:0"}};
constexpr std::array<std::string_view, 4> kSamplePositions = {"Unknown", "Vertical", "Colocated", "(reserved)"};

// ISO 14496-15, section 8.3.3.1.2.
void Hevc(ByteView box, Extracted& to) {
  to.Add("HEVCConfigurationVersion", std::int64_t{box.U8(0)});
  to.Add("GeneralProfileSpace",
         box.U8(1) >> 6 == 0 ? std::string("Conforming") : fmt::format("Unknown ({})", box.U8(1) >> 6));
  to.Add("GeneralTierFlag", std::string((box.U8(1) & 0x20) != 0 ? "High Tier" : "Main Tier"));
  const std::size_t profile = box.U8(1) & 31U;
  to.Add("GeneralProfileIDC",
         profile < kProfiles.size() ? std::string(kProfiles[profile]) : fmt::format("Unknown ({})", profile));
  std::string flags;
  for (int bit = 0; bit < 32; ++bit) {
    if ((box.U32(2) >> bit & 1) == 0) continue;
    const auto at = static_cast<std::size_t>(31 - bit);
    flags +=
        (flags.empty() ? "" : ", ") + (at < kProfiles.size() ? std::string(kProfiles[at]) : fmt::format("[{}]", bit));
  }
  to.Add("GenProfileCompatibilityFlags", flags.empty() ? "(none)" : flags);
  std::string constraints;
  for (std::uint64_t i = 6; i < 12; ++i) constraints += fmt::format("{}{}", i > 6 ? " " : "", box.U8(i));
  to.Add("ConstraintIndicatorFlags", constraints);
  to.Add("GeneralLevelIDC", fmt::format("{} (level {:.1f})", box.U8(12), box.U8(12) / 30.0));
  to.Add("MinSpatialSegmentationIDC", std::int64_t{box.U16(13) & 0xfff});
  to.Add("ParallelismType", std::int64_t{box.U8(15) & 3});
  to.Add("ChromaFormat", std::string(kChromas[box.U8(16) & 3U]));
  to.Add("BitDepthLuma", std::int64_t{(box.U8(17) & 7) + 8});
  to.Add("BitDepthChroma", std::int64_t{(box.U8(18) & 7) + 8});
  to.Add("AverageFrameRate", NumberValue(box.U16(19) / 256.0));
  to.Add("ConstantFrameRate", std::string(kRates[box.U8(21) >> 6]));
  to.Add("NumTemporalLayers", std::int64_t{box.U8(21) >> 3 & 7});
  to.Add("TemporalIDNested", std::string((box.U8(21) & 4) != 0 ? "Yes" : "No"));
}

// AV1 Codec ISO Media File Format Binding, section 2.3.3.
void Av1(ByteView box, Extracted& to) {
  to.Add("AV1ConfigurationVersion", std::int64_t{box.U8(0) & 0x7f});
  to.Add("ChromaFormat", CodeText(kSamplings, box.U8(2) >> 2 & 7));
  to.Add("ChromaSamplePosition", std::string(kSamplePositions[box.U8(2) & 3U]));
}

// ISO 23008-12, section 6.5.9: width, height and the two offsets of the middle, as fractions.
std::string CleanAperture(ByteView box) {
  std::string out;
  for (std::uint64_t at = 0; at < 32; at += 8) {
    const std::int32_t over = box.S32(at);
    const std::int32_t under = box.S32(at + 4);
    if (at > 0) out += ' ';
    if (under == 0) {
      out += over == 0 ? "undef" : "inf";
    } else {
      out += General(static_cast<double>(over) / under, 10);
    }
  }
  return out;
}

std::string Depths(ByteView box) {
  std::string out;
  for (std::uint64_t i = 0; i < box.U8(4) && box.Has(5 + i, 1); ++i)
    out += fmt::format("{}{}", i > 0 ? " " : "", box.U8(5 + i));
  return out;
}

void OneProperty(std::string_view type, ByteView box, Extracted& to) {
  if (type == "ispe") {
    to.Add("ImageSpatialExtent", fmt::format("{}x{}", box.U32(4), box.U32(8)));
  } else if (type == "hvcC") {
    Hevc(box, to);
  } else if (type == "av1C") {
    Av1(box, to);
  } else if (type == "irot") {
    to.Add("Rotation", std::int64_t{box.U8(0) & 3} * 90);
  } else if (type == "pixi") {
    to.Add("ImagePixelDepth", Depths(box));
  } else if (type == "pasp") {
    to.Add("PixelAspectRatio", fmt::format("{} {}", box.U32(0), box.U32(4)));
  } else if (type == "rloc") {
    to.Add("RelativeLocation", fmt::format("{} {}", box.U32(4), box.U32(8)));
  } else if (type == "clap" && box.Has(0, 32)) {
    to.Add("CleanAperture", CleanAperture(box));
  } else if (type == "auxC") {
    to.Add("AuxiliaryImageType", ToUtf8(BeforeNul(box.Part(4))));
  } else if (type == "colr") {
    ReadMp4Color(box, to);
  }
}

void Size(ByteView box, bool primary, CommonCore* core) {
  const std::uint64_t width = box.U32(4);
  const std::uint64_t height = box.U32(8);
  const auto held = [](std::optional<std::int64_t> side) { return static_cast<std::uint64_t>(side.value_or(0)); };
  // Where nothing tells the main picture, it is the largest: larger than its tiles and thumbnails.
  if (!primary && width * height <= held(core->width) * held(core->height)) return;
  core->width = static_cast<std::int64_t>(width);
  core->height = static_cast<std::int64_t>(height);
}

}  // namespace

std::string ReadMp4Properties(Mp4State& state) {
  std::vector<bool> of_primary(state.properties.size());
  if (const auto found = state.items.find(state.primary); found != state.items.end()) {
    for (const std::uint16_t index : found->second.properties) {
      if (index > 0 && index <= of_primary.size()) of_primary[index - 1U] = true;
    }
  }
  std::string icc;
  std::vector<Field> given;
  bool sized = false;
  std::size_t looked_at = 0;
  for (const bool primary : {true, false}) {
    for (std::size_t i = 0; i < state.properties.size(); ++i) {
      const Mp4Property& property = state.properties[i];
      if (of_primary[i] != primary || given.size() >= kFieldsMax || property.span.size > kProfileBytesMax) continue;
      if (++looked_at > kPropertiesMax) break;
      const bool whole = icc.empty() && property.type == "colr";
      const ByteView box(state.file.At(
          property.span.at,
          static_cast<std::size_t>(whole ? property.span.size : std::min(property.span.size, kPropertyBytesMax))));
      if (whole && (box.Is(0, "prof") || box.Is(0, "rICC"))) icc = box.Part(4);
      if (property.type == "ispe" && !sized) Size(box, primary, &state.to.core);
      sized = sized || (primary && property.type == "ispe");
      Extracted one;
      OneProperty(property.type, box, one);
      for (auto& field : one.fields) {
        if (std::find(given.begin(), given.end(), field) == given.end()) given.push_back(std::move(field));
      }
    }
  }
  for (auto& field : given) state.to.Add(field.name, std::move(field.value));
  return icc;
}

}  // namespace cairn
