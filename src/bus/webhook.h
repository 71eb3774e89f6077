#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/record.h"
#include "cairn/status.h"

namespace cairn {

/// Whether a webhook is delivered to. `kOff`: its receiver said that it is gone (410).
enum class WebhookState : std::uint8_t { kActive, kPaused, kOff };
/// `active`, `paused`, `off`.
std::string_view WebhookStateName(WebhookState state);

/// A receiver, and what it is told; all but its secret.
struct Webhook {
  static constexpr std::size_t kBatchRecordsMax = 10'000;
  static constexpr std::uint32_t kAttemptsMax = 1'000;
  static constexpr std::uint32_t kTimeoutMsMax = 120'000;

  std::string id;      ///< Made; of this one and no other of the same name.
  std::string tenant;  ///< Whose records it is told.
  std::string name;
  std::string url;
  std::vector<std::string> kinds;  ///< As globs; empty: all.
  std::string prefix;              ///< Of the node's id.
  std::string filter;
  Seq from;                           ///< The first record that it may be told.
  std::size_t batch_records = 100;    ///< In one delivery.
  std::uint32_t attempts = 12;        ///< Then a batch is given up, as a dead letter.
  std::uint32_t timeout_ms = 15'000;  ///< Of one attempt.
  bool allows_plain = false;          ///< `http` to other machines.
  WebhookState state = WebhookState::kActive;
  std::string reason;  ///< Why it is off.
  Timestamp created_at;
  std::string changed_by;
};

/// Returns INVALID_ARGUMENT where a member is not as it must be, saying what it must be: among others a URL that is not
/// http or https, names a user or password, or is http to another machine and `allows_plain` is off.
Status CheckWebhook(const Webhook& hook);

/// A batch that was given up: what it held is in the log still.
struct DeadLetter {
  enum class State : std::uint8_t { kDead, kRetry, kDelivered };
  std::string hook_id;
  Seq first;  ///< Of what it held.
  Seq last;
  std::uint64_t records = 0;
  std::uint32_t attempts = 0;
  int status = 0;      ///< Of the last answer; 0: none came.
  std::string reason;  ///< Why it was not taken.
  State state = State::kDead;
  Timestamp at;  ///< When it came into that state.

  /// `FIRST-LAST`, one of its webhook.
  [[nodiscard]] std::string id() const;
};
/// `dead`, `retry`, `delivered`.
std::string_view DeadLetterStateName(DeadLetter::State state);

}  // namespace cairn
