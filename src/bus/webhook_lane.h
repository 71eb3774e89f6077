#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "bus/fact_match.h"
#include "bus/webhook_backoff.h"
#include "bus/webhook_registry.h"
#include "bus/webhook_sender.h"

namespace cairn {

/// Delivers to one webhook, batch by batch in the order of the log. `Step` is called by one thread; the rest by any.
/// What is on its way is written down before it is sent, and what was taken after: killed at any instant, the next lane
/// sends the same batch again under the same id.
class WebhookLane {
 public:
  /// Each outlives the lane.
  struct Tools {
    Repository* repository = nullptr;
    WebhookRegistry* registry = nullptr;
    HttpTransport* transport = nullptr;
    FileSystem* files = nullptr;
    Clock* clock = nullptr;
    std::function<std::uint64_t()> random;
    WebhookBackoff backoff;
  };
  /// Returns what `WebhookRegistry::Secret` and `ReadWebhookProgress` do.
  static Result<std::unique_ptr<WebhookLane>> Open(Webhook hook, const Tools& tools);

  /// What to wait for before the next step.
  struct Wait {
    std::chrono::nanoseconds time{};
    std::optional<Seq> news;  ///< Or until a record after it is there.
  };
  /// Does one thing: sends a batch, or what is to be sent once more. `stop` ends it early.
  Wait Step(const std::stop_token& stop);
  /// Writes down how far it has got, where that is not done yet.
  Status Save();
  /// What of it is to be sent once more: instead of what was to be, but for what is on its way, or was since.
  void SetRetries(std::vector<DeadLetter> letters);

  [[nodiscard]] const Webhook& hook() const { return hook_; }
  [[nodiscard]] WebhookProgress progress() const;

 private:
  /// What is sent at once.
  struct Batch {
    std::string body;
    Seq first;
    Seq last;
    Seq end;  ///< The first record that was not looked at.
    std::uint64_t records = 0;
    bool is_full = false;
  };
  WebhookLane(Webhook hook, WebhookSecret secret, FactMatch match, WebhookProgress progress, const Tools& tools);

  /// Those to be sent of the records from `from` on, before `end` where that is not 0.
  Result<Batch> Gather(Seq from, Seq end, const std::stop_token& stop);
  WebhookAnswer Send(const Batch& batch, const std::stop_token& stop);
  Wait SendAgain(DeadLetter letter, const std::stop_token& stop);
  Wait Deliver(const std::stop_token& stop);
  Wait Judge(const WebhookAnswer& answer);
  Wait GiveUp(const WebhookAnswer& answer);
  /// The store could not be asked or written: later.
  Wait Stall(const Status& why);
  Wait Idle();
  template <typename Change>
  void Set(Change change);

  const Webhook hook_;
  const WebhookSecret secret_;
  const Tools tools_;
  // Of the thread that steps.
  FactMatch match_;
  std::optional<Batch> batch_;
  Timestamp not_before_;  // Nothing is sent until then.
  std::chrono::nanoseconds pause_{};
  bool is_saved_ = true;
  Timestamp saved_at_;

  mutable std::mutex mutex_;
  WebhookProgress progress_;         // Guarded by mutex_; changed by the thread that steps.
  std::vector<DeadLetter> retries_;  // Guarded by mutex_, as is that below.
  // Letters that were begun to be sent once more, and when that was asked for.
  std::map<std::pair<Seq, Seq>, Timestamp> begun_;
};

}  // namespace cairn
