#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"
#include "extract/mp4_names.h"
#include "extract/mp4_state.h"

namespace cairn {
namespace {

// Three letters of five bits each; below 0x400 it is a number of Mac OS, which names no language here.
std::string Language(std::uint16_t packed) {
  std::string out;
  if (packed < 0x400 || packed == 0x7fff) return out;
  for (const int shift : {10, 5, 0}) out += static_cast<char>(0x60 + (packed >> shift & 31));
  return out == "und" ? std::string() : out;
}

void AddLocalized(std::string_view name, std::uint16_t language, std::string text, Mp4State& state) {
  AddMp4Text(name, std::move(text), state, Language(language));
}

// A text of 3GPP is UTF-16 where it begins with a mark.
std::string Text3gpp(std::string_view text) {
  if (text.starts_with("\xfe\xff")) return FromUtf16(text, true);
  return ToUtf8(BeforeNul(text));
}

// QuickTime's: texts of several languages one behind the other.
void International(std::string_view type, ByteView box, Mp4State& state) {
  const std::string_view name = Mp4TextName(type);
  int count = 0;
  for (std::uint64_t at = 0; box.Has(at, 4) && count < 64; ++count) {
    const std::string_view text = box.Part(at + 4, box.U16(at));
    const std::uint16_t language = box.U16(at + 2);
    at += 4 + text.size();
    if (text.empty()) continue;
    const bool mac = language < 0x400 && !IsUtf8(text);
    std::string value = mac ? FromMacRoman(text) : ToUtf8(text);
    if (type == "\251xyz") {
      AddMp4Place(value, state);
    } else if (!name.empty()) {
      AddLocalized(name, language, std::move(value), state);
    }
  }
}

// 3GPP TS 26.244, section 8.2.
void Place3gpp(ByteView box, Mp4State& state) {
  const std::string_view name = BeforeNul(box.Part(6));
  const std::uint64_t at = 6 + name.size() + 1;
  if (!box.Has(at, 13)) return;
  const std::uint8_t role = box.U8(at);
  const std::string_view words[] = {"shooting", "real", "fictional"};
  const double east = box.S32(at + 1) / 65536.0;
  const double north = box.S32(at + 5) / 65536.0;
  const double height = box.S32(at + 9) / 65536.0;
  const std::string_view body = BeforeNul(box.Part(at + 13));
  const std::string_view notes = BeforeNul(box.Part(at + 13 + body.size() + 1));
  const std::string text =
      fmt::format("{} Role={} Lat={:.5f} Lon={:.5f} Alt={:.2f} Body={} Notes={}", ToUtf8(name),
                  role < 3 ? words[role] : "unknown", north, east, height, ToUtf8(body), ToUtf8(notes));
  AddLocalized("LocationInformation", box.U16(4), text, state);
  const bool earth = body.empty() || body == "earth";
  if (earth && std::abs(north) <= 90 && std::abs(east) <= 180 && !state.to.core.position)
    state.to.core.position = Position{north, east, height};
}

void Keywords3gpp(ByteView box, Mp4State& state) {
  std::string all;
  std::uint64_t at = 7;
  for (std::uint8_t i = 0; i < box.U8(6) && box.Has(at, 1); ++i) {
    const std::string word = Text3gpp(box.Part(at + 1, box.U8(at)));
    at += 1 + std::uint64_t{box.U8(at)};
    all += (i > 0 ? ", " : "") + word;
    if (state.to.core.keywords.size() < state.context.limits.fields) state.to.core.keywords.push_back(word);
  }
  state.to.Add("Keywords", CutText(all, state.context.limits.value_bytes));
}

bool Text3gppBox(std::string_view type, ByteView box, Mp4State& state) {
  const std::string_view name = Mp43gppName(type);
  if (!name.empty() && box.Has(0, 6)) {
    AddLocalized(name, box.U16(4), Text3gpp(box.Part(6)), state);
  } else if (type == "yrrc" && box.Has(4, 2)) {
    state.to.Add("Year", std::int64_t{box.U16(4)});
  } else if (type == "clsf" && box.Has(0, 12)) {
    AddLocalized("Classification", box.U16(10),
                 fmt::format("Entity={} Index={} {}", ToUtf8(box.Part(4, 4)), box.U16(8), Text3gpp(box.Part(12))),
                 state);
  } else if (type == "rtng" && box.Has(0, 14)) {
    AddLocalized(
        "Rating", box.U16(12),
        fmt::format("Entity={} Criteria={} {}", ToUtf8(box.Part(4, 4)), ToUtf8(box.Part(8, 4)), Text3gpp(box.Part(14))),
        state);
  } else if (type == "loci") {
    Place3gpp(box, state);
  } else if (type == "kywd") {
    Keywords3gpp(box, state);
  } else {
    return false;
  }
  return true;
}

std::string Degrees(double angle, std::string_view sides) {
  const auto parts = static_cast<std::int64_t>(std::abs(angle) * 360000 + 0.5);
  return fmt::format("{} deg {}' {}.{:02}\" {}", parts / 360000, parts % 360000 / 6000, parts % 6000 / 100, parts % 100,
                     sides[angle < 0 ? 1 : 0]);
}

}  // namespace

// ISO 6709: +12.3456+098.7654+10.5/
bool AddMp4Place(std::string_view text, Mp4State& state) {
  std::vector<double> numbers;
  const char* const end_of_text = text.data() + text.size();
  for (const char* at = text.data(); at < end_of_text && numbers.size() < 3;) {
    double number = 0;
    const auto [end, error] = std::from_chars(*at == '+' ? at + 1 : at, end_of_text, number);
    if (error != std::errc()) break;
    numbers.push_back(number);
    at = end;
  }
  if (numbers.size() < 2 || !(std::abs(numbers[0]) <= 90) || !(std::abs(numbers[1]) <= 180)) return false;
  Position place{numbers[0], numbers[1], std::nullopt};
  std::string shown = Degrees(place.latitude, "NS") + ", " + Degrees(place.longitude, "EW");
  if (numbers.size() > 2) {
    place.altitude = numbers[2];
    shown += fmt::format(", {} m {} Sea Level", General(std::abs(numbers[2]), 10), numbers[2] < 0 ? "Below" : "Above");
  }
  state.to.core.position = place;
  state.to.Add("GPSCoordinates", shown);
  return true;
}

void ReadMp4UserData(std::string_view type, ByteView box, Mp4State& state) {
  auto& to = state.to;
  if (type.starts_with('\251')) return International(type, box, state);
  if (type == "@xyz") {
    AddMp4Place(ToUtf8(box.bytes()), state);
  } else if (type == "name") {
    // Of a track it is the track's.
    const std::string name = state.in_track ? fmt::format("Track{}Name", state.tracks.size()) : "Name";
    to.Add(name, CutText(ToUtf8(BeforeNul(box.bytes())), state.context.limits.value_bytes));
  } else if (type == "CAME") {
    std::string hash;
    for (const char c : box.Part(0, 64)) hash += fmt::format("{:02x}", static_cast<std::uint8_t>(c));
    to.Add("SerialNumberHash", std::move(hash));
  } else if (type == "WLOC" && box.Has(0, 4)) {
    to.Add("WindowLocation", fmt::format("{} {}", box.U16(0), box.U16(2)));
  } else if (type == "LOOP" && box.Has(0, 4)) {
    constexpr Code kStyles[] = {{1, "Normal"}, {2, "Palindromic"}};
    to.Add("LoopStyle", CodeText(kStyles, box.U32(0)));
  } else if ((type == "SelO" || type == "AllF") && box.Has(0, 1)) {
    to.Add(type == "SelO" ? "PlaySelection" : "PlayAllFrames", std::int64_t{box.U8(0)});
  } else if (!Text3gppBox(type, box, state)) {
    const std::string_view name = Mp4PlainName(type);
    // Kodak's have the head of 3GPP's.
    const bool headed = (type == "manu" || type == "modl") && box.U32(0) == 0;
    if (!name.empty()) AddMp4Text(name, ToUtf8(BeforeNul(box.Part(headed ? 6 : 0))), state);
  }
}

}  // namespace cairn
