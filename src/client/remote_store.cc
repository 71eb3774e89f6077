// Storing: bodies of many records, each sent again until it is answered.
#include <fmt/format.h>

#include "client/ask_for.h"

namespace cairn {
namespace {

// Before each record of a JSON text sequence (RFC 7464). No JSON holds it.
constexpr char kBegin = '\x1E';

}  // namespace

Result<Stored> RemoteRepository::Store(std::string_view json) { return BulkStore(std::span(&json, 1)).front(); }

std::vector<Result<Stored>> RemoteRepository::BulkStore(std::span<const std::string_view> jsons) {
  std::vector<Result<Stored>> out;
  out.reserve(jsons.size());
  while (!jsons.empty()) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < jsons.size() && count < std::max<std::size_t>(options_.body_records, 1)) {
      bytes += jsons[count].size() + 2;
      if (count > 0 && bytes > options_.body_bytes) break;
      ++count;
    }
    for (auto& result : Send(jsons.first(count))) out.push_back(std::move(result));
    jsons = jsons.subspan(count);
    // The service is away, or does not want us: the rest would wait as long for the same answer.
    const bool is_lost = !out.back() && (out.back().error().code() == StatusCode::kUnavailable ||
                                         out.back().error().code() == StatusCode::kUnauthenticated);
    if (is_lost) out.resize(out.size() + jsons.size(), out.back());
    if (is_lost) break;
  }
  return out;
}

std::vector<Result<Stored>> RemoteRepository::Send(std::span<const std::string_view> jsons) {
  std::string body;
  std::size_t bytes = 0;
  for (const std::string_view json : jsons) bytes += json.size() + 2;
  body.reserve(bytes);
  for (const std::string_view json : jsons) {
    body += kBegin;
    // It would end the record there. Its neighbour in its place is as little JSON.
    const auto at = static_cast<std::ptrdiff_t>(body.size());
    body += json;
    std::replace(body.begin() + at, body.end(), kBegin, '\x1D');
    body += '\n';
  }
  const auto all = [&](const Status& status) { return std::vector<Result<Stored>>(jsons.size(), status); };
  HttpCall call;
  call.path = "/api/v1/records";
  call.is_post = true;
  call.body = body;
  call.content_type = "application/json-seq";
  call.timeout = options_.request_timeout;
  auto reply = retrying_.Call(call, options_.store_patience);
  if (!reply) return all(reply.error());
  auto answer = JsonAnswer::Parse(*reply->body);
  if (!answer) return all(answer.error());
  auto results = ReadStored(answer->root(), jsons.size());
  return results ? std::move(*results) : all(results.error());
}

}  // namespace cairn
