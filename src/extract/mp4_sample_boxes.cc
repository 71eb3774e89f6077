#include <fmt/format.h>

#include <array>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

// CoreAudioTypes: tags of layouts, without the number of channels.
constexpr Code kLayouts[] = {{0, "UseDescriptions"},
                             {1, "UseBitmap"},
                             {100, "Mono"},
                             {101, "Stereo"},
                             {102, "StereoHeadphones"},
                             {103, "MatrixStereo"},
                             {104, "MidSide"},
                             {105, "XY"},
                             {106, "Binaural"},
                             {107, "Ambisonic_B_Format"},
                             {108, "Quadraphonic"},
                             {109, "Pentagonal"},
                             {110, "Hexagonal"},
                             {111, "Octagonal"},
                             {112, "Cube"},
                             {113, "MPEG_3_0_A"},
                             {114, "MPEG_3_0_B"},
                             {115, "MPEG_4_0_A"},
                             {116, "MPEG_4_0_B"},
                             {117, "MPEG_5_0_A"},
                             {118, "MPEG_5_0_B"},
                             {119, "MPEG_5_0_C"},
                             {120, "MPEG_5_0_D"},
                             {121, "MPEG_5_1_A"},
                             {122, "MPEG_5_1_B"},
                             {123, "MPEG_5_1_C"},
                             {124, "MPEG_5_1_D"},
                             {125, "MPEG_6_1_A"},
                             {126, "MPEG_7_1_A"},
                             {127, "MPEG_7_1_B"},
                             {128, "MPEG_7_1_C"},
                             {129, "Emagic_Default_7_1"},
                             {130, "SMPTE_DTV"},
                             {131, "ITU_2_1"},
                             {132, "ITU_2_2"},
                             {133, "DVD_4"},
                             {134, "DVD_5"},
                             {135, "DVD_6"},
                             {136, "DVD_10"},
                             {137, "DVD_11"},
                             {138, "DVD_18"},
                             {139, "AudioUnit_6_0"},
                             {140, "AudioUnit_7_0"},
                             {141, "AAC_6_0"},
                             {142, "AAC_6_1"},
                             {143, "AAC_7_0"},
                             {144, "AAC_Octagonal"},
                             {145, "TMH_10_2_std"},
                             {146, "TMH_10_2_full"},
                             {147, "DiscreteInOrder"},
                             {148, "AudioUnit_7_0_Front"},
                             {149, "AC3_1_0_1"},
                             {150, "AC3_3_0"},
                             {151, "AC3_3_1"},
                             {152, "AC3_3_0_1"},
                             {153, "AC3_2_1_1"},
                             {154, "AC3_3_1_1"},
                             {155, "EAC_6_0_A"},
                             {156, "EAC_7_0_A"},
                             {157, "EAC3_6_1_A"},
                             {158, "EAC3_6_1_B"},
                             {159, "EAC3_6_1_C"},
                             {160, "EAC3_7_1_A"},
                             {161, "EAC3_7_1_B"},
                             {162, "EAC3_7_1_C"},
                             {163, "EAC3_7_1_D"},
                             {164, "EAC3_7_1_E"},
                             {165, "EAC3_7_1_F"},
                             {166, "EAC3_7_1_G"},
                             {167, "EAC3_7_1_H"},
                             {168, "DTS_3_1"},
                             {169, "DTS_4_1"},
                             {170, "DTS_6_0_A"},
                             {171, "DTS_6_0_B"},
                             {172, "DTS_6_0_C"},
                             {173, "DTS_6_1_A"},
                             {174, "DTS_6_1_B"},
                             {175, "DTS_6_1_C"},
                             {176, "DTS_7_0"},
                             {177, "DTS_7_1"},
                             {178, "DTS_8_0_A"},
                             {179, "DTS_8_0_B"},
                             {180, "DTS_8_1_A"},
                             {181, "DTS_8_1_B"},
                             {182, "DTS_6_1_D"},
                             {183, "AAC_7_1_B"},
                             {65535, "Unknown"}};
constexpr std::array kChannels = {"Left"sv,
                                  "Right"sv,
                                  "Center"sv,
                                  "LFEScreen"sv,
                                  "LeftSurround"sv,
                                  "RightSurround"sv,
                                  "LeftCenter"sv,
                                  "RightCenter"sv,
                                  "CenterSurround"sv,
                                  "LeftSurroundDirect"sv,
                                  "RightSurroundDirect"sv,
                                  "TopCenterSurround"sv,
                                  "VerticalHeightLeft"sv,
                                  "VerticalHeightCenter"sv,
                                  "VerticalHeightRight"sv,
                                  "TopBackLeft"sv,
                                  "TopBackCenter"sv,
                                  "TopBackRight"sv};
constexpr std::array kFaces = {"Bold"sv, "Italic"sv, "Underline"sv, "Outline"sv, "Shadow"sv, "Condense"sv, "Extend"sv};
constexpr Code kOrders[] = {{1, "Progressive"}, {2, "2:1 Interlaced"}};
constexpr Code kStereo[] = {{0, "Monoscopic"},
                            {1, "Stereoscopic Top-Bottom"},
                            {2, "Stereoscopic Left-Right"},
                            {3, "Stereoscopic Stereo-Custom"}};
constexpr Code kFonts[] = {{0, "System"}};

struct Right {
  std::string_view code;
  std::string_view name;
};
constexpr Right kRights[] = {{"aver", "VersionRestrictions"},
                             {"medi", "MediaFlags"},
                             {"mode", "ModeFlags"},
                             {"plat", "Platform"},
                             {"song", "ItemID"},
                             {"tran", "TransactionID"},
                             {"veID", "ItemVendorID"}};

template <std::size_t N>
std::string Bits(const std::array<std::string_view, N>& names, std::uint32_t bits) {
  std::string out;
  for (std::size_t i = 0; i < 32; ++i) {
    if ((bits >> i & 1) == 0) continue;
    out += (out.empty() ? "" : ", ") + (i < N ? std::string(names[i]) : fmt::format("[{}]", i));
  }
  return out;
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes.substr(0, 64)) out += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
  return out;
}

void Layout(ByteView box, Extracted& to) {
  if (!box.Has(0, 16)) return;
  to.Add("LayoutFlags", CodeText(kLayouts, box.U16(4)));
  if (box.U16(4) == 1) to.Add("AudioChannelTypes", Bits(kChannels, box.U32(8)));
  if (box.U16(4) < 2) to.Add("NumChannelDescriptions", std::int64_t{box.U32(12)});
}

void Aperture(ByteView box, Extracted& to) {
  constexpr std::array kNames = {"CleanApertureWidth"sv, "CleanApertureHeight"sv, "CleanApertureOffsetX"sv,
                                 "CleanApertureOffsetY"sv};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::int32_t under = box.S32(i * 8 + 4);
    if (under != 0) to.Add(kNames[i], NumberValue(static_cast<double>(box.S32(i * 8)) / under, 10));
  }
}

// Four letters and four bytes each.
void Rights(ByteView box, Extracted& to) {
  for (std::uint64_t at = 0; box.Has(at, 8) && at < 1024; at += 8) {
    if (box.Is(at, "tool")) to.Add("ItemTool", ToUtf8(BeforeNul(box.Part(at + 4, 4))));
    for (const auto& right : kRights) {
      if (box.Is(at, right.code)) to.Add(right.name, fmt::format("0x{:08x}", box.U32(at + 4)));
    }
  }
}

// ISO 14496-12, section 8.12, and what iTunes puts there.
void Protection(std::string_view type, ByteView box, Extracted& to) {
  if (type == "schm" && box.Has(0, 10)) {
    to.Add("SchemeType", ToUtf8(box.Part(4, 4)));
    to.Add("SchemeVersion", std::int64_t{box.U16(8)});
    to.Add("SchemeURL", ToUtf8(BeforeNul(box.Part(10, 1024))));
  } else if (type == "user" || type == "key " || type == "cert") {
    const std::string_view name = type == "user" ? "UserID" : type == "cert" ? "Certificate" : "KeyID";
    to.Add(name, "0x" + Hex(box.bytes()));
  } else if (type == "iviv") {
    to.Add("InitializationVector", Hex(box.bytes()));
  } else if (type == "name") {
    to.Add("UserName", ToUtf8(BeforeNul(box.Part(0, 1024))));
  } else if (type == "righ") {
    Rights(box, to);
  }
}

}  // namespace

bool Mp4HoldsSampleBoxes(std::string_view type) {
  return type == "wave" || type == "sinf" || type == "pinf" || type == "schi";
}

void ReadMp4SampleBox(std::string_view type, ByteView box, bool is_protected, Mp4State& state) {
  auto& to = state.to;
  if (is_protected) Protection(type, box, to);
  if (type == "pasp") to.Add("PixelAspectRatio", fmt::format("{}:{}", box.U32(0), box.U32(4)));
  if (type == "colr") ReadMp4Color(box, to);
  if (type == "frma") to.Add(is_protected ? "OriginalFormat" : "PurchaseFileFormat", ToUtf8(box.Part(0, 4)));
  if (type == "chan") Layout(box, to);
  if (type == "clap" && box.Has(0, 32)) Aperture(box, to);
  if (type == "gama" && box.Has(0, 4)) to.Add("Gamma", NumberValue(box.U32(0) / 65536.0, 5));
  if (type == "fiel" && box.Has(0, 2))
    to.Add("VideoFieldOrder", fmt::format("{}; {}", CodeText(kOrders, box.U8(0)), box.U8(1)));
  if (type == "st3d" && box.Has(0, 5)) to.Add("Stereoscopic3D", CodeText(kStereo, box.U8(4)));
  if (type == "damr" && box.Has(0, 5)) {
    to.Add("EncoderVendor", ToUtf8(BeforeNul(box.Part(0, 4))));
    to.Add("EncoderVersion", std::int64_t{box.U8(4)});
  }
  if (type == "btrt") {
    to.Add("BufferSize", std::int64_t{box.U32(0)});
    to.Add("MaxBitrate", std::int64_t{box.U32(4)});
    to.Add("AverageBitrate", std::int64_t{box.U32(8)});
    if (!to.core.bitrate && box.U32(8) != 0) to.core.bitrate = box.U32(8);
  }
}

void ReadMp4TimeCode(ByteView box, Mp4State& state) {
  if (!box.Has(0, 24)) return;
  auto& to = state.to;
  const auto color = [&](std::uint64_t at) {
    return fmt::format("{} {} {}", box.U16(at), box.U16(at + 2), box.U16(at + 4));
  };
  to.Add("TextFont", CodeText(kFonts, box.U16(4)));
  to.Add("TextFace", box.U16(6) == 0 ? std::string("Plain") : Bits(kFaces, box.U16(6)));
  to.Add("TextSize", std::int64_t{box.U16(8)});
  to.Add("TextColor", color(12));
  to.Add("BackgroundColor", color(18));
  to.Add("FontName", ToUtf8(box.Part(25, box.U8(24))));
}

}  // namespace cairn
