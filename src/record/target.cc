#include "record/target.h"

#include <fmt/format.h>

namespace cairn {
namespace {

Status Wrong(std::string_view field, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("target{}{}: {}", field.empty() ? "" : ".", field, what)};
}

// Reads a member that must be a string where it stands. Absent and null leave `out` alone.
Status ReadString(simdjson::dom::element value, std::string_view field, std::string_view* out) {
  if (value.is_null()) return Status::Ok();
  if (value.get_string().get(*out) != simdjson::SUCCESS) return Wrong(field, "expected a string");
  return Status::Ok();
}

void AppendNamePart(std::string& out, std::string_view part) {
  if (part.find_first_of(".\"") == std::string_view::npos) {
    out += part;
    return;
  }
  out += '"';
  for (const char c : part) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

Result<NodeView> ReadTarget(simdjson::dom::element target, std::string_view tenant, Arena& arena) {
  simdjson::dom::object object;
  if (target.get_object().get(object) != simdjson::SUCCESS) {
    return Wrong("", "expected an object like {\"namespace\":\"crm\",\"name\":\"public.orders\"}");
  }
  std::string_view ns;
  std::string_view name;
  std::string_view type;
  std::string_view source;
  std::string_view schema;
  std::string_view table;
  for (const auto [key, value] : object) {
    std::string_view* out = key == "namespace"   ? &ns
                            : key == "name"      ? &name
                            : key == "type"      ? &type
                            : key == "source_id" ? &source
                            : key == "schema"    ? &schema
                            : key == "table"     ? &table
                                                 : nullptr;
    if (out == nullptr) continue;
    if (Status status = ReadString(value, key, out); !status.ok()) return status;
  }
  if (type.empty()) type = kTypeDataset;
  const bool relational = !source.empty() || !table.empty() || !schema.empty();
  if (relational && (!ns.empty() || !name.empty())) {
    return Wrong("", "give namespace and name, or source_id, schema and table, not both");
  }
  if (!relational) {
    if (name.empty()) return Wrong("name", "missing or empty");
    if (ns.data() == nullptr) return Wrong("namespace", "missing");
    return NodeView(tenant, type == kTypeDataset ? kTypeDataset : arena.Copy(type), arena.Copy(ns), arena.Copy(name));
  }
  if (source.empty()) return Wrong("source_id", "missing or empty");
  if (table.empty()) return Wrong("table", "missing or empty");
  std::string joined;
  if (!schema.empty()) {
    AppendNamePart(joined, schema);
    joined += '.';
  }
  AppendNamePart(joined, table);
  return NodeView(tenant, type == kTypeDataset ? kTypeDataset : arena.Copy(type), arena.Copy(source),
                  arena.Copy(joined));
}

}  // namespace cairn
