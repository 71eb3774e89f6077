#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/json.h"
#include "extract/id3_text.h"
#include "extract/mp4_names.h"
#include "extract/mp4_state.h"
#include "extract/picture.h"

namespace cairn {
namespace {

struct Name {
  std::string_view type;
  std::string_view name;
};

// Items whose value is a number, with the words that some numbers have.
struct Number {
  std::string_view type;
  std::string_view name;
  std::span<const Code> words;
};
constexpr Code kYes[] = {{0, "No"}, {1, "Yes"}};
constexpr Code kGaps[] = {{0, "Insert Gap"}, {1, "No Gap"}};
constexpr Code kAccounts[] = {{0, "iTunes"}, {1, "AOL"}};
constexpr Code kRatings[] = {{0, "none"}, {1, "Explicit"}, {2, "Clean"}, {4, "Explicit (old)"}};
constexpr Code kMediaTypes[] = {{0, "Movie (old)"}, {1, "Normal (Music)"}, {2, "Audiobook"}, {5, "Whacked Bookmark"},
                                {6, "Music Video"}, {9, "Movie"},          {10, "TV Show"},  {11, "Booklet"},
                                {14, "Ringtone"},   {21, "Podcast"},       {23, "iTunes U"}};
constexpr Number kNumbers[] = {{"akID", "AppleStoreAccountType", kAccounts},
                               {"atID", "AlbumTitleID", {}},
                               {"cnID", "AppleStoreCatalogID", {}},
                               {"cpil", "Compilation", kYes},
                               {"hdvd", "HDVideo", kYes},
                               {"itnu", "iTunesU", kYes},
                               {"pcst", "Podcast", kYes},
                               {"pgap", "PlayGap", kGaps},
                               {"rtng", "Rating", kRatings},
                               {"sfID", "AppleStoreCountry", {}},
                               {"shwm", "ShowMovement", kYes},
                               {"stik", "MediaType", kMediaTypes},
                               {"tmpo", "BeatsPerMinute", {}},
                               {"tves", "TVEpisode", {}},
                               {"tvsn", "TVSeason", {}},
                               {"\251mvc", "MovementCount", {}},
                               {"\251mvi", "MovementNumber", {}}};
constexpr Code kRoles[] = {{0, "Shooting Location"}, {1, "Real Location"}, {2, "Fictional Location"}};
constexpr Code kMutes[] = {{0, "Off"}, {1, "On"}};
constexpr Name kParameters[] = {{"vers", "AudioEncodingParamsVersion"},
                                {"brat", "AudioCurrentTargetBitRate"},
                                {"srcq", "AudioQualitySetting"},
                                {"acbf", "AudioBitRateControlMode"},
                                {"vbrq", "AudioVBRQuality"}};

void Core(std::string_view name, const std::string& text, CommonCore* core) {
  // What is told of bytes that are no text is no title.
  if (text.empty() || text.starts_with("(Binary data ")) return;
  if (name == "Title" && core->title.empty()) core->title = text;
  if (name == "Artist" && core->creators.empty()) core->creators.push_back(text);
  if ((name == "Description" || name == "LongDescription" || name == "Comment") && core->description.empty())
    core->description = text;
  if (name == "Publisher" && core->publisher.empty()) core->publisher = text;
  if ((name == "Genre" || name == "Keywords") && core->keywords.empty()) core->keywords.push_back(text);
  // The day of publication says more than the day on which the file was written.
  if ((name == "ContentCreateDate" || name == "CreationDate" || name == "DateTimeOriginal") && !IsoTime(text).empty())
    core->created = IsoTime(text);
}

// `--20+0840` style hexadecimal words, without leading zeros.
std::string Smpb(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const std::size_t zeros = std::min(word.find_first_not_of('0'), word.size() - 1);
    out += (out.empty() ? "" : " ") + std::string(word.substr(zeros));
  }
  return out;
}

void Parameters(ByteView data, Mp4State& state) {
  for (std::uint64_t at = 0; data.Has(at, 8); at += 8) {
    for (const auto& name : kParameters) {
      if (data.Is(at, name.type)) state.to.Add(name.name, std::int64_t{data.U32(at + 4)});
    }
    if (data.Is(at, "cdcv")) {
      state.to.Add("AudioComponentVersion",
                   fmt::format("{}.{}.{}", data.U16(at + 4), data.U8(at + 6), data.U8(at + 7)));
    }
  }
}

// QuickTime File Format, well-known types: what the bytes of a value are.
FieldValue ValueOf(std::uint32_t kind, ByteView data, const ExtractContext& context) {
  const std::size_t size = data.size();
  if (kind == 23 && size == 4) return NumberValue(data.F32(0), 7);
  if (kind == 24 && size == 8) return NumberValue(data.F64(0));
  if ((kind == 21 || kind == 22) && size <= 8 && std::has_single_bit(size)) {
    if (kind == 22) return static_cast<std::int64_t>(data.Unsigned(0, size));
    if (size == 1) return std::int64_t{data.S8(0)};
    return size == 2 ? std::int64_t{data.S16(0)} : size == 4 ? std::int64_t{data.S32(0)} : data.S64(0);
  }
  const bool wide = kind == 2 || kind == 5;
  const bool plain = std::none_of(data.bytes().begin(), data.bytes().end(), [](char c) {
    return static_cast<std::uint8_t>(c) < 32 && c != '\t' && c != '\n' && c != '\r';
  });
  if (kind != 1 && kind != 3 && kind != 4 && !wide && (!plain || !IsUtf8(data.bytes()))) return BinaryText(size);
  std::string text = wide ? FromUtf16(data.bytes(), true) : ToUtf8(data.bytes());
  text.resize(TrimEnd(text).size());
  return CutText(std::move(text), context.limits.value_bytes);
}

// A number where the text is one.
FieldValue Counted(FieldValue value) {
  if (auto* text = std::get_if<std::string>(&value)) return TextOrNumber(std::move(*text));
  return value;
}

void Add(std::string_view name, FieldValue value, Mp4State& state) {
  if (const auto* text = std::get_if<std::string>(&value)) return AddMp4Text(name, *text, state);
  state.to.Add(name, std::move(value));
}

void Free(std::string_view name, std::uint32_t kind, ByteView data, Mp4State& state) {
  if (name == "Encoding Params") return Parameters(data, state);
  FieldValue value = ValueOf(kind, data, state.context);
  // Numbers here are nobody's type.
  if (kind == 21 || kind == 22) value = BinaryText(data.size());
  const std::string field = Mp4FreeName(name);
  if (field.empty()) return;
  if (field == "iTunSMPB" || field == "VolumeNormalization") {
    if (const auto* text = std::get_if<std::string>(&value); text != nullptr && !text->starts_with('('))
      value = Smpb(*text);
  }
  Add(field, std::move(value), state);
}

void Key(const std::string& name, std::uint32_t kind, ByteView data, Mp4State& state) {
  FieldValue value = ValueOf(kind, data, state.context);
  const auto* text = std::get_if<std::string>(&value);
  if (name == "GPSCoordinates") {
    if (text != nullptr) AddMp4Place(*text, state);
    return;
  }
  // Of a camera's sensor, in microseconds.
  if (name == "FrameReadoutTime") return state.to.Add(name, ToUtf8(BeforeNul(data.bytes())) + " microseconds");
  const FieldValue counted = Counted(value);
  const auto* number = std::get_if<std::int64_t>(&counted);
  if (name == "LocationRole" && number != nullptr) value = CodeText(kRoles, *number);
  if (name == "Mute" && number != nullptr) value = CodeText(kMutes, *number);
  Add(name, std::move(value), state);
}

void Cover(ByteView data, Mp4State& state) {
  state.to.Add("CoverArt", BinaryText(data.size()));
  Picture picture = PictureFacts(data.bytes());
  picture.type = "front cover";
  state.to.pictures.push_back(std::move(picture));
}

bool AddNumber(std::string_view type, std::uint32_t kind, ByteView data, Mp4State& state) {
  for (const auto& number : kNumbers) {
    if (number.type != type) continue;
    // The size tells a number whose kind is left open.
    FieldValue value = Counted(ValueOf(kind == 0 ? 21 : kind, data, state.context));
    const auto words = type == "sfID" ? Mp4Countries() : number.words;
    if (const auto* integer = std::get_if<std::int64_t>(&value); integer != nullptr && !words.empty())
      value = CodeText(words, *integer);
    state.to.Add(number.name, std::move(value));
    return true;
  }
  return false;
}

void Value(std::string_view type, std::uint32_t kind, ByteView data, Mp4State& state) {
  auto& to = state.to;
  if (type == "covr") return Cover(data, state);
  if (type == "trkn" || type == "disk") {
    const std::string_view name = type == "trkn" ? "TrackNumber" : "DiskNumber";
    if (data.size() < 4) return to.Add(name, BinaryText(data.size()));
    if (data.U16(4) == 0) return to.Add(name, std::int64_t{data.U16(2)});
    return to.Add(name, fmt::format("{} of {}", data.U16(2), data.U16(4)));
  }
  if (type == "gnre") {
    const auto number = data.Unsigned(0, std::min<std::size_t>(data.size(), 8));
    return AddMp4Text("Genre", number > 0 ? std::string(GenreName(static_cast<std::uint32_t>(number - 1))) : "", state);
  }
  if (AddNumber(type, kind, data, state)) return;
  const std::string_view name = Mp4ItemName(type);
  if (name.empty()) return;
  FieldValue value = ValueOf(kind, data, state.context);
  if (name == "GoogleTrackDuration") {
    value = Counted(std::move(value));
    if (const auto* ms = std::get_if<std::int64_t>(&value)) value = DurationText(static_cast<double>(*ms) / 1000);
  }
  Add(name, std::move(value), state);
}

// Several values of one free-form item are a list.
void Join(std::size_t from, Extracted& to) {
  if (to.fields.size() < from + 2) return;
  std::vector<std::string> list;
  for (std::size_t i = from; i < to.fields.size(); ++i) {
    const auto* text = std::get_if<std::string>(&to.fields[i].value);
    if (text == nullptr || to.fields[i].name != to.fields[from].name) return;
    list.push_back(*text);
  }
  to.fields.resize(from + 1);
  to.fields[from].value = std::move(list);
}

}  // namespace

void AddMp4Text(std::string_view name, std::string text, Mp4State& state, std::string_view language) {
  text.resize(TrimEnd(text).size());
  text = CutText(std::move(text), state.context.limits.value_bytes);
  const bool date =
      name == "ContentCreateDate" || name == "CreationDate" || name == "DateTimeOriginal" || name == "LocationDate";
  // +0200 is +02:00.
  const std::size_t zone = text.size() < 5 ? 0 : text.size() - 5;
  if (date && zone >= 16 && (text[zone] == '+' || text[zone] == '-')) text.insert(zone + 3, ":");
  Core(name, text, language.empty() || language == "eng" ? &state.to.core : &state.foreign);
  if (date) text = Id3Date(std::move(text));
  state.to.Add(Id3LanguageName(name, language), TextOrNumber(std::move(text)));
}

void FinishMp4Texts(Mp4State& state) {
  auto& core = state.to.core;
  if (core.title.empty()) core.title = std::move(state.foreign.title);
  if (core.description.empty()) core.description = std::move(state.foreign.description);
  if (core.creators.empty()) core.creators = std::move(state.foreign.creators);
  if (core.publisher.empty()) core.publisher = std::move(state.foreign.publisher);
  if (core.keywords.empty()) core.keywords = std::move(state.foreign.keywords);
}

void ReadMp4Item(std::string_view type, ByteView box, Mp4State& state) {
  std::string_view free_name;
  const std::size_t fields = state.to.fields.size();
  const std::uint32_t key = ByteView(type).U32(0);
  std::uint64_t at = 0;
  for (int count = 0; box.Has(at, 8) && count < 64; ++count) {
    const std::uint32_t size = box.U32(at);
    if (size < 8 || !box.Has(at, size)) {
      state.to.Warn("a value of the iTunes metadata is cut off");
      return;
    }
    if (box.Is(at + 4, "name")) free_name = box.Part(at + 12, size - 12);
    if (box.Is(at + 4, "data") && size >= 16) {
      const std::uint32_t kind = box.U32(at + 8) & 0xffffff;
      const ByteView data = box.Sub(at + 16, size - 16);
      if (type == "----") {
        Free(free_name, kind, data, state);
      } else if (key > 0 && key <= state.keys.size()) {
        Key(state.keys[key - 1], kind, data, state);
      } else {
        Value(type, kind, data, state);
      }
    }
    at += size;
  }
  if (type == "----") Join(fields, state.to);
}

void ReadMp4Keys(ByteView box, Mp4State& state) {
  state.keys.clear();
  std::uint64_t at = 8;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(box.U32(4), 1024) && box.Has(at, 8); ++i) {
    const std::uint32_t size = box.U32(at);
    if (size < 8) return;
    state.keys.push_back(Mp4KeyName(box.Part(at + 8, std::min<std::uint32_t>(size - 8, 256))));
    at += size;
  }
}

}  // namespace cairn
