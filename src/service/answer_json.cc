#include "service/answer_json.h"

#include <fmt/format.h>

#include "base/json.h"

namespace cairn {

std::string RunJson(const RunInfo& run) {
  std::string out = "{\"run_id\":";
  AppendJsonString(out, run.run_id);
  out += ",\"job\":" + (run.job.name.empty() ? std::string("null") : JsonString(NodeId(run.job)));
  out += fmt::format(",\"state\":\"{}\"", RunStateName(run.state));
  const auto time = [&](std::string_view name, const std::optional<Timestamp>& value) {
    out += fmt::format(",\"{}\":{}", name, value ? "\"" + FormatTimestamp(*value) + "\"" : "null");
  };
  time("started_at", run.started_at);
  time("ended_at", run.ended_at);
  time("first_seen", run.first_seen);
  time("last_seen", run.last_seen);
  out += ",\"parent_run_id\":" + (run.parent_run_id.empty() ? std::string("null") : JsonString(run.parent_run_id));
  out += ",\"root_run_id\":" + (run.root_run_id.empty() ? std::string("null") : JsonString(run.root_run_id));
  return out + fmt::format(",\"records\":{}}}", run.records);
}

std::string JsonList(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    AppendJsonString(out, text);
  }
  return out + "]";
}

std::string EntityJson(const EntityInfo& entity) {
  std::string out = fmt::format(
      "{{\"node\":{},\"kinds\":{},\"facts\":{},\"first_seen\":\"{}\",\"last_seen\":\"{}\",\"owners\":{},\"tags\":{}",
      JsonString(NodeId(entity.node)), JsonList(entity.kinds), entity.facts, FormatTimestamp(entity.first_seen),
      FormatTimestamp(entity.last_seen), JsonList(entity.owners), JsonList(entity.tags));
  if (entity.runs != 0) out += fmt::format(",\"runs\":{}", entity.runs);
  if (entity.deleted) out += ",\"deleted\":true";
  return out + "}";
}

}  // namespace cairn
