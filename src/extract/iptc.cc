#include "extract/iptc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/json.h"
#include "extract/byte_view.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr Code kNames[] = {{0, "ApplicationRecordVersion"},
                           {3, "ObjectTypeReference"},
                           {4, "ObjectAttributeReference"},
                           {5, "ObjectName"},
                           {7, "EditStatus"},
                           {8, "EditorialUpdate"},
                           {10, "Urgency"},
                           {12, "SubjectReference"},
                           {15, "Category"},
                           {20, "SupplementalCategories"},
                           {22, "FixtureIdentifier"},
                           {25, "Keywords"},
                           {26, "ContentLocationCode"},
                           {27, "ContentLocationName"},
                           {30, "ReleaseDate"},
                           {35, "ReleaseTime"},
                           {37, "ExpirationDate"},
                           {38, "ExpirationTime"},
                           {40, "SpecialInstructions"},
                           {42, "ActionAdvised"},
                           {45, "ReferenceService"},
                           {47, "ReferenceDate"},
                           {50, "ReferenceNumber"},
                           {55, "DateCreated"},
                           {60, "TimeCreated"},
                           {62, "DigitalCreationDate"},
                           {63, "DigitalCreationTime"},
                           {65, "OriginatingProgram"},
                           {70, "ProgramVersion"},
                           {75, "ObjectCycle"},
                           {80, "By-line"},
                           {85, "By-lineTitle"},
                           {90, "City"},
                           {92, "Sub-location"},
                           {95, "Province-State"},
                           {100, "Country-PrimaryLocationCode"},
                           {101, "Country-PrimaryLocationName"},
                           {103, "OriginalTransmissionReference"},
                           {105, "Headline"},
                           {110, "Credit"},
                           {115, "Source"},
                           {116, "CopyrightNotice"},
                           {118, "Contact"},
                           {120, "Caption-Abstract"},
                           {121, "LocalCaption"},
                           {122, "Writer-Editor"},
                           {125, "RasterizedCaption"},
                           {130, "ImageType"},
                           {131, "ImageOrientation"},
                           {135, "LanguageIdentifier"},
                           {150, "AudioType"},
                           {151, "AudioSamplingRate"},
                           {152, "AudioSamplingResolution"},
                           {153, "AudioDuration"},
                           {154, "AudioOutcue"},
                           {184, "JobID"},
                           {185, "MasterDocumentID"},
                           {186, "ShortDocumentID"},
                           {187, "UniqueDocumentID"},
                           {188, "OwnerID"},
                           {200, "ObjectPreviewFileFormat"},
                           {201, "ObjectPreviewFileVersion"},
                           {202, "ObjectPreviewData"},
                           {221, "Prefs"},
                           {225, "ClassifyState"},
                           {228, "SimilarityIndex"},
                           {230, "DocumentNotes"},
                           {231, "DocumentHistory"},
                           {232, "ExifCameraInfo"},
                           {255, "CatalogSets"}};
constexpr Code kUrgencies[] = {{0, "0 (reserved)"},
                               {1, "1 (most urgent)"},
                               {2, "2"},
                               {3, "3"},
                               {4, "4"},
                               {5, "5 (normal urgency)"},
                               {6, "6"},
                               {7, "7"},
                               {8, "8 (least urgent)"},
                               {9, "9 (user-defined priority)"}};
// Those that may stand more than once.
constexpr std::array kLists = {4, 12, 20, 25, 26, 27, 45, 47, 50, 80, 85, 118, 122};

// `20020916` is `2002:09:16`, `135926-0600` is `13:59:26-06:00`.
std::string Dated(std::string_view text) {
  std::string out(text.substr(0, 4));
  if (text.size() >= 8 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    return fmt::format("{}:{}:{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
  }
  return std::string(text);
}

std::string Timed(std::string_view text) {
  if (text.size() < 6 || text.substr(0, 6).find_first_not_of("0123456789") != std::string_view::npos)
    return std::string(text);
  std::string out = fmt::format("{}:{}:{}", text.substr(0, 2), text.substr(2, 2), text.substr(4, 2));
  std::string_view zone = text.substr(6);
  if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-'))
    return out + fmt::format("{}:{}", zone.substr(0, 3), zone.substr(3));
  return out + std::string(zone);
}

class Records {
 public:
  explicit Records(Extracted& to) : to_(to) {}

  void Take(std::uint8_t record, std::uint8_t set, ByteView value) {
    if (record == 1) return Envelope(set, value);
    if (record != 2) return;
    const auto* name =
        std::find_if(std::begin(kNames), std::end(kNames), [&](const Code& c) { return c.value == set; });
    if (name == std::end(kNames)) return;
    if (set == 0) return to_.Add(name->text, std::int64_t{value.U16(0)});
    if (set == 125 || set == 202) return to_.Add(name->text, BinaryText(value.size()));
    std::string text = Text(BeforeNul(value.bytes()));
    if (set == 30 || set == 37 || set == 47 || set == 55 || set == 62) text = Dated(text);
    if (set == 35 || set == 38 || set == 60 || set == 63) text = Timed(text);
    if (set == 10 && text.size() == 1) {
      for (const auto& code : kUrgencies) text = code.text[0] == text[0] ? std::string(code.text) : text;
    }
    if (std::find(kLists.begin(), kLists.end(), set) != kLists.end()) {
      lists_[set].push_back(text);
    } else {
      Core(set, text);
      to_.Add(name->text, TextOrNumber(std::move(text)));
    }
  }

  void Finish() {
    for (auto& [of, texts] : lists_) {
      const auto set = of;  // clang 14 takes no part of a pair into a lambda.
      if (set == 25 && to_.core.keywords.empty()) to_.core.keywords = texts;
      if (set == 80 && to_.core.creators.empty()) to_.core.creators = texts;
      const auto* name =
          std::find_if(std::begin(kNames), std::end(kNames), [&](const Code& c) { return c.value == set; });
      if (texts.size() == 1) {
        to_.Add(name->text, std::move(texts[0]));
      } else {
        to_.Add(name->text, std::move(texts));
      }
    }
  }

 private:
  void Envelope(std::uint8_t set, ByteView value) {
    if (set == 0) to_.Add("EnvelopeRecordVersion", std::int64_t{value.U16(0)});
    if (set != 90) return;
    utf8_ = value.Is(0, "\x1b%G");
    std::string text;
    for (const char c : value.bytes())
      text += (text.empty() ? "" : " ") + (c == '\x1b' ? std::string("ESC") : std::string(1, c));
    to_.Add("CodedCharacterSet", utf8_ ? std::string("UTF8") : ToUtf8(text));
  }
  [[nodiscard]] std::string Text(std::string_view text) const {
    return utf8_ && IsUtf8(text) ? std::string(text) : FromLatin1(text);
  }
  void Core(std::uint8_t set, const std::string& text) {
    auto& core = to_.core;
    if (set == 5 && core.title.empty()) core.title = text;
    if (set == 120 && core.description.empty()) core.description = text;
    if (set == 55 && core.created.empty()) core.created = IsoTime(text);
  }

  Extracted& to_;
  bool utf8_ = false;
  std::map<std::uint8_t, std::vector<std::string>> lists_;
};

}  // namespace

void ReadIptc(std::string_view bytes, Extracted& to) {
  const ByteView view(bytes);
  Records records(to);
  std::uint64_t at = 0;
  while (view.Has(at, 5) && view.U8(at) == 0x1c) {
    std::uint64_t size = view.U16(at + 3);
    std::uint64_t data = at + 5;
    if ((size & 0x8000) != 0) {  // the length of the length
      const std::size_t length = size & 0x7fff;
      if (length > 8 || !view.Has(data, length)) break;
      size = view.Unsigned(data, length);
      data += length;
    }
    if (!view.Has(data, size)) {
      to.Warn(fmt::format("the IPTC record at byte {} is cut off", at));
      break;
    }
    records.Take(view.U8(at + 1), view.U8(at + 2), view.Sub(data, size));
    at = data + size;
  }
  records.Finish();
}

}  // namespace cairn
