#pragma once

#include <string>

#include "bus/webhook.h"
#include "bus/webhook_progress.h"

namespace cairn {

/// What a record of the kind `webhook` holds: all of it but tenant, name and times, which the record itself has.
std::string WebhookPayload(const Webhook& hook, bool is_deleted);
/// Reads it. Returns NOT_FOUND where it says that the webhook was deleted, DATA_LOSS where it is none.
Result<Webhook> ReadWebhook(const Fact& fact);

/// A webhook as it stands.
struct WebhookStatus {
  Webhook hook;
  WebhookProgress progress;
  std::uint64_t lag = 0;           ///< Records of the log that it was not held against yet.
  std::uint64_t dead_letters = 0;  ///< That stand.
  std::string problem;             ///< Why it cannot be delivered to at all; empty: it can.
};
/// `{"name","id","url",...}`: what it is, then how far it has got.
std::string WebhookStatusJson(const WebhookStatus& status);

/// Reads what a record of the kind `webhook_dead_letter` holds. Returns DATA_LOSS where it is none.
Result<DeadLetter> ReadDeadLetter(const Fact& fact);
std::string DeadLetterPayload(const DeadLetter& letter);
/// `{"id","first_seq","last_seq","records","attempts","status","reason","state","at"}`
std::string DeadLetterJson(const DeadLetter& letter);

}  // namespace cairn
