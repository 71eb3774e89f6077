#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "extract/mp4_state.h"
#include "extract/picture.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

struct Name {
  std::string_view type;
  std::string_view name;
};

// iTunes metadata and user data whose value is text.
constexpr Name kTexts[] = {{"\251ART", "Artist"},
                           {"\251alb", "Album"},
                           {"\251aut", "Author"},
                           {"\251cmt", "Comment"},
                           {"\251com", "Composer"},
                           {"\251day", "ContentCreateDate"},
                           {"\251des", "Description"},
                           {"\251enc", "EncodedBy"},
                           {"\251gen", "Genre"},
                           {"\251grp", "Grouping"},
                           {"\251lyr", "Lyrics"},
                           {"\251nam", "Title"},
                           {"\251too", "Encoder"},
                           {"\251trk", "Track"},
                           {"\251wrt", "Composer"},
                           {"\251st3", "Subtitle"},
                           {"\251con", "Conductor"},
                           {"\251dir", "Director"},
                           {"\251prd", "Producer"},
                           {"\251cpy", "Copyright"},
                           {"\251pub", "Publisher"},
                           {"\251nrt", "Narrator"},
                           {"\251wrk", "Work"},
                           {"\251mvn", "MovementName"},
                           {"\251swr", "SoftwareVersion"},
                           {"\251mak", "Make"},
                           {"\251mod", "Model"},
                           {"\251inf", "Information"},
                           {"\251req", "Requirements"},
                           {"\251fmt", "Format"},
                           {"\251src", "SourceCredits"},
                           {"\251prf", "Performers"},
                           {"aART", "AlbumArtist"},
                           {"albm", "Album"},
                           {"auth", "Author"},
                           {"catg", "Category"},
                           {"cprt", "Copyright"},
                           {"dscp", "Description"},
                           {"desc", "Description"},
                           {"egid", "EpisodeGlobalUniqueID"},
                           {"grup", "Grouping"},
                           {"keyw", "Keyword"},
                           {"ldes", "LongDescription"},
                           {"perf", "Performer"},
                           {"purd", "PurchaseDate"},
                           {"purl", "PodcastURL"},
                           {"soaa", "SortAlbumArtist"},
                           {"soal", "SortAlbum"},
                           {"soar", "SortArtist"},
                           {"soco", "SortComposer"},
                           {"sonm", "SortName"},
                           {"sosn", "SortShow"},
                           {"titl", "Title"},
                           {"tven", "TVEpisodeID"},
                           {"tvnn", "TVNetworkName"},
                           {"tvsh", "TVShow"},
                           {"gshh", "GoogleHostHeader"},
                           {"gspm", "GooglePingMessage"},
                           {"gspu", "GooglePingURL"},
                           {"gssd", "GoogleSourceData"},
                           {"gsst", "GoogleStartTime"},
                           {"apID", "AppleStoreAccount"},
                           {"xid ", "ISRC"}};
constexpr Code kMediaTypes[] = {{0, "Movie (old)"}, {1, "Normal (Music)"}, {2, "Audiobook"}, {5, "Whacked Bookmark"},
                                {6, "Music Video"}, {9, "Movie"},          {10, "TV Show"},  {11, "Booklet"},
                                {14, "Ringtone"},   {21, "Podcast"}};
constexpr Name kParameters[] = {{"vers", "AudioEncodingParamsVersion"},
                                {"brat", "AudioCurrentTargetBitRate"},
                                {"srcq", "AudioQualitySetting"},
                                {"acbf", "AudioBitRateControlMode"},
                                {"vbrq", "AudioVBRQuality"}};

std::string_view TextName(std::string_view type) {
  for (const auto& name : kTexts) {
    if (name.type == type) return name.name;
  }
  return {};
}

void Core(std::string_view name, const std::string& text, CommonCore* core) {
  if (text.empty()) return;
  if (name == "Title" && core->title.empty()) core->title = text;
  if (name == "Artist" && core->creators.empty()) core->creators.push_back(text);
  if ((name == "Description" || name == "LongDescription" || name == "Comment") && core->description.empty())
    core->description = text;
  if (name == "Publisher" && core->publisher.empty()) core->publisher = text;
  if (name == "Genre" && core->keywords.empty()) core->keywords.push_back(text);
  // The day of publication says more than the day on which the file was written.
  if (name == "ContentCreateDate" && !IsoTime(text).empty()) core->created = IsoTime(text);
}

void AddText(std::string_view name, std::string text, Mp4State& state) {
  text.resize(TrimEnd(text).size());
  text = CutText(std::move(text), state.context.limits.value_bytes);
  Core(name, text, &state.to.core);
  state.to.Add(name, TextOrNumber(std::move(text)));
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

std::string FreeName(std::string_view name) {
  std::string out;
  bool raise = false;
  for (const char c : name) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (word) out += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    raise = !word;
  }
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z' && out.substr(0, 4) != "iTun")
    out[0] = static_cast<char>(out[0] - 32);
  return out;
}

void Free(std::string_view name, ByteView data, std::uint32_t kind, Mp4State& state) {
  if (name == "Encoding Params") return Parameters(data, state);
  const std::string text = ToUtf8(data.bytes());
  if (name == "iTunSMPB") return state.to.Add(name, Smpb(text));
  if (name == "iTunNORM") return state.to.Add("VolumeNormalization", Smpb(text));
  const std::string field = FreeName(name);
  if (field.size() > 1) AddText(field, kind == 1 ? text : BinaryText(data.size()), state);
}

void Cover(ByteView data, Mp4State& state) {
  state.to.Add("CoverArt", BinaryText(data.size()));
  Picture picture = PictureFacts(data.bytes());
  picture.type = "front cover";
  state.to.pictures.push_back(std::move(picture));
}

void Value(std::string_view type, std::uint32_t kind, ByteView data, Mp4State& state) {
  auto& to = state.to;
  const auto number = static_cast<std::int64_t>(data.Unsigned(0, std::min<std::size_t>(data.size(), 8)));
  const auto of = [&](std::string_view name) {
    if (data.U16(4) == 0) return to.Add(name, std::int64_t{data.U16(2)});
    to.Add(name, fmt::format("{} of {}", data.U16(2), data.U16(4)));
  };
  if (type == "covr") return Cover(data, state);
  if (type == "trkn") return of("TrackNumber");
  if (type == "disk") return of("DiskNumber");
  if (type == "gnre")
    return AddText("Genre", number > 0 ? std::string(GenreName(static_cast<std::uint32_t>(number - 1))) : "", state);
  if (type == "cpil") return to.Add("Compilation", std::string(number != 0 ? "Yes" : "No"));
  if (type == "pgap") return to.Add("PlayGap", std::string(number != 0 ? "No Gap" : "Insert Gap"));
  if (type == "pcst") return to.Add("Podcast", std::string(number != 0 ? "Yes" : "No"));
  if (type == "tmpo") return to.Add("BeatsPerMinute", number);
  if (type == "tvsn") return to.Add("TVSeason", number);
  if (type == "tves") return to.Add("TVEpisode", number);
  if (type == "hdvd") return to.Add("HDVideo", std::string(number != 0 ? "Yes" : "No"));
  if (type == "gstd") {
    const FieldValue ms = TextOrNumber(ToUtf8(data.bytes()));
    if (const auto* integer = std::get_if<std::int64_t>(&ms))
      to.Add("GoogleTrackDuration", DurationText(static_cast<double>(*integer) / 1000));
    return;
  }
  if (type == "stik") {
    for (const auto& code : kMediaTypes) {
      if (code.value == number) return to.Add("MediaType", std::string(code.text));
    }
    return to.Add("MediaType", fmt::format("Unknown ({})", number));
  }
  const std::string_view name = TextName(type);
  if (name.empty()) return;
  AddText(name, kind == 2 ? FromUtf16(data.bytes(), true) : ToUtf8(data.bytes()), state);
}

}  // namespace

void ReadMp4Item(std::string_view type, ByteView box, Mp4State& state) {
  std::string_view free_name;
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
        Free(free_name, data, kind, state);
      } else if (key > 0 && key <= state.keys.size()) {
        Free(state.keys[key - 1], data, kind, state);
      } else {
        Value(type, kind, data, state);
      }
    }
    at += size;
  }
}

void ReadMp4Keys(ByteView box, Mp4State& state) {
  std::uint64_t at = 8;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(box.U32(4), 1024) && box.Has(at, 8); ++i) {
    const std::uint32_t size = box.U32(at);
    if (size < 8) return;
    std::string_view name = box.Part(at + 8, size - 8);
    for (const auto prefix : {"com.apple.quicktime."sv, "com.android."sv, "com."sv}) {
      if (name.starts_with(prefix)) {
        name.remove_prefix(prefix.size());
        break;
      }
    }
    state.keys.emplace_back(name);
    at += size;
  }
}

void ReadMp4UserText(std::string_view type, ByteView box, Mp4State& state) {
  std::string_view text = box.Part(4, box.U16(0));
  std::string value = box.U16(2) < 0x400 ? FromMacRoman(text) : ToUtf8(text);
  if (box.U16(2) < 0x400 && ToUtf8(text) == text) value = std::string(text);
  if (type == "\251xyz") {  // ISO 6709: +12.3456+098.7654+10.5/
    Position place;
    double height = 0;
    std::vector<double> numbers;
    for (const char* at = value.data(); at < value.data() + value.size() && numbers.size() < 3;) {
      double number = 0;
      const char* from = *at == '+' ? at + 1 : at;
      const auto [end, error] = std::from_chars(from, value.data() + value.size(), number);
      if (error != std::errc()) break;
      numbers.push_back(number);
      at = end;
    }
    if (numbers.size() < 2 || !(std::abs(numbers[0]) <= 90) || !(std::abs(numbers[1]) <= 180)) return;
    if (numbers.size() > 2) height = numbers[2];
    place.latitude = numbers[0];
    place.longitude = numbers[1];
    if (numbers.size() > 2) place.altitude = height;
    state.to.core.position = place;
    const auto degrees = [](double angle, std::string_view sides) {
      const auto parts = static_cast<std::int64_t>(std::abs(angle) * 360000 + 0.5);
      return fmt::format("{} deg {}' {}.{:02}\" {}", parts / 360000, parts % 360000 / 6000, parts % 6000 / 100,
                         parts % 100, sides[angle < 0 ? 1 : 0]);
    };
    std::string shown = degrees(place.latitude, "NS") + ", " + degrees(place.longitude, "EW");
    if (place.altitude)
      shown += fmt::format(", {} m {} Sea Level", General(std::abs(height), 10), height < 0 ? "Below" : "Above");
    return state.to.Add("GPSCoordinates", shown);
  }
  const std::string_view name = TextName(type);
  if (!name.empty()) AddText(name, std::move(value), state);
}

}  // namespace cairn
