#include "bus/webhook_registry.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "access/tokens.h"
#include "base/json.h"

namespace cairn {
namespace {

constexpr std::size_t kIdBytes = 8;
constexpr std::string_view kType = "webhook";
constexpr std::string_view kProducer = "cairn.webhook";

NodeKey NodeOf(const Webhook& hook) {
  return {std::string(kSystemTenant), std::string(kType), hook.tenant, hook.name, ""};
}

/// What the facts are about that say that any has changed: no name has a star.
NodeKey ChangeNode() { return {std::string(kSystemTenant), std::string(kType), "", "*", ""}; }

RecordDraft DraftOf(std::string_view kind, NodeKey node, Timestamp at, std::string payload) {
  RecordDraft draft;
  draft.kind = kind;
  draft.target = std::move(node);
  draft.produced_at = at;
  draft.producer_id = kProducer;
  draft.payload = std::move(payload);
  return draft;
}

Result<std::string> MakeId() {
  if (sodium_init() < 0) return Status(StatusCode::kInternal, "libsodium cannot be used on this machine");
  std::string raw(kIdBytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  std::string hex(kIdBytes * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size());
  hex.pop_back();
  return hex;
}

Status NoWebhook(const std::string& name) {
  return {StatusCode::kNotFound, fmt::format("there is no webhook \"{}\"", name)};
}

}  // namespace

std::string WebhookRegistry::SecretPath(const Webhook& hook) const { return JoinPath(folder_, hook.id + ".secret"); }
std::string WebhookRegistry::ProgressPath(const Webhook& hook) const { return JoinPath(folder_, hook.id + ".json"); }

Status WebhookRegistry::MakeFolder() {
  if (Status status = MakeDirsDurably(files_, folder_); !status.ok()) return status;
  // Before any secret stands in it.
  if (::chmod(folder_.c_str(), S_IRWXU) == 0) return Status::Ok();
  return {StatusCode::kUnavailable, folder_ + " cannot be closed to others; it holds secrets"};
}

// Held while what stands is looked at and changed, by whatever thread or process.
Result<std::unique_ptr<FileLock>> WebhookRegistry::Lock() {
  if (Status status = MakeFolder(); !status.ok()) return status;
  auto lock = files_.OpenLock(JoinPath(folder_, "CHANGE"));
  if (!lock) return lock;
  if (Status status = (*lock)->Lock(); !status.ok()) return status;
  return lock;
}

Status WebhookRegistry::WriteChange(const Webhook& hook, std::vector<RecordDraft> drafts, Timestamp after) {
  // Clocks go back; this must be the newest.
  Timestamp at = std::max(clock_.Now(), Timestamp{after.ns + 1});
  const auto newest = repository_.Latest(kKindWebhookChange, ChangeNode());
  if (newest) at = std::max(at, Timestamp{newest->produced_at().ns + 1});
  if (!newest && newest.error().code() != StatusCode::kNotFound) return newest.error();
  drafts.push_back(
      DraftOf(kKindWebhookChange, ChangeNode(), at,
              fmt::format(R"({{"tenant":{},"name":{}}})", JsonString(hook.tenant), JsonString(hook.name))));
  std::vector<std::string> jsons;
  for (RecordDraft& draft : drafts) {
    draft.produced_at = at;
    jsons.push_back(draft.ToJson());
  }
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  for (const auto& stored : repository_.BulkStore(views)) {
    if (!stored) return stored.error();
  }
  return Status::Ok();
}

Status WebhookRegistry::Write(const Webhook& hook, bool is_deleted) {
  return WriteChange(hook, {DraftOf(kKindWebhook, NodeOf(hook), {}, WebhookPayload(hook, is_deleted))},
                     hook.created_at);
}

Result<WebhookRegistry::Created> WebhookRegistry::Create(Webhook hook, std::string_view secret) {
  if (Status status = CheckWebhook(hook); !status.ok()) return status;
  auto own = secret.empty() ? WebhookSecret::Make() : WebhookSecret::Parse(secret);
  if (!own) return own.error();
  const auto lock = Lock();
  if (!lock) return lock.error();
  auto all = List();
  if (!all) return all.error();
  const bool is_taken = std::any_of(all->begin(), all->end(), [&](const Webhook& each) {
    return each.tenant == hook.tenant && each.name == hook.name;
  });
  if (is_taken) {
    return Status(StatusCode::kAlreadyExists, fmt::format("there is a webhook \"{}\" already", hook.name));
  }
  if (all->size() >= kWebhooksMax) {
    return Status(StatusCode::kResourceExhausted, fmt::format("a store has at most {} webhooks", kWebhooksMax));
  }
  auto id = MakeId();
  if (!id) return id.error();
  hook.id = std::move(*id);
  hook.state = WebhookState::kActive;
  hook.reason.clear();
  hook.created_at = clock_.Now();
  if (hook.from.value == 0) {
    auto stats = repository_.Stats();
    if (!stats) return stats.error();
    hook.from = Seq{stats->last_seq.value + 1};
  }
  const std::string path = SecretPath(hook);
  Status status = WriteFileDurably(files_, path, own->text() + "\n");
  if (status.ok() && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0) {
    status = {StatusCode::kUnavailable, path + " cannot be closed to others"};
  }
  if (status.ok()) status = Write(hook, false);
  if (!status.ok()) {
    RemoveFiles(hook);
    return status;
  }
  return Created{std::move(hook), own->text()};
}

Result<std::vector<Webhook>> WebhookRegistry::List() {
  auto changes = repository_.History(kKindWebhookChange, ChangeNode());
  if (!changes) return changes.error();
  std::set<std::pair<std::string, std::string>> names;
  simdjson::dom::parser parser;
  for (const Fact& change : *changes) {
    auto details = change.Parse();
    if (!details) return details.error();
    simdjson::dom::element payload;
    std::string_view tenant;
    std::string_view name;
    if (parser.parse(details->payload).get(payload) == simdjson::SUCCESS &&
        payload["tenant"].get_string().get(tenant) == simdjson::SUCCESS &&
        payload["name"].get_string().get(name) == simdjson::SUCCESS) {
      names.emplace(tenant, name);
    }
  }
  std::vector<Webhook> out;
  for (const auto& [tenant, name] : names) {
    auto hook = Get(tenant, name);
    if (hook) out.push_back(std::move(*hook));
    if (!hook && hook.error().code() != StatusCode::kNotFound) return hook.error();
  }
  return out;
}

Result<Webhook> WebhookRegistry::Get(const std::string& tenant, const std::string& name) {
  Webhook sought;
  sought.tenant = tenant;
  sought.name = name;
  auto fact = repository_.Latest(kKindWebhook, NodeOf(sought));
  if (!fact) return fact.error().code() == StatusCode::kNotFound ? NoWebhook(name) : fact.error();
  auto hook = ReadWebhook(*fact);
  if (!hook && hook.error().code() == StatusCode::kNotFound) return NoWebhook(name);
  return hook;
}

Result<Webhook> WebhookRegistry::SetState(Webhook hook, WebhookState state, const std::string& by,
                                          const std::string& reason) {
  const auto lock = Lock();
  if (!lock) return lock.error();
  const auto standing = Get(hook.tenant, hook.name);
  if (!standing) return standing.error();
  if (standing->id != hook.id) return NoWebhook(hook.name);
  hook = *standing;
  if (hook.state == state) return hook;
  hook.state = state;
  hook.changed_by = by;
  hook.reason = reason;
  if (Status status = Write(hook, false); !status.ok()) return status;
  return hook;
}

Status WebhookRegistry::Delete(Webhook hook, const std::string& by) {
  const auto lock = Lock();
  if (!lock) return lock.error();
  hook.changed_by = by;
  if (Status status = Write(hook, true); !status.ok()) return status;
  RemoveFiles(hook);
  return Status::Ok();
}

void WebhookRegistry::RemoveFiles(const Webhook& hook) {
  for (const std::string& path : {SecretPath(hook), ProgressPath(hook)}) (void)files_.Remove(path);
  (void)files_.SyncDir(folder_);
}

Result<WebhookSecret> WebhookRegistry::Secret(const Webhook& hook) {
  auto text = files_.Read(SecretPath(hook));
  if (!text) return text.error().WithContext("the secret of the webhook");
  return WebhookSecret::Parse(*text);
}

Result<WebhookStatus> WebhookRegistry::StatusOf(const Webhook& hook) {
  WebhookStatus out;
  out.hook = hook;
  out.progress.position = hook.from;
  auto progress = ReadWebhookProgress(files_, ProgressPath(hook));
  if (progress) out.progress = std::move(*progress);
  if (!progress && progress.error().code() != StatusCode::kNotFound) out.problem = progress.error().message();
  if (const auto secret = Secret(hook); !secret) out.problem = secret.error().message();
  auto stats = repository_.Stats();
  if (!stats) return stats.error();
  const std::uint64_t next = stats->last_seq.value + 1;
  out.lag = next - std::min(next, out.progress.position.value);
  auto letters = DeadLetters(hook);
  if (!letters) return letters.error();
  out.dead_letters = letters->size();
  return out;
}

Result<std::vector<DeadLetter>> WebhookRegistry::DeadLetters(const Webhook& hook) {
  auto facts = repository_.History(kKindWebhookDeadLetter, NodeOf(hook));
  if (!facts) return facts.error();
  std::map<std::pair<Seq, Seq>, DeadLetter> letters;
  for (const Fact& fact : *facts) {
    auto letter = ReadDeadLetter(fact);
    if (!letter) return letter.error();
    if (letter->hook_id != hook.id) continue;  // Of an earlier one of that name.
    const std::pair key(letter->first, letter->last);
    if (letter->state == DeadLetter::State::kDelivered)
      letters.erase(key);
    else
      letters[key] = std::move(*letter);
  }
  std::vector<DeadLetter> out;
  out.reserve(letters.size());
  for (auto& [key, letter] : letters) out.push_back(std::move(letter));
  return out;
}

Status WebhookRegistry::PutDeadLetter(const Webhook& hook, DeadLetter letter) {
  const Timestamp at = std::max(clock_.Now(), Timestamp{letter.at.ns + 1});
  letter.hook_id = hook.id;
  auto stored =
      repository_.Store(DraftOf(kKindWebhookDeadLetter, NodeOf(hook), at, DeadLetterPayload(letter)).ToJson());
  return stored ? Status::Ok() : stored.error();
}

Result<std::size_t> WebhookRegistry::Retry(const Webhook& hook, const std::optional<std::string>& id) {
  auto letters = DeadLetters(hook);
  if (!letters) return letters.error();
  std::vector<RecordDraft> drafts;
  bool is_known = !id;
  Timestamp newest;
  for (DeadLetter& letter : *letters) {
    if (id && letter.id() != *id) continue;
    is_known = true;
    if (letter.state == DeadLetter::State::kRetry) continue;
    letter.state = DeadLetter::State::kRetry;
    newest = std::max(newest, letter.at);
    drafts.push_back(DraftOf(kKindWebhookDeadLetter, NodeOf(hook), {}, DeadLetterPayload(letter)));
  }
  if (!is_known) return Status(StatusCode::kNotFound, fmt::format("{} has no dead letter {}", hook.name, *id));
  const std::size_t count = drafts.size();
  if (count == 0) return count;
  if (Status status = WriteChange(hook, std::move(drafts), newest); !status.ok()) return status;
  return count;
}

Result<Seq> WebhookRegistry::ChangedAt() {
  const auto newest = repository_.Latest(kKindWebhookChange, ChangeNode());
  if (newest) return newest->seq();
  if (newest.error().code() == StatusCode::kNotFound) return Seq{};
  return newest.error();
}

}  // namespace cairn
