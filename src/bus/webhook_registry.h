#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "bus/webhook.h"
#include "bus/webhook_json.h"
#include "bus/webhook_signature.h"
#include "cairn/repository.h"

namespace cairn {

/// The kinds of the facts that say what a webhook is, that any has changed, and what was given up.
inline constexpr std::string_view kKindWebhook = "webhook";
inline constexpr std::string_view kKindWebhookChange = "webhook_change";
inline constexpr std::string_view kKindWebhookDeadLetter = "webhook_dead_letter";

/// The webhooks of a store. A webhook is a fact: its states are records of the kind `webhook` of the tenant
/// `cairn.system`, about `webhook:TENANT:NAME`, so that who had what told to whom, and when, stands in the log for
/// good; so do its dead letters. Its secret and how far it has got stand in files beside the log, in a folder that only
/// the store's owner can enter. Any thread may call it.
class WebhookRegistry {
 public:
  static constexpr std::size_t kWebhooksMax = 64;

  /// The whole store; `folder` is the one for webhooks, and made where it is needed. All outlive this.
  WebhookRegistry(Repository& repository, Clock& clock, FileSystem& files, std::string folder)
      : repository_(repository), clock_(clock), files_(files), folder_(std::move(folder)) {}

  struct Created {
    Webhook hook;
    std::string secret;  ///< It is told this once.
  };
  /// `id` and `created_at` are made; `from` 0 is what comes from now on; `secret` empty makes one. Returns
  /// INVALID_ARGUMENT as `CheckWebhook`, ALREADY_EXISTS for a name that is taken, RESOURCE_EXHAUSTED for one too many.
  Result<Created> Create(Webhook hook, std::string_view secret = {});
  /// By tenant and name.
  Result<std::vector<Webhook>> List();
  /// Returns NOT_FOUND where there is none.
  Result<Webhook> Get(const std::string& tenant, const std::string& name);
  /// Nothing is stored where it is so already. Returns NOT_FOUND where it was deleted meanwhile.
  Result<Webhook> SetState(Webhook hook, WebhookState state, const std::string& by, const std::string& reason = {});
  /// From now on nothing is sent. Its secret is gone.
  Status Delete(Webhook hook, const std::string& by);
  /// With what is told of how far it has got.
  Result<WebhookStatus> StatusOf(const Webhook& hook);

  Result<WebhookSecret> Secret(const Webhook& hook);
  /// Those that were not delivered since, oldest first.
  Result<std::vector<DeadLetter>> DeadLetters(const Webhook& hook);
  Status PutDeadLetter(const Webhook& hook, DeadLetter letter);
  /// Has one (by its id) or all that are dead sent once more; how many. Returns NOT_FOUND for an id that none has.
  Result<std::size_t> Retry(const Webhook& hook, const std::optional<std::string>& id);

  /// Changes whenever a webhook does, or something is to be sent once more; 0 where there never was any.
  Result<Seq> ChangedAt();
  [[nodiscard]] std::string ProgressPath(const Webhook& hook) const;
  [[nodiscard]] const std::string& folder() const { return folder_; }
  /// What stands in files about a webhook that is no more.
  void RemoveFiles(const Webhook& hook);

 private:
  [[nodiscard]] std::string SecretPath(const Webhook& hook) const;
  Status MakeFolder();
  Result<std::unique_ptr<FileLock>> Lock();
  Status Write(const Webhook& hook, bool is_deleted);
  /// Stores records, later ones than `after`, together with one that says that something has changed.
  Status WriteChange(const Webhook& hook, std::vector<RecordDraft> drafts, Timestamp after);

  Repository& repository_;
  Clock& clock_;
  FileSystem& files_;
  const std::string folder_;
};

}  // namespace cairn
