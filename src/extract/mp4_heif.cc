#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/image_blocks.h"
#include "extract/mp4_state.h"

namespace cairn {
namespace {

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

}  // namespace

void ReadMp4ImageProperty(std::string_view type, ByteView box, Mp4State& state) {
  auto& to = state.to;
  if (type == "ispe") {
    const std::int64_t width = box.U32(4);
    const std::int64_t height = box.U32(8);
    to.Add("ImageSpatialExtent", fmt::format("{}x{}", width, height));
    // The picture as a whole is larger than its tiles and thumbnails.
    if (width * height > to.core.width.value_or(0) * to.core.height.value_or(0)) {
      to.core.width = width;
      to.core.height = height;
    }
  } else if (type == "hvcC") {
    Hevc(box, to);
  } else if (type == "irot") {
    to.Add("Rotation", std::int64_t{box.U8(0) & 3} * 90);
  } else if (type == "pixi") {
    std::string depths;
    for (std::uint64_t i = 0; i < box.U8(4) && box.Has(5 + i, 1); ++i)
      depths += fmt::format("{}{}", i > 0 ? " " : "", box.U8(5 + i));
    to.Add("ImagePixelDepth", depths);
  } else if (type == "colr" && (box.Is(0, "prof") || box.Is(0, "rICC"))) {
    state.icc = std::string(box.Part(4));
  }
}

void ReadMp4ItemInfo(ByteView box, Mp4State& state) {
  const std::uint64_t head = box.U8(0) == 0 ? 6 : 8;
  std::uint64_t at = head;
  for (std::size_t count = 0; box.Has(at, 8) && count < state.context.limits.entries; ++count) {
    const std::uint32_t size = box.U32(at);
    if (size < 8 || !box.Has(at, size)) return;
    const ByteView entry = box.Sub(at + 8, size - 8);
    at += size;
    if (entry.U8(0) < 2) continue;
    const std::uint64_t wide = entry.U8(0) == 2 ? 2 : 4;
    const auto id = static_cast<std::uint32_t>(entry.Unsigned(4, wide));
    const std::string_view type = entry.Part(6 + wide, 4);
    if (type == "Exif" || type == "mime") state.items[id].type = type;
  }
}

// ISO 14496-12, section 8.11.3.
void ReadMp4ItemLocations(ByteView box, Mp4State& state) {
  const std::uint8_t version = box.U8(0);
  const std::size_t offset_bytes = box.U8(4) >> 4;
  const std::size_t length_bytes = box.U8(4) & 15;
  const std::size_t base_bytes = box.U8(5) >> 4;
  const std::size_t index_bytes = version > 0 ? box.U8(5) & 15 : 0;
  if (offset_bytes > 8 || length_bytes > 8 || base_bytes > 8 || index_bytes > 8) return;
  const std::uint32_t count = version < 2 ? box.U16(6) : box.U32(6);
  std::uint64_t at = version < 2 ? 8 : 10;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(count, 65536) && box.Has(at, 4); ++i) {
    const std::size_t wide = version < 2 ? 2 : 4;
    const auto id = static_cast<std::uint32_t>(box.Unsigned(at, wide));
    at += wide;
    std::uint16_t method = 0;
    if (version > 0) {
      method = box.U16(at) & 15;
      at += 2;
    }
    at += 2;
    const std::uint64_t base = box.Unsigned(at, base_bytes);
    at += base_bytes;
    const std::uint16_t extents = box.U16(at);
    at += 2;
    const std::uint64_t offset = box.Unsigned(at + index_bytes, offset_bytes);
    const std::uint64_t length = box.Unsigned(at + index_bytes + offset_bytes, length_bytes);
    at += std::uint64_t{extents} * (index_bytes + offset_bytes + length_bytes);
    const auto found = state.items.find(id);
    if (found == state.items.end() || method != 0 || extents != 1) continue;
    found->second.at = base + offset;
    found->second.size = length;
  }
}

Status ReadMp4ItemContent(Mp4State& state) {
  ImageBlocks blocks;
  std::uint64_t left = state.context.limits.bytes;
  for (const auto& [id, item] : state.items) {
    if (item.size == 0 || item.size > left || !state.file.Has(item.at, item.size)) continue;
    left -= item.size;
    const std::string content(state.file.At(item.at, static_cast<std::size_t>(item.size)));
    if (item.type == "Exif") {
      // Four bytes say where the TIFF structure begins behind them.
      const std::uint64_t skip = ByteView(content).U32(0) + std::uint64_t{4};
      blocks.exif = std::string(ByteView(content).Part(skip));
      blocks.exif_at = item.at + skip;
    } else if (content.find("<x:xmpmeta") != std::string::npos || content.find("<rdf:RDF") != std::string::npos) {
      blocks.xmp = content;
    }
  }
  blocks.icc = std::move(state.icc);
  return ReadImageBlocks(blocks, state.context, state.to);
}

}  // namespace cairn
