#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/riff_parts.h"
#include "extract/text.h"

namespace cairn {
namespace {

std::string TextAt(ByteView chunk, std::uint64_t at, std::uint64_t size = ~std::uint64_t{0}) {
  return ToUtf8(TrimEnd(BeforeNul(chunk.Part(at, size))));
}

std::int64_t Signed(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, ~std::uint64_t{0} >> 1));
}

// `123 kB`: in thousands, one digit behind the point where one stands before it.
std::string ByteCount(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 3> kUnits = {"kB", "MB", "GB"};
  if (bytes < 2000) return fmt::format("{} bytes", bytes);
  auto count = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; unit + 1 < kUnits.size() && count >= 2000; ++unit) count /= 1000;
  return count < 10 ? fmt::format("{:.1f} {}", count, kUnits[unit]) : fmt::format("{:.0f} {}", count, kUnits[unit]);
}

// EBU Tech 3285, section 2.3.
void Broadcast(ByteView chunk, Extracted& to) {
  std::string about = TextAt(chunk, 0, 256);
  if (to.core.description.empty()) to.core.description = about;
  to.Add("Description", std::move(about));
  if (chunk.Has(256, 1)) to.Add("Originator", TextAt(chunk, 256, 32));
  if (chunk.Has(288, 1)) to.Add("OriginatorReference", TextAt(chunk, 288, 32));
  if (chunk.Has(320, 18)) {
    std::string time(BeforeNul(chunk.Part(320, 18)));
    std::replace(time.begin(), time.end(), '-', ':');
    if (time.size() == 18) time = fmt::format("{} {}", time.substr(0, 10), time.substr(10));
    time = ToUtf8(TrimEnd(time));
    if (to.core.created.empty()) to.core.created = IsoTime(time);
    to.Add("DateTimeOriginal", std::move(time));
  }
  if (chunk.Has(338, 8)) to.Add("TimeReference", Signed(chunk.U64(338)));
  if (chunk.Has(346, 2)) to.Add("BWFVersion", std::int64_t{chunk.U16(346)});
  if (chunk.Has(348, 64)) {
    std::string id;
    for (std::uint64_t i = 348; i < 412; ++i) id += fmt::format("{:02X}", chunk.U8(i));
    to.Add("BWF_UMID", std::move(id));
  }
  if (chunk.Has(602, 1)) to.Add("CodingHistory", TextAt(chunk, 602));
}

// "Multimedia Data Standards Update", 1994: `smpl`.
void Sampler(ByteView chunk, std::uint64_t bytes, Extracted& to) {
  constexpr std::array<std::string_view, 9> kNames = {"Manufacturer",  "Product",           "SamplePeriod",
                                                      "MIDIUnityNote", "MIDIPitchFraction", "SMPTEFormat",
                                                      "SMPTEOffset",   "NumSampleLoops",    "SamplerDataLen"};
  for (std::size_t i = 0; i < kNames.size() && chunk.Has(4 * i, 4); ++i) {
    const std::uint32_t value = chunk.U32(4 * i);
    if (kNames[i] == "SMPTEFormat") {
      const bool known = value == 24 || value == 25 || value == 29 || value == 30;
      to.Add(kNames[i], value == 0 ? "none" : fmt::format(fmt::runtime(known ? "{} fps" : "Unknown ({})"), value));
    } else if (kNames[i] == "SMPTEOffset") {
      to.Add(kNames[i],
             fmt::format("{:02}:{:02}:{:02}:{:02}", value >> 24, value >> 16 & 255, value >> 8 & 255, value & 255));
    } else {
      to.Add(kNames[i], std::int64_t{value});
    }
  }
  if (chunk.Has(36, 1)) to.Add("SamplerData", BinaryText(bytes - 36));
}

void Instrument(ByteView chunk, Extracted& to) {
  constexpr std::array<std::string_view, 7> kNames = {"UnshiftedNote", "FineTune",    "Gain",        "LowNote",
                                                      "HighNote",      "LowVelocity", "HighVelocity"};
  for (std::size_t i = 0; i < kNames.size() && chunk.Has(i, 1); ++i) to.Add(kNames[i], std::int64_t{chunk.S8(i)});
}

// Sony's loops.
void Acid(ByteView chunk, Extracted& to) {
  constexpr std::array<std::string_view, 5> kFlags = {"One shot", "Root note set", "Stretch", "Disk-based",
                                                      "High octave"};
  constexpr std::array<std::string_view, 12> kNotes = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
  if (!chunk.Has(0, 24)) return;
  std::string flags;
  for (std::size_t bit = 0; bit < 32; ++bit) {
    if ((chunk.U32(0) >> bit & 1) == 0) continue;
    flags += flags.empty() ? "" : ", ";
    flags += bit < kFlags.size() ? std::string(kFlags[bit]) : fmt::format("[{}]", bit);
  }
  to.Add("AcidizerFlags", flags.empty() ? "(none)" : flags);
  const std::uint16_t note = chunk.U16(4);
  const bool known = note >= 48 && note < 72;
  to.Add("RootNote",
         known ? fmt::format("{}{}", note < 60 ? "" : "High ", kNotes[note % 12U]) : fmt::format("Unknown ({})", note));
  to.Add("Beats", std::int64_t{chunk.U32(12)});
  to.Add("Meter", fmt::format("{}/{}", chunk.U16(18), chunk.U16(16)));
  to.Add("Tempo", NumberValue(double{chunk.F32(20)}));
}

void CharacterSet(ByteView chunk, Extracted& to) {
  constexpr std::array<std::string_view, 4> kNames = {"CodePage", "CountryCode", "LanguageCode", "Dialect"};
  for (std::size_t i = 0; i < kNames.size() && chunk.Has(2 * i, 2); ++i)
    to.Add(kNames[i], std::int64_t{chunk.U16(2 * i)});
}

// `LIST adtl`: what belongs to a cue point.
void CueText(std::string_view type, ByteView chunk, Extracted& to) {
  if (type == "labl" && chunk.Has(0, 4)) to.Add("CuePointLabel", fmt::format("{} {}", chunk.U32(0), TextAt(chunk, 4)));
  if (type == "note" && chunk.Has(0, 4)) to.Add("CuePointNote", fmt::format("{} {}", chunk.U32(0), TextAt(chunk, 4)));
  if (type == "ltxt" && chunk.Has(0, 20)) {
    to.Add("LabeledText", fmt::format("{} {} '{}' {} {} {} {} {}", chunk.U32(0), chunk.U32(4), ToUtf8(chunk.Part(8, 4)),
                                      chunk.U16(12), chunk.U16(14), chunk.U16(16), chunk.U16(18), TextAt(chunk, 20)));
  }
}

// Exif 2.3, section 5.
void ExifText(std::string_view type, ByteView chunk, std::uint64_t bytes, Extracted& to) {
  if (chunk.size() == 0) return;
  if (type == "ever") to.Add("ExifVersion", TextAt(chunk, 0));
  if (type == "erel") to.Add("RelatedImageFile", TextAt(chunk, 0));
  if (type == "etim") to.Add("TimeCreated", TextAt(chunk, 0));
  if (type == "ecor") to.Add("Make", TextAt(chunk, 0));
  if (type == "emdl") to.Add("Model", TextAt(chunk, 0));
  if (type == "emnt") to.Add("MakerNotes", BinaryText(bytes));
  if (type == "eucm") {
    std::string text = chunk.Is(0, "UNICODE") ? FromUtf16(chunk.Part(8), false) : TextAt(chunk, 8);
    to.Add("UserComment", std::string(TrimEnd(BeforeNul(text))));
  }
}

}  // namespace

void ReadDataSize64(ByteView chunk, Extracted& to) {
  if (chunk.Has(0, 8)) to.Add("RIFFSize64", ByteCount(chunk.U64(0)));
  if (chunk.Has(8, 8)) to.Add("DataSize64", ByteCount(chunk.U64(8)));
  if (chunk.Has(16, 8)) to.Add("NumberOfSamples64", Signed(chunk.U64(16)));
}

void ReadSoundChunk(std::string_view list, std::string_view type, ByteView chunk, std::uint64_t bytes, Extracted& to) {
  if (list == "adtl") return CueText(type, chunk, to);
  if (list == "exif") return ExifText(type, chunk, bytes, to);
  if (type == "bext") return Broadcast(chunk, to);
  if (type == "smpl") return Sampler(chunk, bytes, to);
  if (type == "inst") return Instrument(chunk, to);
  if (type == "acid") return Acid(chunk, to);
  if (type == "CSET") return CharacterSet(chunk, to);
  if (type == "cue ") return to.Add("CuePoints", BinaryText(bytes));
  if (type == "plst") return to.Add("Playlist", BinaryText(bytes));
  if (type == "list") return to.Add("ListType", TextAt(chunk, 0));
  if (type == "afsp") {
    // Texts, a NUL behind each.
    std::string text(TrimEnd(chunk.bytes()));
    std::replace(text.begin(), text.end(), '\0', '\n');
    to.Add("Afsp", ToUtf8(text));
  }
}

}  // namespace cairn
