#include "record/produced_at.h"

#include "record/json_scan.h"

namespace cairn {

Result<Timestamp> ProducedAt(std::string_view record) {
  JsonCursor cursor(record);
  std::string_view text;
  // The walk ends at the member, or as far as it gets.
  (void)WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "produced_at")) return SkipValue(cursor);
    (void)TakeString(cursor, &text);
    return false;
  });
  auto time = ParseTimestamp(text.find('\\') == std::string_view::npos ? std::string(text) : UnescapeJson(text));
  if (!time) return Status(StatusCode::kDataLoss, "a record of the log has no time: " + time.error().message());
  return time;
}

}  // namespace cairn
