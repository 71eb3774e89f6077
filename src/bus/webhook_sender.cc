#include "bus/webhook_sender.h"

#include <fmt/format.h>

#include "base/json.h"
#include "produce/retry.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{5'000};
constexpr std::chrono::milliseconds kPingTimeout{10'000};
constexpr std::size_t kErrorBytesMax = 300;
constexpr std::int64_t kSecondNs = 1'000'000'000;

}  // namespace

WebhookAnswer SendWebhook(HttpTransport& transport, const Webhook& hook, const WebhookSecret& secret,
                          const std::string& id, std::string_view body, Timestamp now, const std::stop_token& stop) {
  const std::string timestamp = fmt::format("{}", now.ns / kSecondNs);
  HttpRequest request;
  request.url = hook.url;
  request.post = body;
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "cairn-webhook"},
                     {"webhook-id", id},
                     {"webhook-timestamp", timestamp},
                     {"webhook-signature", secret.Sign(id, timestamp, body)}};
  request.total_timeout = std::chrono::milliseconds(hook.timeout_ms);
  request.connect_timeout = std::min(kConnectTimeout, request.total_timeout);
  request.keeps_body = false;
  request.proxy = HttpScheme(hook.url) == "http" && !hook.allows_plain ? "none" : "environment";
  request.stop = stop;
  const auto response = transport.Send(request);
  WebhookAnswer out;
  if (!response) {
    out.error = response.error().message().substr(0, kErrorBytesMax);
    out.is_cut_short = response.error().code() == StatusCode::kCancelled;
    return out;
  }
  out.status = response->status;
  if (out.status >= 200 && out.status < 300) return out;
  const bool is_redirect = out.status >= 300 && out.status < 400;
  out.error = fmt::format("it answered {}{}", out.status, is_redirect ? "; redirects are not followed" : "");
  out.retry_after = ParseRetryAfter(response->retry_after, now);
  return out;
}

WebhookAnswer PingWebhook(HttpTransport& transport, const Webhook& hook, const WebhookSecret& secret, Timestamp now) {
  Webhook brief = hook;
  brief.timeout_ms = std::min(brief.timeout_ms, static_cast<std::uint32_t>(kPingTimeout.count()));
  const std::string body = fmt::format(R"({{"type":"ping","webhook":{}}})", JsonString(hook.name));
  return SendWebhook(transport, brief, secret, fmt::format("wh_{}_ping_{}", hook.id, now.ns), body, now, {});
}

}  // namespace cairn
