#include "scan/file_record.h"

#include <fmt/format.h>

#include "base/json.h"
#include "record/statements.h"
#include "scan/file_name.h"

namespace cairn {
namespace {

constexpr std::string_view kProducer = "cairn.scan";

void AppendValue(std::string& out, const FieldValue& value) {
  struct Visitor {
    std::string& out;
    void operator()(const std::string& text) const { AppendJsonString(out, text); }
    void operator()(std::int64_t number) const { out += std::to_string(number); }
    void operator()(double number) const {
      if (number - number != 0) {
        out += "null";  // JSON has no infinity.
      } else {
        out += fmt::format("{}", number);
      }
    }
    void operator()(bool truth) const { out += truth ? "true" : "false"; }
    void operator()(const std::vector<std::string>& texts) const {
      out += '[';
      for (const std::string& text : texts) {
        if (out.back() != '[') out += ',';
        AppendJsonString(out, text);
      }
      out += ']';
    }
  };
  std::visit(Visitor{out}, value);
}

RecordDraft Draft(const RecordFrame& frame, Timestamp now) {
  RecordDraft draft;
  draft.produced_at = now;
  draft.producer_id = kProducer;
  draft.run_id = frame.run_id;
  return draft;
}

// Of a table in the file at `path`.
NodeKey TableNode(std::string_view tenant, std::string_view path, const Table& table) {
  NodeKey node = FileNode(tenant, path);
  node.type = kTypeDataset;
  if (!table.name.empty()) node.name += "#" + table.name;
  return node;
}

std::string SchemaPayload(const Table& table) {
  std::string out = R"({"fields":[)";
  for (const Column& column : table.columns) {
    if (out.back() != '[') out += ',';
    out += R"({"name":)" + JsonString(column.name) + R"(,"type":)" + JsonString(column.type);
    if (column.nullable) out += fmt::format(R"(,"nullable":{})", *column.nullable);
    if (column.primary_key) out += R"(,"primary_key":true)";
    out += '}';
  }
  return out + "]}";
}

std::string StatisticsPayload(const Table& table) {
  std::string out = "{";
  if (table.row_count) out += fmt::format(R"("row_count":{},)", *table.row_count);
  if (table.sampled) out += R"("sampled":true,)";
  out += R"("columns":{)";
  for (const Column& column : table.columns) {
    std::string facts = "{";
    const auto add = [&facts](std::string_view name) {
      if (facts.back() != '{') facts += ',';
      facts += fmt::format("\"{}\":", name);
    };
    if (column.null_count) add("null_count"), facts += std::to_string(*column.null_count);
    if (column.distinct_count) add("distinct_count"), facts += std::to_string(*column.distinct_count);
    if (column.min) add("min"), AppendValue(facts, *column.min);
    if (column.max) add("max"), AppendValue(facts, *column.max);
    if (column.mean) add("mean"), AppendValue(facts, *column.mean);
    if (facts.size() == 1) continue;
    if (out.back() != '{') out += ',';
    out += JsonString(column.name) + ":" + facts + "}";
  }
  return out + "}}";
}

bool HasStatistics(const Table& table) {
  if (table.row_count) return true;
  for (const Column& column : table.columns) {
    if (column.null_count || column.distinct_count || column.min || column.max || column.mean) return true;
  }
  return false;
}

}  // namespace

std::string MetadataPart(std::string_view extracted_json) {
  std::string out = R"("metadata":)";
  return out += extracted_json;
}

std::string ProblemPart(const Status& problem) {
  return fmt::format(R"("problem":{{"code":"{}","reason":{}}})", StatusCodeName(problem.code()),
                     JsonString(problem.message()));
}

std::string_view ContentPart(std::string_view payload) {
  // Nothing before it is text from outside, but for the type, which has no quotes.
  for (const std::string_view begin : {std::string_view(",\"metadata\":"), std::string_view(",\"problem\":")}) {
    const std::size_t at = payload.find(begin);
    if (at != std::string_view::npos && payload.ends_with('}')) {
      return payload.substr(at + 1, payload.size() - at - 2);
    }
  }
  return {};
}

std::string PresentPayload(const FilePayload& file) {
  const StateEntry& entry = *file.entry;
  std::string out =
      fmt::format(R"({{"state":"present","type":{},"size":{},"modified":"{}","hash":"{}")",
                  JsonString(file.method->type), entry.stamp.size, FormatTimestamp({entry.stamp.mtime_ns}),
                  ContentHashText(entry.content, entry.Has(StateEntry::kSampled)));
  if (!file.method->extractor.empty()) {
    out += fmt::format(R"(,"extractor":"{}/{}")", file.method->extractor, file.method->version);
  }
  if (!file.part.empty()) (out += ',') += file.part;
  return out += '}';
}

std::string UnreadablePayload(const StateEntry& entry, const Status& problem) {
  return fmt::format(R"({{"state":"present","size":{},"modified":"{}",{}}})", entry.stamp.size,
                     FormatTimestamp({entry.stamp.mtime_ns}), ProblemPart(problem));
}

std::string LinkPayload(std::string_view target) {
  return fmt::format(R"({{"state":"present","type":"inode/symlink","target":{}}})", JsonString(NameOfPath(target)));
}

std::string RemovedPayload(std::string_view reason, const std::vector<std::string>& renamed_to) {
  std::string out = fmt::format(R"({{"state":"removed","reason":{})", JsonString(reason));
  if (!renamed_to.empty()) {
    out += R"(,"renamed_to":[)";
    for (const std::string& path : renamed_to) {
      if (out.back() != '[') out += ',';
      out += JsonString(NameOfPath(path));
    }
    out += ']';
  }
  return out += '}';
}

std::string FolderPayload(std::string_view problem) {
  if (problem.empty()) return R"({"state":"present","type":"inode/directory"})";
  return fmt::format(R"({{"state":"present","type":"inode/directory",{}}})",
                     ProblemPart({StatusCode::kUnavailable, std::string(problem)}));
}

std::string FileRecord(const RecordFrame& frame, std::string_view path, Timestamp now, std::string payload,
                       std::string_view why) {
  RecordDraft draft = Draft(frame, now);
  draft.kind = kKindFile;
  draft.target = FileNode(frame.tenant, path);
  draft.payload = std::move(payload);
  if (!why.empty()) draft.extras = R"({"why":)" + JsonString(why) + "}";
  return draft.ToJson();
}

std::vector<std::string> TableRecords(const RecordFrame& frame, std::string_view path, Timestamp now,
                                      const std::vector<Table>& tables) {
  std::vector<std::string> out;
  for (const Table& table : tables) {
    if (table.columns.empty()) continue;
    RecordDraft draft = Draft(frame, now);
    draft.kind = "schema_snapshot";
    draft.target = TableNode(frame.tenant, path, table);
    draft.payload = SchemaPayload(table);
    out.push_back(draft.ToJson());
    if (!HasStatistics(table)) continue;
    draft.kind = "statistics_snapshot";
    draft.payload = StatisticsPayload(table);
    out.push_back(draft.ToJson());
  }
  return out;
}

std::string ContentsPayload(std::string_view path, const std::vector<Table>& tables,
                            const std::vector<Child>& children) {
  std::string out = R"({"contains":[)";
  const auto add = [&out](const NodeKey& node) {
    if (out.back() != '[') out += ',';
    AppendJsonString(out, NodeId(node));
  };
  for (const Table& table : tables) {
    if (!table.columns.empty()) add(TableNode({}, path, table));
  }
  std::size_t members = 0;
  for (const Child& child : children) {
    if (child.folder || members == kMembersMax) continue;
    add(MemberNode({}, path, child.path));
    ++members;
  }
  return out + "]}";
}

std::string ContentsRecord(const RecordFrame& frame, std::string_view path, Timestamp now, std::string payload) {
  RecordDraft draft = Draft(frame, now);
  draft.kind = kKindContents;
  draft.target = FileNode(frame.tenant, path);
  draft.payload = std::move(payload);
  return draft.ToJson();
}

}  // namespace cairn
