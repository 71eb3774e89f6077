#include "record/produced_at.h"

#include <simdjson.h>

namespace cairn {
namespace {

using simdjson::ondemand::document;

simdjson::error_code Iterate(simdjson::ondemand::parser& parser, std::string_view record, document* out) {
  return parser.iterate(record.data(), record.size(), record.size() + simdjson::SIMDJSON_PADDING).get(*out);
}

// A key may be spelled with escapes, which `[]` does not resolve.
simdjson::error_code FindSlowly(document& record, std::string_view* text) {
  simdjson::ondemand::object members;
  if (const auto code = record.get_object().get(members)) return code;
  for (auto member : members) {
    std::string_view key;
    if (const auto code = member.unescaped_key().get(key)) return code;
    if (key == "produced_at") return member.value().get_string().get(*text);
  }
  return simdjson::NO_SUCH_FIELD;
}

}  // namespace

Result<Timestamp> ProducedAt(std::string_view record) {
  static thread_local simdjson::ondemand::parser parser;
  document json;
  std::string_view text;
  auto code = Iterate(parser, record, &json);
  if (code == simdjson::SUCCESS) code = json["produced_at"].get_string().get(text);
  if (code == simdjson::NO_SUCH_FIELD && Iterate(parser, record, &json) == simdjson::SUCCESS) code = FindSlowly(json, &text);
  if (code != simdjson::SUCCESS) return Status(StatusCode::kDataLoss, "a record of the log has no time");
  auto time = ParseTimestamp(text);
  if (!time) return Status(StatusCode::kDataLoss, time.error().message());
  return time;
}

}  // namespace cairn
