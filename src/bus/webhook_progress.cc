#include "bus/webhook_progress.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json_fields.h"

namespace cairn {

std::string WebhookProgressJson(const WebhookProgress& progress) {
  const std::string whole = JsonFields()
                                .Number("position", progress.position.value)
                                .Number("batch_end", progress.batch_end.value)
                                .Number("failures", progress.failures)
                                .Number("records", progress.records)
                                .Number("deliveries", progress.deliveries)
                                .Number("failed", progress.failed)
                                .Number("dead", progress.dead)
                                .Number("last_status", static_cast<std::uint64_t>(progress.last_status))
                                .Time("last_at", progress.last_at)
                                .Text("last_error", progress.last_error)
                                .Done();
  return whole.substr(1, whole.size() - 2);
}

Result<WebhookProgress> ReadWebhookProgress(FileSystem& files, const std::string& path) {
  auto text = files.Read(path);
  if (!text) return text.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  bool is_whole = parser.parse(*text).get(root) == simdjson::SUCCESS;
  const auto number = [&](const char* name) {
    std::uint64_t out = 0;
    is_whole = is_whole && root[name].get_uint64().get(out) == simdjson::SUCCESS;
    return out;
  };
  WebhookProgress out;
  out.position = Seq{number("position")};
  out.batch_end = Seq{number("batch_end")};
  out.failures = static_cast<std::uint32_t>(number("failures"));
  out.records = number("records");
  out.deliveries = number("deliveries");
  out.failed = number("failed");
  out.dead = number("dead");
  out.last_status = static_cast<int>(number("last_status"));
  std::string_view word;
  if (is_whole && root["last_at"].get_string().get(word) == simdjson::SUCCESS) {
    if (const auto at = ParseTimestamp(word)) out.last_at = *at;
  }
  is_whole = is_whole && root["last_error"].get_string().get(word) == simdjson::SUCCESS;
  out.last_error = word;
  if (is_whole) return out;
  return Status(StatusCode::kDataLoss, fmt::format("{}: how far the webhook has got cannot be read", path));
}

Status WriteWebhookProgress(FileSystem& files, const std::string& path, const WebhookProgress& progress) {
  return WriteFileDurably(files, path, fmt::format("{{{}}}\n", WebhookProgressJson(progress)));
}

}  // namespace cairn
