#include "cairn/kinds.h"

#include <fmt/format.h>

#include <cmath>

#include "base/json.h"

namespace cairn {
namespace {

constexpr int kFieldsDepthMax = 16;

/// An object of JSON that grows; what is empty or none is left out.
class ObjectText {
 public:
  ObjectText& Raw(std::string_view key, std::string_view json) {
    out_ += out_.size() > 1 ? "," : "";
    AppendJsonString(out_, key);
    out_ += ':';
    out_ += json;
    return *this;
  }
  ObjectText& Text(std::string_view key, const std::string& text) {
    return text.empty() ? *this : Raw(key, JsonString(text));
  }
  ObjectText& Count(std::string_view key, std::optional<std::uint64_t> number) {
    return number ? Raw(key, std::to_string(*number)) : *this;
  }
  /// JSON has no infinity: it is left out.
  ObjectText& Number(std::string_view key, std::optional<double> number) {
    return number && std::isfinite(*number) ? Raw(key, fmt::format("{}", *number)) : *this;
  }
  ObjectText& Time(std::string_view key, std::optional<Timestamp> time) {
    return time ? Raw(key, JsonString(FormatTimestamp(*time))) : *this;
  }
  ObjectText& Flag(std::string_view key, std::optional<bool> flag) {
    return flag ? Raw(key, *flag ? "true" : "false") : *this;
  }
  [[nodiscard]] std::string Done() const { return out_ + "}"; }

 private:
  std::string out_ = "{";
};

template <typename List, typename Each>
std::string ArrayText(const List& list, Each each) {
  std::string out = "[";
  for (const auto& one : list) out += (out.size() > 1 ? "," : "") + each(one);
  return out + "]";
}

std::string TextsText(const std::vector<std::string>& texts) {
  return ArrayText(texts, [](const std::string& text) { return JsonString(text); });
}

std::string FieldsText(const std::vector<SchemaSnapshot::Field>& fields, int depth) {
  return ArrayText(fields, [&](const SchemaSnapshot::Field& field) {
    ObjectText out;
    out.Raw("name", JsonString(field.name)).Text("type", field.type).Flag("nullable", field.nullable);
    out.Text("description", field.description);
    if (!field.fields.empty() && depth < kFieldsDepthMax) out.Raw("fields", FieldsText(field.fields, depth + 1));
    return out.Done();
  });
}

void AddValue(ObjectText& out, std::string_view key, const StatisticsSnapshot::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) out.Number(key, *number);
  if (const auto* text = std::get_if<std::string>(&value)) out.Raw(key, JsonString(*text));
  if (const auto* flag = std::get_if<bool>(&value)) out.Flag(key, *flag);
}

std::string ColumnText(const StatisticsSnapshot::Column& column) {
  ObjectText out;
  out.Count("null_count", column.null_count)
      .Count("distinct_count", column.distinct_count)
      .Count("count", column.count);
  out.Number("sum", column.sum).Number("mean", column.mean).Number("stddev", column.stddev);
  AddValue(out, "min", column.min);
  AddValue(out, "max", column.max);
  ObjectText quantiles;
  for (const auto& [name, number] : column.quantiles) quantiles.Number(name, number);
  if (!column.quantiles.empty()) out.Raw("quantiles", quantiles.Done());
  return out.Done();
}

RecordDraft Draft(std::string_view kind, const ObjectText& payload) {
  RecordDraft draft;
  draft.kind = kind;
  draft.payload = payload.Done();
  return draft;
}

}  // namespace

RecordDraft DraftOf(const IngestionVolume& volume) {
  ObjectText out;
  out.Count("row_count", volume.row_count)
      .Count("byte_count", volume.byte_count)
      .Count("file_count", volume.file_count);
  out.Count("rejected_count", volume.rejected_count).Text("partition", volume.partition);
  out.Time("window_start", volume.window_start).Time("window_end", volume.window_end);
  return Draft("ingestion_volume", out);
}

RecordDraft DraftOf(const IngestionRuntime& runtime) {
  ObjectText out;
  out.Number("duration_ms", runtime.duration_ms)
      .Time("started_at", runtime.started_at)
      .Time("ended_at", runtime.ended_at);
  out.Text("status", runtime.status).Count("attempts", runtime.attempts).Text("error", runtime.error);
  return Draft("ingestion_runtime", out);
}

RecordDraft DraftOf(const ReconResult& result) {
  ObjectText out;
  out.Raw("check", JsonString(result.check)).Flag("passed", result.passed);
  out.Number("expected", result.expected).Number("actual", result.actual);
  if (result.expected && result.actual) out.Number("difference", *result.actual - *result.expected);
  out.Number("tolerance", result.tolerance).Text("source", result.source).Text("message", result.message);
  return Draft("recon_result", out);
}

RecordDraft DraftOf(const SchemaSnapshot& snapshot) {
  ObjectText out;
  out.Raw("fields", FieldsText(snapshot.fields, 1));
  if (!snapshot.primary_key.empty()) out.Raw("primary_key", TextsText(snapshot.primary_key));
  out.Text("fingerprint", snapshot.fingerprint);
  return Draft("schema_snapshot", out);
}

RecordDraft DraftOf(const StatisticsSnapshot& snapshot) {
  ObjectText out;
  out.Count("row_count", snapshot.row_count).Count("byte_count", snapshot.byte_count);
  out.Count("file_count", snapshot.file_count);
  ObjectText columns;
  for (const auto& [name, column] : snapshot.columns) columns.Raw(name, ColumnText(column));
  if (!snapshot.columns.empty()) out.Raw("columns", columns.Done());
  return Draft("statistics_snapshot", out);
}

RecordDraft DraftOf(const CatalogDiff& diff) {
  ObjectText out;
  out.Raw("added", TextsText(diff.added)).Raw("removed", TextsText(diff.removed));
  out.Raw("changed", ArrayText(diff.changed, [](const CatalogDiff::Change& change) {
            return ObjectText().Raw("name", JsonString(change.name)).Text("what", change.what).Done();
          }));
  out.Text("before", diff.before).Text("after", diff.after);
  return Draft("catalog_diff", out);
}

RecordDraft DraftOf(const DeclaredEdge& edge) {
  ObjectText out;
  out.Raw("from", JsonString(NodeId(edge.from))).Text("type", edge.type);
  if (!edge.subtype.empty() || !edge.description.empty()) {
    out.Raw("transformation", ObjectText().Text("subtype", edge.subtype).Text("description", edge.description).Done());
  }
  if (edge.priority != 0) out.Raw("priority", std::to_string(edge.priority));
  out.Time("valid_from", edge.valid_from).Time("valid_to", edge.valid_until);
  if (edge.deleted) out.Flag("_deleted", true);
  return Draft(kKindLineageEdge, out);
}

}  // namespace cairn
