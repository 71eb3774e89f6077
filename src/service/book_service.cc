#include "service/book_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "book/book_facts.h"
#include "extract/extracted_codec.h"
#include "scan/file_name.h"
#include "scan/file_record.h"
#include "service/book_record.h"

namespace cairn {
namespace {

constexpr std::string_view kMetadata = "\"metadata\":";
constexpr std::size_t kFilesMax = 10'000;  // of one book

std::string TextOf(const BookFacts& facts, std::string_view name) {
  const auto found = facts.values.find(name);
  if (found == facts.values.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string() : *text;
}

bool IsSound(const Extracted& extracted) {
  return extracted.core.duration && (extracted.type.starts_with("audio/") || extracted.type.starts_with("video/"));
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (out.size() < kFilesMax && entry->is_regular_file(error)) out.push_back(entry->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<std::optional<Extracted>> BookService::Scanned(const std::string& path) {
  auto history = files_.History(path);
  if (!history && history.error().code() == StatusCode::kNotFound) return std::optional<Extracted>();
  if (!history) return history.error();
  // A part of a name may have meant another file.
  if (PathOfName(history->node.name) != path) return std::optional<Extracted>();
  const std::string_view part = ContentPart(history->versions.back().payload);
  if (!part.starts_with(kMetadata)) return std::optional<Extracted>();
  auto extracted = DecodeExtracted(part.substr(kMetadata.size()));
  if (!extracted) return extracted.error();
  return std::optional<Extracted>(std::move(*extracted));
}

Result<std::optional<BookFacts>> BookService::Embedded(const std::string& path, std::vector<std::string>& files) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    auto scanned = Scanned(path);
    if (!scanned) return scanned.error();
    if (!*scanned) return std::optional<BookFacts>();
    files.push_back(path);
    return std::optional(FactsOfTags(**scanned));
  }
  // Of several files the first has the tags, all have the duration, and each is a chapter where none states any.
  std::optional<BookFacts> facts;
  double seconds = 0;
  std::vector<Chapter> parts;
  for (const std::string& file : FilesIn(path)) {
    auto scanned = Scanned(file);
    if (!scanned) return scanned.error();
    if (!*scanned || !IsSound(**scanned)) continue;
    if (!facts) facts = FactsOfTags(**scanned);
    const auto ns = [](double at) { return static_cast<std::int64_t>(std::clamp(at, 0.0, 9e9) * 1e9); };
    const double end = seconds + *(*scanned)->core.duration;
    parts.push_back({ns(seconds), ns(end), (*scanned)->core.title});
    files.push_back(file);
    seconds = end;
  }
  if (!facts) return facts;
  facts->Set("duration", seconds);
  if (parts.size() > 1) facts->Set("files", static_cast<std::int64_t>(parts.size()));
  if (parts.size() > 1 && facts->chapters.empty()) facts->chapters = std::move(parts);
  return facts;
}

std::string BookService::Ask(const std::string& operation, const std::string& asin, const BookRequest& request,
                             BookAnswer& answer) {
  LookupParams params;
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"asin", asin}, {"region", request.region}}) {
    if (value.empty()) continue;
    if (Status added = AddParam(name + "=" + value, params); !added.ok()) {
      answer.notes.push_back(added.message());
      return {};
    }
  }
  LookupCall call;
  call.offline = request.offline;
  auto asked = lookups_->Ask({"audnexus", operation, params}, call);
  if (!asked) {
    answer.notes.push_back(fmt::format("audnexus {}: {}", operation, asked.error().message()));
    return {};
  }
  if (asked->state == CacheState::kNegative || asked->state == CacheState::kStale) {
    answer.notes.push_back(fmt::format("audnexus {}: {}", operation, asked->why));
  }
  return asked->value;
}

std::optional<BookFacts> BookService::FromAudnexus(const std::string& asin, const BookRequest& request,
                                                   BookAnswer& answer) {
  const std::string book = Ask("book", asin, request, answer);
  if (book.empty()) return std::nullopt;
  auto facts = FactsOfAudnexus(book, Ask("chapters", asin, request, answer));
  if (facts) return std::move(*facts);
  answer.notes.push_back(facts.error().message());
  return std::nullopt;
}

Result<BookAnswer> BookService::Tell(const BookRequest& request) {
  BookAnswer answer;
  answer.path = AbsolutePath(request.file, current_folder_);
  const BookFacts path = FactsOfPath(ParseBookPath(answer.path));
  auto embedded = Embedded(answer.path, answer.files);
  if (!embedded) return embedded.error();
  if (!*embedded) answer.notes.push_back("no scan has seen it, so its tags are missing: `cairn scan` reads them");
  std::string asin = request.asin.empty() ? TextOf(path, "asin") : request.asin;
  if (asin.empty() && *embedded) asin = TextOf(**embedded, "asin");
  std::optional<BookFacts> api;
  if (asin.empty()) {
    answer.notes.push_back("it has no ASIN, so Audnexus was not asked: --asin gives one");
  } else if (lookups_ != nullptr) {
    api = FromAudnexus(asin, request, answer);
  }
  answer.book = MergeBook({{BookSource::kPath, &path},
                           {BookSource::kEmbedded, *embedded ? &**embedded : nullptr},
                           {BookSource::kApi, api ? &*api : nullptr}},
                          request.precedence);
  return answer;
}

Result<Stored> BookService::Record(const BookAnswer& answer) {
  auto store = files_.Store();
  if (!store) return store.error();
  const RecordDraft draft = BookRecord(files_.tenant(), answer, Clock::Default()->Now());
  if (auto newest = (*store)->Latest(draft.kind, draft.target)) {
    auto details = newest->Parse();
    if (details && details->payload == draft.payload) return Stored{newest->seq(), true};
  }
  return (*store)->Store(draft.ToJson());
}

}  // namespace cairn
