#include "extract/icc.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "extract/byte_view.h"
#include "extract/exif_words.h"
#include "extract/icc_signatures.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::string_view kIntents[] = {"Perceptual", "Media-Relative Colorimetric", "Saturation",
                                         "ICC-Absolute Colorimetric"};
constexpr std::string_view kObservers[] = {"Unknown", "CIE 1931", "CIE 1964"};
constexpr std::string_view kGeometries[] = {"Unknown", "0/45 or 45/0", "0/d or d/0"};
constexpr std::string_view kIlluminants[] = {"Unknown", "D50", "D65", "D93", "F2", "D55", "A", "Equi-Power (E)", "F8"};
// A text in a profile is no book.
constexpr std::uint64_t kTextBytesMax = 65536;
constexpr std::uint32_t kColorantsMax = 15;
constexpr std::string_view kColorants[] = {"Unknown", "ITU-R BT.709", "SMPTE RP145-1994", "EBU Tech.3213-E", "P22"};

// The name of a signature, else the signature itself.
std::string Named(std::string_view name, std::string_view signature) {
  return name.empty() ? fmt::format("Unknown ({})", ToUtf8(BeforeNul(signature))) : std::string(name);
}

std::string Maker(std::string_view signature) {
  return BeforeNul(signature).empty() ? std::string() : Named(IccMaker(signature), signature);
}

template <std::size_t N>
std::string At(const std::string_view (&words)[N], std::uint32_t index) {
  return index < N ? std::string(words[index]) : fmt::format("Unknown ({})", index);
}

// s15Fixed16Number, rounded as people write it.
std::string Fixed(ByteView bytes, std::uint64_t at) {
  const double value = bytes.S32(at) / 65536.0;
  return General(std::round(std::abs(value) * 100000) / (value < 0 ? -100000 : 100000), 12);
}

std::string FixedList(ByteView bytes, std::uint64_t at, std::uint64_t count) {
  std::string out;
  for (std::uint64_t i = 0; i < count && bytes.Has(at + i * 4, 4); ++i) {
    const std::string text = Fixed(bytes, at + i * 4);
    out += (i > 0 ? " " : "") + (text == "-0" ? "0" : text);
  }
  return out;
}

std::string Date(ByteView bytes, std::uint64_t at) {
  return fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", bytes.U16(at), bytes.U16(at + 2), bytes.U16(at + 4),
                     bytes.U16(at + 6), bytes.U16(at + 8), bytes.U16(at + 10));
}

void Header(ByteView profile, Extracted& to) {
  to.Add("ProfileCMMType", Maker(profile.Part(4, 4)));
  to.Add("ProfileVersion", fmt::format("{}.{}.{}", profile.U8(8), profile.U8(9) >> 4, profile.U8(9) & 15));
  to.Add("ProfileClass", Named(IccClass(profile.Part(12, 4)), profile.Part(12, 4)));
  to.Add("ColorSpaceData", ToUtf8(profile.Part(16, 4)));
  to.Add("ProfileConnectionSpace", ToUtf8(profile.Part(20, 4)));
  to.Add("ProfileDateTime", Date(profile, 24));
  to.Add("ProfileFileSignature", ToUtf8(profile.Part(36, 4)));
  to.Add("PrimaryPlatform", Named(IccPlatform(profile.Part(40, 4)), profile.Part(40, 4)));
  const std::uint32_t flags = profile.U32(44);
  to.Add("CMMFlags", fmt::format("{}, {}", (flags & 1) != 0 ? "Embedded" : "Not Embedded",
                                 (flags & 2) != 0 ? "Not Independent" : "Independent"));
  to.Add("DeviceManufacturer", Maker(profile.Part(48, 4)));
  to.Add("DeviceModel", ToUtf8(TrimEnd(BeforeNul(profile.Part(52, 4)))));
  const std::uint32_t device = profile.U32(60);
  to.Add("DeviceAttributes",
         fmt::format("{}, {}, {}, {}", (device & 1) != 0 ? "Transparency" : "Reflective",
                     (device & 2) != 0 ? "Matte" : "Glossy", (device & 4) != 0 ? "Negative" : "Positive",
                     (device & 8) != 0 ? "B&W" : "Color"));
  to.Add("RenderingIntent", At(kIntents, profile.U32(64)));
  to.Add("ConnectionSpaceIlluminant", FixedList(profile, 68, 3));
  to.Add("ProfileCreator", Maker(profile.Part(80, 4)));
  const std::string_view id = profile.Part(84, 16);
  const bool any = id.find_first_not_of('\0') != std::string_view::npos;
  to.Add("ProfileID", any ? FieldValue(HexText(id, false)) : FieldValue(std::int64_t{0}));
}

// `enGB` is `en-GB`; nothing for American English, which has the plain name, and for what is no language.
std::string Language(std::string_view code) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (code.size() != 4 || !std::all_of(code.begin(), code.end(), letter)) return "";
  std::string out;
  for (std::size_t i = 0; i < 4; ++i) {
    const bool raised = code[i] < 'a';
    out += static_cast<char>(raised == (i >= 2) ? code[i] : code[i] ^ 0x20);
    if (i == 1) out += '-';
  }
  return out == "en-US" ? "" : out;
}

// multiLocalizedUnicodeType.
void Localized(std::string_view name, ByteView value, Extracted& to) {
  const std::uint32_t count = std::min<std::uint32_t>(value.U32(8), 64);
  const std::uint64_t each = value.U32(12);
  if (each < 12) return;
  std::uint64_t left = kTextBytesMax;  // They may all share one text.
  for (std::uint32_t i = 0; i < count && value.Has(16 + i * each, each); ++i) {
    const std::uint64_t at = 16 + i * each;
    if (!value.Has(value.U32(at + 8), value.U32(at + 4))) return;
    const std::string_view text = value.Part(value.U32(at + 8), std::min<std::uint64_t>(value.U32(at + 4), left));
    left -= text.size();
    const std::string language = Language(value.Part(at, 4));
    to.Add(language.empty() ? std::string(name) : fmt::format("{}-{}", name, language),
           std::string(TrimEnd(BeforeNul(FromUtf16(text, true)))));
  }
}

void Chromaticity(ByteView value, Extracted& to) {
  to.Add("ChromaticityChannels", std::int64_t{value.U16(8)});
  to.Add("ChromaticityColorant", At(kColorants, value.U16(10)));
  for (std::uint16_t i = 0; i < std::min<std::uint16_t>(value.U16(8), 4); ++i) {
    to.Add(fmt::format("ChromaticityChannel{}", i + 1), FixedList(value, 12 + std::uint64_t{i} * 8, 2));
  }
}

void Measurement(ByteView value, Extracted& to) {
  to.Add("MeasurementObserver", At(kObservers, value.U32(8)));
  to.Add("MeasurementBacking", FixedList(value, 12, 3));
  to.Add("MeasurementGeometry", At(kGeometries, value.U32(24)));
  to.Add("MeasurementFlare", General(std::round(value.U32(28) / 65536.0 * 100000) / 1000, 10) + "%");
  to.Add("MeasurementIlluminant", At(kIlluminants, value.U32(32)));
}

void Viewing(ByteView value, Extracted& to) {
  to.Add("ViewingCondIlluminant", FixedList(value, 8, 3));
  to.Add("ViewingCondSurround", FixedList(value, 20, 3));
  to.Add("ViewingCondIlluminantType", At(kIlluminants, value.U32(32)));
}

// colorantTableType: a name and three numbers of each ink.
void Colorants(ByteView value, Extracted& to) {
  to.Add("ColorantCount", std::int64_t{value.U32(8)});
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(value.U32(8), kColorantsMax); ++i) {
    const std::uint64_t at = 12 + std::uint64_t{i} * 38;
    if (!value.Has(at, 38)) return;
    to.Add(fmt::format("Colorant{}Name", i + 1), ToUtf8(TrimEnd(BeforeNul(value.Part(at, 32)))));
    to.Add(fmt::format("Colorant{}Coordinates", i + 1),
           fmt::format("{} {} {}", value.U16(at + 32), value.U16(at + 34), value.U16(at + 36)));
  }
}

// Numbers of `bytes` each.
FieldValue Integers(ByteView value, std::size_t bytes) {
  std::string out;
  for (std::uint64_t at = 8; value.Has(at, bytes) && out.size() < kTextBytesMax; at += bytes)
    out += fmt::format("{}{}", at > 8 ? " " : "", value.Unsigned(at, bytes));
  return TextOrNumber(std::move(out));
}

std::string Triples(ByteView value) {
  std::string out;
  for (std::uint64_t at = 8; value.Has(at, 12) && at < 8 + 64 * 12; at += 12)
    out += (at > 8 ? ", " : "") + FixedList(value, at, 3);
  return out;
}

void OneTag(std::string_view signature, ByteView value, Extracted& to) {
  const std::string_view type = value.Part(0, 4);
  if (signature == "chrm") return Chromaticity(value, to);
  if (signature == "meas") return Measurement(value, to);
  if (signature == "clrt") return Colorants(value, to);
  if (signature == "view") return Viewing(value, to);
  const std::string_view name = IccTagName(signature);
  if (name.empty()) return;
  if (signature == "targ" && type == "text") {
    const std::string_view text = BeforeNul(value.Part(8));
    if (text.size() > 128) return to.Add(name, BinaryText(text.size()));
  }
  if (type == "XYZ ") return to.Add(name, Triples(value));
  if (type == "ui08") return to.Add(name, Integers(value, 1));
  if (type == "ui32") return to.Add(name, Integers(value, 4));
  if (type == "ui64") return to.Add(name, Integers(value, 8));
  if (type == "sf32") return to.Add(name, FixedList(value, 8, std::min<std::size_t>(value.size() / 4, 64)));
  if (type == "text") return to.Add(name, ToUtf8(TrimEnd(BeforeNul(value.Part(8, kTextBytesMax)))));
  if (type == "desc")
    return to.Add(name,
                  ToUtf8(TrimEnd(BeforeNul(value.Part(12, std::min<std::uint64_t>(value.U32(8), kTextBytesMax))))));
  if (type == "mluc") return Localized(name, value, to);
  if (type == "sig ") return to.Add(name, Named(IccTechnology(value.Part(8, 4)), value.Part(8, 4)));
  if (type == "dtim") return to.Add(name, Date(value, 8));
  to.Add(name, BinaryText(value.size()));
}

}  // namespace

void ReadIcc(std::string_view profile, Extracted& to) {
  const ByteView bytes(profile);
  if (!bytes.Has(0, 128)) return to.Warn("the ICC profile is shorter than its header; it is left out");
  Header(bytes, to);
  // Each tag stands once; repeated ones may all point at the same text.
  std::set<std::string_view> seen;
  const std::uint32_t count = std::min<std::uint32_t>(bytes.U32(128), 100);
  for (std::uint32_t i = 0; i < count && bytes.Has(132 + std::uint64_t{i} * 12, 12); ++i) {
    const std::uint64_t entry = 132 + std::uint64_t{i} * 12;
    const std::string_view signature = bytes.Part(entry, 4);
    if (seen.insert(signature).second) OneTag(signature, bytes.Sub(bytes.U32(entry + 4), bytes.U32(entry + 8)), to);
  }
}

}  // namespace cairn
