#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "bus/webhook.h"
#include "bus/webhook_signature.h"
#include "lookup/http.h"

namespace cairn {

/// What became of one attempt.
struct WebhookAnswer {
  int status = 0;                          ///< 0: none came.
  std::string error;                       ///< Why it was not taken; empty: it was.
  std::chrono::nanoseconds retry_after{};  ///< What the receiver asks for.
  bool is_cut_short = false;               ///< By `stop`: it may have been taken.
};

/// Sends one body, signed. Redirects are not followed; of the answer's body nothing is kept.
WebhookAnswer SendWebhook(HttpTransport& transport, const Webhook& hook, const WebhookSecret& secret,
                          const std::string& id, std::string_view body, Timestamp now, const std::stop_token& stop);

/// Sends `{"type":"ping","webhook":NAME}`: whether the receiver is there and takes the signature.
WebhookAnswer PingWebhook(HttpTransport& transport, const Webhook& hook, const WebhookSecret& secret, Timestamp now);

}  // namespace cairn
