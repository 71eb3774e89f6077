#include "record/produced_at.h"

#include <simdjson.h>

namespace cairn {

Result<Timestamp> ProducedAt(std::string_view record) {
  static thread_local simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  std::string_view text;
  if (parser.iterate(record.data(), record.size(), record.size() + simdjson::SIMDJSON_PADDING).get(document) !=
          simdjson::SUCCESS ||
      document["produced_at"].get_string().get(text) != simdjson::SUCCESS) {
    return Status(StatusCode::kDataLoss, "a record of the log has no time");
  }
  auto time = ParseTimestamp(text);
  if (!time) return Status(StatusCode::kDataLoss, time.error().message());
  return time;
}

}  // namespace cairn
