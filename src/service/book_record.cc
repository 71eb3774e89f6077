#include "service/book_record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "record/statements.h"
#include "scan/file_name.h"

namespace cairn {
namespace {

constexpr std::string_view kTypeBook = "book";

// A list as JSON, each member as `each` writes it.
template <typename List, typename Each>
std::string ListJson(const List& list, Each each) {
  std::string out = "[";
  for (const auto& one : list) {
    if (out.size() > 1) out += ',';
    out += each(one);
  }
  return out + "]";
}

}  // namespace

NodeKey BookNode(std::string_view tenant, const BookAnswer& answer) {
  NodeKey node = FileNode(tenant, answer.path);
  node.type = kTypeBook;
  for (const BookValue& value : answer.book.values) {
    const auto* asin = std::get_if<std::string>(&value.value);
    if (value.name != "asin" || asin == nullptr) continue;
    node.ns = "asin";
    node.name = *asin;
  }
  return node;
}

std::string BookValueJson(const FieldValue& value) {
  struct Visitor {
    std::string operator()(const std::string& text) const { return JsonString(text); }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(const std::vector<std::string>& texts) const {
      return ListJson(texts, [](const std::string& text) { return JsonString(text); });
    }
  };
  return std::visit(Visitor{}, value);
}

std::string BookSourcesJson(const std::vector<BookSource>& sources) {
  return ListJson(sources, [](BookSource source) { return JsonString(BookSourceName(source)); });
}

std::string BookChaptersJson(const std::vector<Chapter>& chapters) {
  return ListJson(chapters, [](const Chapter& chapter) {
    return fmt::format(R"({{"start_s":{},"end_s":{},"title":{}}})", static_cast<double>(chapter.start_ns) / 1e9,
                       static_cast<double>(chapter.end_ns) / 1e9, JsonString(chapter.title));
  });
}

RecordDraft BookRecord(std::string_view tenant, const BookAnswer& answer, Timestamp now) {
  RecordDraft draft;
  draft.kind = kKindBook;
  draft.target = BookNode(tenant, answer);
  draft.produced_at = now;
  draft.producer_id = "cairn.book";
  std::string values;
  std::string sources;
  for (const BookValue& value : answer.book.values) {
    const std::string name = (values.empty() ? "" : ",") + JsonString(value.name) + ":";
    values += name + BookValueJson(value.value);
    sources += name + BookSourcesJson(value.sources);
  }
  if (!answer.book.chapters.empty()) {
    sources += (sources.empty() ? "" : ",") + ("\"chapters\":" + BookSourcesJson(answer.book.chapter_sources));
  }
  draft.payload = fmt::format(
      R"({{"values":{{{}}},"chapters":{},"sources":{{{}}},"files":{}}})", values,
      BookChaptersJson(answer.book.chapters), sources,
      ListJson(answer.files, [](const std::string& path) { return JsonString(NodeId(FileNode({}, path))); }));
  return draft;
}

}  // namespace cairn
