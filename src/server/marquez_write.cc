#include "server/marquez_write.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_facts.h"

namespace cairn {

ServerResponse MarquezWritten(const Exchange& exchange, Result<std::string> json, int status) {
  if (!json) return MarquezFailure(json.error());
  if (exchange.principal().May(AccessScope::kRead)) return MarquezJson(std::move(*json), status);
  simdjson::dom::parser parser;
  Element element;
  JsonFields told;
  if (parser.parse(*json).get(element) == simdjson::SUCCESS) {
    const auto object = AsObject(element);
    for (const std::string_view member : {"id", "name", "namespace"}) {
      if (const auto value = object ? Member(*object, member) : std::nullopt)
        told.Raw(member, simdjson::minify(*value));
    }
  }
  return MarquezJson(told.Done(), status);
}

Status StoreAll(const MarquezAsk& ask, const std::vector<std::string>& jsons) {
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  for (const Result<Stored>& stored : ask.repository.BulkStore(views)) {
    if (!stored) return stored.error();
  }
  return Status::Ok();
}

Status StoreMetadata(const MarquezAsk& ask, const NodeKey& node, Timestamp time, std::string payload) {
  RecordDraft draft;
  draft.kind = kKindMetadata;
  draft.target = node;
  draft.produced_at = time;
  draft.producer_id = kMarquezProducer;
  draft.payload = std::move(payload);
  return StoreAll(ask, {draft.ToJson()});
}

std::string FacetJson(std::string_view members) {
  return fmt::format("{{\"_producer\":{},\"_schemaURL\":{},{}}}", JsonString(kMarquezProducer),
                     JsonString("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/BaseFacet"), members);
}

Status MarquezBody::Read(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return Status::Ok();
  Element element;
  if (const auto error = parser_.parse(body.data(), body.size(), true).get(element); error != simdjson::SUCCESS) {
    return {StatusCode::kInvalidArgument, fmt::format("the body is no JSON: {}", simdjson::error_message(error))};
  }
  object_ = AsObject(element);
  if (object_) return Status::Ok();
  return {StatusCode::kInvalidArgument, "the body is no JSON object; send one, like {\"description\":\"...\"}"};
}

Status MarquezBody::Text(std::string_view member, std::string* out) const {
  const auto value = object_ ? Member(*object_, member) : std::nullopt;
  if (!value) return Status::Ok();
  std::string_view text;
  if (value->get_string().get(text) != simdjson::SUCCESS) {
    return {StatusCode::kInvalidArgument, fmt::format("{}: expected a text", member)};
  }
  *out = text;
  return Status::Ok();
}

Status MarquezBody::Objects(std::string_view member, std::string_view needed, std::string* out) const {
  const auto value = object_ ? Member(*object_, member) : std::nullopt;
  if (!value || value->is_null()) return Status::Ok();
  if (!value->is_array()) return {StatusCode::kInvalidArgument, fmt::format("{}: expected a list of objects", member)};
  std::size_t at = 0;
  for (const Element element : ElementsOf(value)) {
    const auto object = AsObject(element);
    if (!object || cairn::Text(*object, needed).empty()) {
      return {StatusCode::kInvalidArgument,
              fmt::format("{}[{}]: expected an object with the text \"{}\"", member, at, needed)};
    }
    ++at;
  }
  *out = simdjson::minify(*value);
  return Status::Ok();
}

std::string MarquezBody::Json(std::string_view member) const {
  const auto value = object_ ? Member(*object_, member) : std::nullopt;
  return value ? simdjson::minify(*value) : std::string();
}

std::vector<Element> MarquezBody::List(std::string_view member) const {
  return object_ ? ElementsOf(Member(*object_, member)) : std::vector<Element>();
}

}  // namespace cairn
