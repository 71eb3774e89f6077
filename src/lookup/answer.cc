#include "lookup/answer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json.h"
#include "lookup/pick.h"

namespace cairn {
namespace {

std::string Shape(simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::OBJECT: {
      std::map<std::string, std::string> members;
      simdjson::dom::object object;
      if (element.get(object) != simdjson::SUCCESS) return "{}";
      for (const auto member : object) {
        members.emplace(JsonString(member.key), Shape(member.value));
      }
      std::string out = "{";
      for (const auto& [name, shape] : members) out += (out.size() == 1 ? "" : ",") + name + ":" + shape;
      return out + "}";
    }
    case simdjson::dom::element_type::ARRAY: {
      // How many there are, and in which order, is no structure.
      std::set<std::string> items;
      simdjson::dom::array array;
      if (element.get(array) != simdjson::SUCCESS) return "[]";
      for (const auto item : array) items.insert(Shape(item));
      return fmt::format("[{}]", fmt::join(items, "|"));
    }
    case simdjson::dom::element_type::STRING:
      return "text";
    case simdjson::dom::element_type::BOOL:
      return "switch";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "number";
  }
}

}  // namespace

Result<CacheLoaded> LoadedFrom(const SourceOperation& operation, std::string_view body) {
  const std::vector<FieldConfig>& fields = operation.config().fields;
  CacheLoaded out;
  if (fields.empty()) {
    auto json = MinifiedJson(body);
    if (!json) return json.error();
    out.value = *std::move(json);
  } else {
    auto picked = PickJson(body, operation.field_paths());
    if (!picked) return picked.error();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::optional<std::string>& value = (*picked)[i];
      if (fields[i].required && !value) {
        return Status(StatusCode::kDataLoss, fmt::format("the answer lacks {}", fields[i].name));
      }
      CacheField field;
      field.name = fields[i].name;
      field.value = value ? *std::move(value) : std::string();
      field.ttl = fields[i].ttl;
      out.fields.push_back(std::move(field));
    }
  }
  if (!operation.config().policy.structure_tags.empty()) out.structure = JsonShape(body);
  return out;
}

std::string AnswerJson(const SourceOperation& operation, const CacheEntry& entry,
                       const std::vector<std::string>& fields) {
  if (operation.config().fields.empty()) return entry.value;
  std::string out = "{";
  for (const FieldConfig& declared : operation.config().fields) {
    if (!fields.empty() && std::find(fields.begin(), fields.end(), declared.name) == fields.end()) continue;
    const CacheField* field = entry.Field(declared.name);
    if (field == nullptr || field->value.empty()) continue;
    if (out.size() > 1) out += ',';
    AppendJsonString(out, declared.name);
    out += ':';
    out += field->value;
  }
  return out + "}";
}

std::string JsonShape(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return {};
  return Shape(root);
}

}  // namespace cairn
