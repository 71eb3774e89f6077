#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "extract/riff_parts.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Name {
  std::string_view type;
  std::string_view name;
};

// Microsoft's and the Exif specification's, and those that programs add.
constexpr Name kInfos[] = {{"AGES", "Rated"},
                           {"CMNT", "Comment"},
                           {"CODE", "EncodedBy"},
                           {"COMM", "Comments"},
                           {"DIRC", "Directory"},
                           {"DISP", "SoundSchemeTitle"},
                           {"DTIM", "DateTimeOriginal"},
                           {"GENR", "Genre"},
                           {"IARL", "ArchivalLocation"},
                           {"IART", "Artist"},
                           {"IAS1", "FirstLanguage"},
                           {"IAS2", "SecondLanguage"},
                           {"IAS3", "ThirdLanguage"},
                           {"IAS4", "FourthLanguage"},
                           {"IAS5", "FifthLanguage"},
                           {"IAS6", "SixthLanguage"},
                           {"IAS7", "SeventhLanguage"},
                           {"IAS8", "EighthLanguage"},
                           {"IAS9", "NinthLanguage"},
                           {"IBSU", "BaseURL"},
                           {"ICAS", "DefaultAudioStream"},
                           {"ICDS", "CostumeDesigner"},
                           {"ICMS", "Commissioned"},
                           {"ICMT", "Comment"},
                           {"ICNM", "Cinematographer"},
                           {"ICNT", "Country"},
                           {"ICOP", "Copyright"},
                           {"ICRD", "DateCreated"},
                           {"ICRP", "Cropped"},
                           {"IDIM", "Dimensions"},
                           {"IDIT", "DateTimeOriginal"},
                           {"IDPI", "DotsPerInch"},
                           {"IDST", "DistributedBy"},
                           {"IEDT", "EditedBy"},
                           {"IENC", "EncodedBy"},
                           {"IENG", "Engineer"},
                           {"IGNR", "Genre"},
                           {"IKEY", "Keywords"},
                           {"ILGT", "Lightness"},
                           {"ILGU", "LogoURL"},
                           {"ILIU", "LogoIconURL"},
                           {"ILNG", "Language"},
                           {"IMBI", "MoreInfoBannerImage"},
                           {"IMBU", "MoreInfoBannerURL"},
                           {"IMED", "Medium"},
                           {"IMIT", "MoreInfoText"},
                           {"IMIU", "MoreInfoURL"},
                           {"IMUS", "MusicBy"},
                           {"INAM", "Title"},
                           {"IPDS", "ProductionDesigner"},
                           {"IPLT", "NumColors"},
                           {"IPRD", "Product"},
                           {"IPRO", "ProducedBy"},
                           {"IPRT", "Part"},
                           {"IPUB", "Publisher"},
                           {"IRIP", "RippedBy"},
                           {"IRTD", "Rating"},
                           {"ISBJ", "Subject"},
                           {"ISFT", "Software"},
                           {"ISGN", "SecondaryGenre"},
                           {"ISHP", "Sharpness"},
                           {"ISMP", "TimeCode"},
                           {"ISRC", "Source"},
                           {"ISRF", "SourceForm"},
                           {"ISTD", "ProductionStudio"},
                           {"ISTR", "Starring"},
                           {"ITCH", "Technician"},
                           {"ITRK", "TrackNumber"},
                           {"IWMU", "WatermarkURL"},
                           {"IWRI", "WrittenBy"},
                           {"LANG", "Language"},
                           {"LOCA", "Location"},
                           {"PRT1", "Part"},
                           {"PRT2", "NumberOfParts"},
                           {"RATE", "Rate"},
                           {"STAR", "Starring"},
                           {"STAT", "Statistics"},
                           {"TAPE", "TapeName"},
                           {"TCDO", "EndTimecode"},
                           {"TCOD", "StartTimecode"},
                           {"TITL", "Title"},
                           {"TLEN", "Length"},
                           {"TORG", "Organization"},
                           {"TRCK", "TrackNumber"},
                           {"TURL", "URL"},
                           {"TVER", "Version"},
                           {"VMAJ", "VegasVersionMajor"},
                           {"VMIN", "VegasVersionMinor"},
                           {"YEAR", "Year"}};
static_assert(std::ranges::is_sorted(kInfos, {}, &Name::type));

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `2001-02-03` to `2001:02:03`; what stands behind the day stays.
std::string Colons(std::string date) {
  for (std::size_t i = 0; i < std::min<std::size_t>(date.size(), 10) && (IsDigit(date[i]) || date[i] == '-'); ++i) {
    if (date[i] == '-') date[i] = ':';
  }
  return date;
}

// The numbers in a text, whatever stands between.
std::vector<std::uint64_t> Numbers(std::string_view text) {
  std::vector<std::uint64_t> out;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at != end && out.size() < 8;) {
    std::uint64_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error == std::errc()) out.push_back(number);
    at = after == at ? at + 1 : after;
  }
  return out;
}

// A time of 100 ns since 1601, as two halves in words.
std::string FileTime(std::string_view text) {
  const auto halves = Numbers(text);
  if (halves.size() != 2 || halves[0] > 0x7fffffff || halves[1] > 0xffffffff || text.starts_with('-')) return "";
  return ExifTime(static_cast<std::int64_t>((halves[0] << 32 | halves[1]) / 10'000'000) - 11'644'473'600);
}

// A count of 100 ns.
std::string Timecode(std::string_view text) {
  const auto ticks = Numbers(text);
  const std::uint64_t hundredths = ticks.empty() ? 0 : ticks[0] / 100'000 + (ticks[0] % 100'000 >= 50'000 ? 1 : 0);
  return fmt::format("{}:{:02}:{:02}.{:02}", hundredths / 360'000, hundredths / 6000 % 60, hundredths / 100 % 60,
                     hundredths % 100);
}

// Frames captured, frames dropped, rate, state.
std::string Statistics(std::string_view text) {
  constexpr std::array<std::string_view, 4> kWords = {"{} frames captured", "{} dropped", "Data rate {}", "{}"};
  std::string out;
  for (const std::string_view words : kWords) {
    text = Trim(text);
    if (text.empty()) break;
    std::string part(text.substr(0, text.find(' ')));
    text.remove_prefix(part.size());
    if (words == "{}") part = part == "0" ? "Bad" : part == "1" ? "OK" : fmt::format("Unknown ({})", part);
    out += (out.empty() ? "" : "; ") + fmt::format(fmt::runtime(words), part);
  }
  return out;
}

FieldValue InfoValue(std::string_view type, std::string value) {
  if (type == "ICRD") return Colons(std::move(value));
  if (type == "IDIT") return AviTime(value);
  if (type == "DTIM") return FileTime(value);
  if (type == "TCOD" || type == "TCDO") return Timecode(value);
  if (type == "STAT") return Statistics(value);
  if (type == "TLEN" && value.size() < 16 && !value.empty() && std::all_of(value.begin(), value.end(), IsDigit))
    return General(static_cast<double>(Numbers(value)[0]) / 1000, 15) + " s";
  return TextOrNumber(std::move(value));
}

void InfoCore(std::string_view type, std::string_view name, const std::string& value, const FieldValue& shown,
              CommonCore& core) {
  if (value.empty()) return;
  if (name == "Title" && core.title.empty()) core.title = value;
  if (name == "Artist" && core.creators.empty()) core.creators.push_back(value);
  if (type == "ICRD" && core.created.empty()) core.created = IsoTime(value);
  if (name == "DateTimeOriginal" && core.created.empty()) core.created = IsoTime(std::get<std::string>(shown));
  if (name == "Comment" && core.description.empty()) core.description = value;
  if (name == "Genre" && core.keywords.empty()) core.keywords.push_back(value);
  if (name == "Publisher" && core.publisher.empty()) core.publisher = value;
  if (name == "Language" && core.language.empty()) core.language = value;
}

}  // namespace

std::string AviTime(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string value = ToUtf8(TrimEnd(BeforeNul(text.substr(0, 64))));
  const auto numbers = Numbers(value);
  // What C's asctime writes: weekday, month, day, time, year.
  if (numbers.size() >= 5 && value.size() > 8 && !IsDigit(value[0]) && value[3] == ' ') {
    std::string name = value.substr(4, 3);
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const auto* found = std::find(kMonths.begin(), kMonths.end(), name);
    if (found != kMonths.end())
      return fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", numbers[4], found - kMonths.begin() + 1, numbers[0],
                         numbers[1], numbers[2], numbers[3]);
  }
  const bool date = value.size() > 8 && IsDigit(value[0]) && (value[4] == '-' || value[4] == '/');
  if (!date || numbers.size() < 5 || numbers.size() > 6 || value.find_first_not_of("0123456789-/: ") != value.npos)
    return value;
  return fmt::format("{:04}:{:02}:{:02} {:02}:{:02}:{:02}", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4],
                     numbers.size() == 6 ? numbers[5] : 0);
}

void ReadJunk(std::string_view bytes, Extracted& to) {
  const std::size_t end = std::min(bytes.find('\0'), bytes.size());
  const std::string_view text = bytes.substr(0, end);
  if (text.empty() || bytes.find_first_not_of('\0', end) != std::string_view::npos) return;
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }))
    to.Add("TextJunk", std::string(text));
}

void ReadRiffInfo(std::string_view type, std::string_view text, Extracted& to) {
  const auto* const info = std::ranges::lower_bound(kInfos, type, {}, &Name::type);
  if (info == std::end(kInfos) || info->type != type) return;
  const std::string value = ToUtf8(TrimEnd(BeforeNul(text)));
  FieldValue shown = InfoValue(type, value);
  InfoCore(type, info->name, value, shown, to.core);
  const auto* words = std::get_if<std::string>(&shown);
  if (type == "DTIM" && words != nullptr && words->empty()) return;
  to.Add(info->name, std::move(shown));
}

}  // namespace cairn
