#include "book/book_facts.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "book/book_volume.h"
#include "extract/text.h"

namespace cairn {
namespace {

namespace dom = simdjson::dom;
constexpr std::int64_t kMillisecond = 1'000'000;

// Tags by ExifTool's names, the surer first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kTags = {{{"ASIN", "asin"},
                                                                                  {"AudibleASIN", "asin"},
                                                                                  {"CDEK", "asin"},
                                                                                  {"Series", "series"},
                                                                                  {"MovementName", "series"},
                                                                                  {"SeriesPart", "volume"},
                                                                                  {"MovementNumber", "volume"},
                                                                                  {"Narrator", "narrator"},
                                                                                  {"Composer", "narrator"},
                                                                                  {"Subtitle", "subtitle"},
                                                                                  {"ISBN", "isbn"},
                                                                                  {"Copyright", "copyright"},
                                                                                  {"LongDescription", "description"},
                                                                                  {"Description", "description"},
                                                                                  {"Album", "album"},
                                                                                  {"Grouping", "grouping"}}};

std::string AsText(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return std::string(Trim(*text));
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return General(*real, 10);
  return {};
}

std::string TextOf(dom::object object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(Trim(text)) : std::string();
}

// `authors: [{"name": ...}]`
std::vector<std::string> Names(dom::object object, const char* key, std::string_view type = {}) {
  std::vector<std::string> out;
  dom::array array;
  if (object[key].get(array) != simdjson::SUCCESS) return out;
  for (const dom::element element : array) {
    dom::object one;
    if (element.get(one) != simdjson::SUCCESS) continue;
    if (!type.empty() && TextOf(one, "type") != type) continue;
    std::string name = TextOf(one, "name");
    if (!name.empty()) out.push_back(std::move(name));
  }
  return out;
}

std::string Number(dom::object object, const char* key) {
  std::string text = TextOf(object, key);
  std::int64_t integer = 0;
  double real = 0;
  if (text.empty() && object[key].get(integer) == simdjson::SUCCESS) text = std::to_string(integer);
  if (text.empty() && object[key].get(real) == simdjson::SUCCESS) text = General(real, 10);
  return text;
}

void AddSeries(dom::object object, BookFacts& facts) {
  dom::object series;
  if (object["seriesPrimary"].get(series) != simdjson::SUCCESS) return;
  facts.Set("series", TextOf(series, "name"));
  const std::string position = Number(series, "position");
  facts.Set("volume", PlainVolume(position).value_or(position));
}

void AddChapters(dom::object object, BookFacts& facts) {
  dom::array chapters;
  if (object["chapters"].get(chapters) != simdjson::SUCCESS) return;
  for (const dom::element element : chapters) {
    dom::object chapter;
    std::int64_t start_ms = 0;
    std::int64_t length_ms = 0;
    if (element.get(chapter) != simdjson::SUCCESS) continue;
    if (chapter["startOffsetMs"].get(start_ms) != simdjson::SUCCESS) continue;
    if (chapter["lengthMs"].get(length_ms) != simdjson::SUCCESS) length_ms = 0;
    Chapter out;
    out.title = TextOf(chapter, "title");
    // No book is longer than a century.
    constexpr std::int64_t kMax = std::int64_t{3'155'760'000} * 1000;
    out.start_ns = std::clamp<std::int64_t>(start_ms, 0, kMax) * kMillisecond;
    out.end_ns = out.start_ns + std::clamp<std::int64_t>(length_ms, 0, kMax) * kMillisecond;
    facts.chapters.push_back(std::move(out));
  }
}

}  // namespace

BookFacts FactsOfPath(const BookPath& path) {
  BookFacts facts;
  const auto set = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) facts.Set(name, text);
  };
  set("title", path.title);
  if (!path.author.empty()) facts.Set("author", std::vector<std::string>{path.author});
  set("series", path.series);
  set("volume", path.volume);
  set("year", path.year);
  set("asin", path.asin);
  set("uploader", path.uploader);
  return facts;
}

BookFacts FactsOfTags(const Extracted& extracted) {
  BookFacts facts;
  const CommonCore& core = extracted.core;
  facts.chapters = extracted.chapters;
  std::vector<std::string> genres;
  for (const Field& field : extracted.fields) {
    for (const auto& [tag, name] : kTags) {
      if (field.name != tag || facts.values.contains(name)) continue;
      if (std::string text = AsText(field.value); !text.empty()) facts.Set(name, std::move(text));
    }
    if (field.name == "Genre") genres.push_back(AsText(field.value));
  }
  // The album is the book, the title perhaps a chapter.
  const auto album = facts.values.find("album");
  facts.Set("title", album != facts.values.end() ? AsText(album->second) : core.title);
  facts.values.erase("album");
  if (!core.creators.empty()) facts.Set("author", core.creators);
  if (facts.values.contains("volume")) {
    const std::string text = AsText(facts.values["volume"]);
    facts.Set("volume", PlainVolume(text).value_or(text));
  }
  if (facts.values.contains("asin") && !IsAsin(AsText(facts.values["asin"]))) facts.values.erase("asin");
  if (!facts.values.contains("description") && !core.description.empty()) facts.Set("description", core.description);
  if (core.created.size() >= 4) facts.Set("year", core.created.substr(0, 4));
  if (!core.publisher.empty()) facts.Set("publisher", core.publisher);
  if (!core.language.empty()) facts.Set("language", core.language);
  if (core.duration) facts.Set("duration", *core.duration);
  if (core.bitrate) facts.Set("bitrate", *core.bitrate);
  if (!core.codec.empty()) facts.Set("codec", core.codec);
  if (!genres.empty()) facts.Set("genres", std::move(genres));
  if (!core.keywords.empty()) facts.Set("tags", core.keywords);
  return facts;
}

Result<BookFacts> FactsOfAudnexus(std::string_view book_json, std::string_view chapters_json) {
  BookFacts facts;
  dom::parser parser;
  dom::object book;
  if (parser.parse(book_json.data(), book_json.size(), true).get(book) != simdjson::SUCCESS) {
    return Status(StatusCode::kDataLoss, "what Audnexus said of the book is no JSON object");
  }
  for (const auto& [key, name] : {std::pair{"title", "title"},
                                  {"subtitle", "subtitle"},
                                  {"asin", "asin"},
                                  {"isbn", "isbn"},
                                  {"publisherName", "publisher"},
                                  {"language", "language"},
                                  {"image", "cover"},
                                  {"description", "description"},
                                  {"formatType", "format"}}) {
    if (std::string text = TextOf(book, key); !text.empty()) facts.Set(name, std::move(text));
  }
  if (const std::string rating = Number(book, "rating"); !rating.empty()) facts.Set("rating", TextOrNumber(rating));
  facts.Set("author", Names(book, "authors"));
  facts.Set("narrator", Names(book, "narrators"));
  facts.Set("genres", Names(book, "genres", "genre"));
  facts.Set("tags", Names(book, "genres", "tag"));
  const std::string released = TextOf(book, "releaseDate");
  if (released.size() >= 10) facts.Set("released", released.substr(0, 10));
  if (released.size() >= 4) facts.Set("year", released.substr(0, 4));
  double minutes = 0;
  if (book["runtimeLengthMin"].get(minutes) == simdjson::SUCCESS) facts.Set("duration", minutes * 60);
  AddSeries(book, facts);
  if (chapters_json.empty()) return facts;
  dom::parser chapter_parser;
  dom::object chapters;
  if (chapter_parser.parse(chapters_json.data(), chapters_json.size(), true).get(chapters) != simdjson::SUCCESS) {
    return Status(StatusCode::kDataLoss, "what Audnexus said of the chapters is no JSON object");
  }
  AddChapters(chapters, facts);
  double exact_ms = 0;
  if (chapters["runtimeLengthMs"].get(exact_ms) == simdjson::SUCCESS && exact_ms > 0)
    facts.Set("duration", exact_ms / 1000);
  return facts;
}

}  // namespace cairn
