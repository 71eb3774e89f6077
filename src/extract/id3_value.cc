#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "extract/id3_frame.h"
#include "extract/id3_text.h"
#include "extract/text.h"
#include "extract/xmp.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kChannels = {"Other"sv,     "Master"sv,       "Front-right"sv, "Front-left"sv, "Back-right"sv,
                                  "Back-left"sv, "Front-centre"sv, "Back-centre"sv, "Subwoofer"sv};
constexpr std::array kLyricTypes = {"Other"sv,
                                    "Lyrics"sv,
                                    "Text Transcription"sv,
                                    "Movement/part Name"sv,
                                    "Events"sv,
                                    "Chord"sv,
                                    "Trivia/\"pop-up\" Information"sv,
                                    "Web Page URL"sv,
                                    "Image URL"sv};

void PlayCounter(ByteView frame, Extracted& to) {
  if (frame.size() < 4 || frame.size() > 8) return;
  to.Add("PlayCounter", static_cast<std::int64_t>(frame.Unsigned(0, frame.size())));
}

void Popularimeter(ByteView frame, Extracted& to) {
  const std::string_view who = BeforeNul(frame.bytes());
  const ByteView rest = frame.Sub(who.size() + 1);
  if (rest.size() < 1) return;
  const std::uint64_t count = rest.Unsigned(1, std::min<std::size_t>(rest.size() - 1, 8));
  to.Add("Popularimeter", fmt::format("{} Rating={} Count={}", FromLatin1(who), rest.U8(0), count));
}

// ID3v2.4, section 4.23: the price, a day of eight digits, and who sold it.
void Ownership(ByteView frame, Extracted& to) {
  std::string_view rest = frame.Part(1);
  const std::string price = FromLatin1(Id3TakeText(0, &rest));
  if (rest.size() < 8) return;
  to.Add("Ownership", fmt::format("{} {}:{}:{} {}", price, ToUtf8(rest.substr(0, 4)), ToUtf8(rest.substr(4, 2)),
                                  ToUtf8(rest.substr(6, 2)), BeforeNul(Id3Decode(frame.U8(0), rest.substr(8)))));
}

// ID3v2.4, section 4.11: for each channel 1/512 dB and a peak of so many bits.
void Volume(ByteView frame, Extracted& to) {
  const std::string_view about = BeforeNul(frame.bytes());
  std::string out;
  int count = 0;
  for (std::uint64_t at = about.size() + 1; frame.Has(at, 4) && count < 64; ++count) {
    const std::uint8_t channel = frame.U8(at);
    out += out.empty() ? "" : ", ";
    out += fmt::format("{:+.1f}% ", 100 * (std::pow(10.0, frame.S16(at + 1) / 512.0 / 20) - 1));
    out += channel < kChannels.size() ? std::string(kChannels[channel]) : fmt::format("Unknown({})", channel);
    at += 4 + (frame.U8(at + 3) + 7U) / 8;
  }
  if (!about.empty()) out += " (" + FromLatin1(about) + ")";
  to.Add("RelativeVolumeAdjustment", std::move(out));
}

// ID3v2.3, section 4.12: parts of the full volume, up or down by a bit each; pairs of channels have their peaks behind.
void OldVolume(ByteView frame, Extracted& to) {
  struct Channel {
    std::string_view name;
    std::uint64_t slot;  ///< Which of the numbers.
  };
  constexpr std::array<Channel, 6> kOrder = {
      {{"Right", 0}, {"Left", 1}, {"Back-right", 4}, {"Back-left", 5}, {"Center", 8}, {"Bass", 10}}};
  const std::size_t bytes = (frame.U8(1) + 7U) / 8;
  if (bytes == 0 || bytes > 4) return;
  std::string out;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    const std::uint64_t at = 2 + kOrder[i].slot * bytes;
    if (!frame.Has(at, bytes)) break;
    const double part = static_cast<double>(frame.Unsigned(at, bytes)) / (std::pow(2.0, frame.U8(1)) - 1);
    out += out.empty() ? "" : ", ";
    out += fmt::format("{:+.1f}% {}", (frame.U8(0) >> i & 1) != 0 ? 100 * part : -100 * part, kOrder[i].name);
  }
  if (!out.empty()) to.Add("RelativeVolumeAdjustment", std::move(out));
}

std::string Stamp(std::uint32_t at, bool frames) {
  if (frames) return fmt::format("[{}]", at);
  const std::uint32_t seconds = at / 1000;
  const std::string hours = seconds < 3600 ? "" : fmt::format("{}:", seconds / 3600);
  return fmt::format("[{}{:02}:{:02}.{:02}]", hours, seconds / 60 % 60, seconds % 60, at % 1000 / 10);
}

// ID3v2.4, section 4.9.
void LyricsInTime(ByteView frame, Id3State& state) {
  if (frame.size() < 7) return;
  const std::uint8_t encoding = frame.U8(0);
  const std::string_view language = frame.Part(1, 3);
  const std::uint8_t type = frame.U8(5);
  std::string_view rest = frame.Part(6);
  state.to.Add("SynchronizedLyricsType",
               type < kLyricTypes.size() ? std::string(kLyricTypes[type]) : fmt::format("Unknown ({})", type));
  state.to.Add(Id3LanguageName("SynchronizedLyricsDescription", language),
               Id3Decode(encoding, Id3TakeText(encoding, &rest)));
  std::vector<std::string> lines;
  bool found = true;
  while (!rest.empty() && lines.size() < state.context.limits.fields) {
    const std::string_view text = Id3TakeText(encoding, &rest, &found);
    if (!found || rest.size() < 4) break;
    lines.push_back(Stamp(ByteView(rest).U32(0), frame.U8(4) == 1) + Id3Decode(encoding, text));
    rest.remove_prefix(4);
  }
  state.to.Add(Id3LanguageName("SynchronizedLyricsText", language), std::move(lines));
}

// Microsoft's: the first three numbers are little-endian.
std::string Guid(std::string_view bytes) {
  const ByteView little(bytes, std::endian::little);
  const ByteView big(bytes);
  return fmt::format("{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", little.U32(0), little.U16(4), little.U16(6), big.U16(8),
                     big.Unsigned(10, 6));
}

// The owner's name as a field's: `WM/WMContentID` is WM_ContentID. Empty for addresses and other texts.
std::string PrivateName(std::string_view owner) {
  if (owner.empty()) return "Private";
  std::string out;
  if (owner.starts_with("WM/")) {
    out = "WM_";
    owner.remove_prefix(owner.starts_with("WM/WM") ? 5 : 3);
  }
  for (const char c : owner) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!word || out.size() >= 64) return {};
    out += c == owner[0] && out.empty() && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out.size() == 1 ? "Tag" + out : out;
}

void Private(ByteView frame, Id3State& state) {
  auto& to = state.to;
  const std::string_view owner = BeforeNul(frame.bytes());
  if (owner.size() == frame.size()) return;
  const ByteView data = frame.Sub(owner.size() + 1);
  if (owner == "XMP") return ReadXmp(data.bytes(), state.context, to);
  const std::string name = PrivateName(owner);
  if (name.empty()) return;
  if ((name == "AverageLevel" || name == "PeakValue") && data.size() == 4)
    return to.Add(name, std::int64_t{ByteView(data.bytes(), std::endian::little).U32(0)});
  constexpr std::array kGuids = {"WM_CollectionGroupID"sv, "WM_CollectionID"sv, "WM_ContentID"sv,
                                 "WM_MediaClassPrimaryID"sv, "WM_MediaClassSecondaryID"sv};
  if (data.size() == 16 && std::find(kGuids.begin(), kGuids.end(), name) != kGuids.end())
    return to.Add(name, Guid(data.bytes()));
  if (name == "WM_Provider") return to.Add(name, std::string(BeforeNul(FromUtf16(data.bytes(), false))));
  to.Add(name, BinaryText(data.size()));
}

}  // namespace

void ReadId3Value(std::string_view id, ByteView frame, Id3State& state) {
  if (id == "PCNT" || id == "CNT") return PlayCounter(frame, state.to);
  if (id == "POPM" || id == "POP") return Popularimeter(frame, state.to);
  if (id == "OWNE") return Ownership(frame, state.to);
  if (id == "RVA2") return Volume(frame, state.to);
  if (id == "RVAD" || id == "RVA") return OldVolume(frame, state.to);
  if (id == "SYLT" || id == "SLT") return LyricsInTime(frame, state);
  if (id == "MCDI") return state.to.Add("MusicCDIdentifier", BinaryText(frame.size()));
  if (id == "PRIV") return Private(frame, state);
}

}  // namespace cairn
