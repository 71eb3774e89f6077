#include "record/openlineage_wrap.h"

#include "base/json.h"
#include "record/json_scan.h"

namespace cairn {
namespace {

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
  AppendJsonString(out, text);
}

/// The eventTime as it was sent, quotes included.
std::string_view EventTime(std::string_view event) {
  std::string_view time;
  JsonCursor cursor(event);
  WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "eventTime")) return SkipValue(cursor);
    TakeValue(cursor, &time);
    return false;
  });
  return time;
}

}  // namespace

std::string WrapEvent(std::string_view minified_event, const ParsedRecord& keys, std::string_view tenant) {
  std::string out;
  out.reserve(minified_event.size() + keys.producer_id.size() + 512);
  out += '{';
  AppendMember(out, "kind", keys.kind);
  out += ",\"target\":{";
  if (keys.target.type != kTypeDataset) AppendMember(out, "type", keys.target.type);
  AppendMember(out, "namespace", keys.target.ns);
  AppendMember(out, "name", keys.target.name);
  out += "},\"produced_at\":";
  out += EventTime(minified_event);
  AppendMember(out, "producer_id", keys.producer_id);
  const bool has_job = !keys.job.name.empty();
  if (!keys.run_id.empty() || has_job || !tenant.empty()) {
    out += ",\"context\":{";
    if (!keys.run_id.empty()) AppendMember(out, "run_id", keys.run_id);
    if (has_job) AppendMember(out, "job_id", keys.job.name);
    if (has_job) AppendMember(out, "namespace", keys.job.ns);
    if (!tenant.empty()) AppendMember(out, "tenant", tenant);
    out += '}';
  }
  out += ",\"payload\":";
  out += minified_event;
  out += '}';
  return out;
}

std::string_view WrappedEvent(std::string_view record_json) {
  if (!MayWrapEvent(record_json) || record_json.back() != '}') return {};
  const char* payload = nullptr;
  JsonCursor cursor(record_json);
  WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "payload")) return SkipValue(cursor);
    payload = cursor.at;
    return false;
  });
  if (payload == nullptr) return {};
  return record_json.substr(static_cast<std::size_t>(payload - record_json.data()),
                            static_cast<std::size_t>(record_json.data() + record_json.size() - 1 - payload));
}

}  // namespace cairn
