// Records as a JSON text sequence (RFC 7464): each begins with the byte 0x1E, which no JSON holds, so that whatever a
// record looks like there is one result for each.
#include <fmt/format.h>

#include "base/json.h"
#include "server/api.h"

namespace cairn {
namespace {

constexpr char kBegin = '\x1E';

std::vector<std::string_view> Cut(std::string_view body) {
  std::vector<std::string_view> texts;
  while (!body.empty()) {
    body.remove_prefix(1);
    const std::size_t end = body.find(kBegin);
    std::string_view text = body.substr(0, end);
    if (text.ends_with('\n')) text.remove_suffix(1);
    texts.push_back(text);
    body.remove_prefix(std::min(end, body.size()));
  }
  return texts;
}

}  // namespace

bool Api::IsSequence(const ServerRequest& request) {
  return request.Header("Content-Type").starts_with("application/json-seq");
}

ServerResponse Api::PostSequence(Exchange& exchange) {
  const std::string_view body = exchange.request().body();
  if (!body.starts_with(kBegin)) {
    return HttpFailure(400, "INVALID_ARGUMENT",
                       "a JSON text sequence begins with the byte 0x1E before each record (RFC 7464); JSON lines are "
                       "sent as application/x-ndjson");
  }
  const std::vector<std::string_view> jsons = Cut(body);
  std::vector<Result<Stored>> results;
  if (auto refused = Store(exchange, jsons, &results)) return std::move(*refused);
  std::size_t stored = 0;
  std::size_t known = 0;
  fmt::memory_buffer list;
  auto out = fmt::appender(list);
  for (const Result<Stored>& result : results) {
    if (list.size() > 0) list.push_back(',');
    if (result) {
      ++(result->known ? known : stored);
      fmt::format_to(out, "{{\"seq\":{},\"known\":{}}}", result->seq.value, result->known);
    } else {
      const std::string failure = HttpFailure(result.error()).body;
      list.append(failure.data(), failure.data() + failure.size());
    }
  }
  ServerResponse response;
  response.body = fmt::format("{{\"stored\":{},\"known\":{},\"refused\":{},\"results\":[", stored, known,
                              results.size() - stored - known);
  response.body.append(list.data(), list.size());
  response.body += "]}";
  return response;
}

}  // namespace cairn
