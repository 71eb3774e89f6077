#include "book/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 6> kFirst = {"title", "author", "series", "volume", "year", "asin"};

bool IsUnion(std::string_view field) { return field == "genres" || field == "tags"; }

bool IsEmpty(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Trim(*text).empty();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer == 0;
  if (const auto* real = std::get_if<double>(&value)) return !(*real > 0 || *real < 0);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    return std::all_of(list->begin(), list->end(), [](const std::string& one) { return Trim(one).empty(); });
  }
  return false;
}

std::string Small(std::string_view text) {
  std::string out(Trim(text));
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::vector<std::string> AsList(const FieldValue& value) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return *list;
  if (const auto* text = std::get_if<std::string>(&value)) return {*text};
  return {};
}

std::optional<BookSource> SourceOf(std::string_view name) {
  for (const BookSource source : kBookSources) {
    if (BookSourceName(source) == name) return source;
  }
  return std::nullopt;
}

}  // namespace

std::string_view BookSourceName(BookSource source) {
  switch (source) {
    case BookSource::kPath:
      return "path";
    case BookSource::kEmbedded:
      return "embedded";
    case BookSource::kApi:
      return "api";
  }
  return "";
}

BookPrecedence::BookPrecedence() : others_{BookSource::kApi, BookSource::kEmbedded, BookSource::kPath} {
  for (const auto field : {"title", "author", "year"}) {
    by_field_[field] = {BookSource::kApi, BookSource::kPath, BookSource::kEmbedded};
  }
  for (const auto field : {"series", "volume", "asin"}) {
    by_field_[field] = {BookSource::kPath, BookSource::kApi, BookSource::kEmbedded};
  }
  by_field_["duration"] = {BookSource::kEmbedded, BookSource::kApi, BookSource::kPath};
  for (const auto field : {"bitrate", "codec"}) by_field_[field] = {BookSource::kEmbedded};
}

Status BookPrecedence::Set(std::string_view text) {
  const std::size_t equal = text.find('=');
  const auto wrong = [&](std::string_view why) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("\"{}\": {}; for example title=path,api,embedded", text, why));
  };
  if (equal == std::string_view::npos || equal == 0) return wrong("which field?");
  Order order;
  std::string_view rest = text.substr(equal + 1);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto source = SourceOf(Trim(rest.substr(0, comma)));
    if (!source) return wrong("sources are path, embedded and api");
    if (std::find(order.begin(), order.end(), *source) != order.end()) return wrong("a source stands there twice");
    order.push_back(*source);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (order.empty()) return wrong("which sources?");
  by_field_[std::string(Trim(text.substr(0, equal)))] = std::move(order);
  return Status::Ok();
}

const BookPrecedence::Order& BookPrecedence::For(std::string_view field) const {
  const auto found = by_field_.find(field);
  return found == by_field_.end() ? others_ : found->second;
}

Book MergeBook(const std::map<BookSource, const BookFacts*>& sources, const BookPrecedence& precedence) {
  std::set<std::string, std::less<>> names;
  for (const auto& [source, facts] : sources) {
    if (facts == nullptr) continue;
    for (const auto& [name, value] : facts->values) names.insert(name);
  }
  std::vector<std::string> order;
  for (const auto name : kFirst) {
    if (names.erase(std::string(name)) > 0) order.emplace_back(name);
  }
  order.insert(order.end(), names.begin(), names.end());
  const auto facts_of = [&](BookSource source) {
    const auto found = sources.find(source);
    return found == sources.end() ? nullptr : found->second;
  };
  Book book;
  for (const auto& name : order) {
    BookValue merged{name, {}, {}};
    std::vector<std::string> all;
    std::set<std::string> seen;
    for (const BookSource source : precedence.For(name)) {
      const BookFacts* facts = facts_of(source);
      if (facts == nullptr) continue;
      const auto value = facts->values.find(name);
      if (value == facts->values.end() || IsEmpty(value->second)) continue;
      if (!IsUnion(name)) {
        merged.value = value->second;
        merged.sources = {source};
        break;
      }
      const std::size_t before = all.size();
      for (auto& one : AsList(value->second)) {
        if (!Trim(one).empty() && seen.insert(Small(one)).second) all.push_back(std::move(one));
      }
      if (all.size() > before) merged.sources.push_back(source);
    }
    if (IsUnion(name)) merged.value = std::move(all);
    if (!merged.sources.empty()) book.values.push_back(std::move(merged));
  }
  std::set<std::string> titles;
  for (const BookSource source : precedence.For("chapters")) {
    const BookFacts* facts = facts_of(source);
    if (facts == nullptr) continue;
    const std::size_t before = book.chapters.size();
    for (const Chapter& chapter : facts->chapters) {
      if (!Trim(chapter.title).empty() && titles.insert(Small(chapter.title)).second) book.chapters.push_back(chapter);
    }
    if (book.chapters.size() > before) book.chapter_sources.push_back(source);
  }
  return book;
}

}  // namespace cairn
