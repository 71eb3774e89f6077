#include "bus/webhook_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json_fields.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;

std::string ListJson(const std::vector<std::string>& texts) {
  JsonElements list;
  for (const std::string& text : texts) list.Raw(JsonString(text));
  return list.Done();
}

/// Reads members, and keeps whether all were there.
class PayloadReader {
 public:
  Status Parse(const Fact& fact) {
    auto details = fact.Parse();
    if (!details) return details.error();
    node_ = std::move(details->node);
    is_whole_ = parser_.parse(details->payload).get(root_) == simdjson::SUCCESS;
    return Status::Ok();
  }
  std::string Text(const char* name) {
    std::string_view text;
    is_whole_ = is_whole_ && root_[name].get_string().get(text) == simdjson::SUCCESS;
    return std::string(text);
  }
  std::uint64_t Number(const char* name) {
    std::uint64_t number = 0;
    is_whole_ = is_whole_ && root_[name].get_uint64().get(number) == simdjson::SUCCESS;
    return number;
  }
  bool Flag(const char* name) {
    bool flag = false;
    is_whole_ = is_whole_ && root_[name].get_bool().get(flag) == simdjson::SUCCESS;
    return flag;
  }
  std::vector<std::string> Texts(const char* name) {
    std::vector<std::string> out;
    simdjson::dom::array list;
    is_whole_ = is_whole_ && root_[name].get_array().get(list) == simdjson::SUCCESS;
    if (!is_whole_) return out;
    for (const Element item : list) {
      std::string_view text;
      is_whole_ = is_whole_ && item.get_string().get(text) == simdjson::SUCCESS;
      out.emplace_back(text);
    }
    return out;
  }
  [[nodiscard]] const NodeKey& node() const { return node_; }
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  simdjson::dom::parser parser_;
  Element root_;
  NodeKey node_;
  bool is_whole_ = false;
};

JsonFields FieldsOf(const Webhook& hook) {
  JsonFields fields;
  fields.Text("id", hook.id).Text("url", hook.url).Raw("kinds", ListJson(hook.kinds));
  fields.Text("prefix", hook.prefix).Text("filter", hook.filter).Number("from_seq", hook.from.value);
  fields.Number("batch_records", hook.batch_records).Number("attempts", hook.attempts);
  fields.Number("timeout_ms", hook.timeout_ms).Flag("allow_plain", hook.allows_plain);
  return fields;
}

Status Unreadable(const Fact& fact, std::string_view what) {
  return {StatusCode::kDataLoss, fmt::format("record {} is no {}", fact.seq().value, what)};
}

JsonFields& AddLetter(JsonFields& fields, const DeadLetter& letter) {
  return fields.Number("first_seq", letter.first.value)
      .Number("last_seq", letter.last.value)
      .Number("records", letter.records)
      .Number("attempts", letter.attempts)
      .Number("status", static_cast<std::uint64_t>(letter.status))
      .Text("reason", letter.reason)
      .Text("state", DeadLetterStateName(letter.state));
}

}  // namespace

std::string WebhookPayload(const Webhook& hook, bool is_deleted) {
  return FieldsOf(hook)
      .Text("state", is_deleted ? "deleted" : WebhookStateName(hook.state))
      .Text("reason", hook.reason)
      .Text("created_at", FormatTimestamp(hook.created_at))
      .Text("changed_by", hook.changed_by)
      .Done();
}

Result<Webhook> ReadWebhook(const Fact& fact) {
  PayloadReader reader;
  if (Status status = reader.Parse(fact); !status.ok()) return status;
  Webhook hook;
  hook.tenant = reader.node().ns;
  hook.name = reader.node().name;
  hook.id = reader.Text("id");
  hook.url = reader.Text("url");
  hook.kinds = reader.Texts("kinds");
  hook.prefix = reader.Text("prefix");
  hook.filter = reader.Text("filter");
  hook.from = Seq{reader.Number("from_seq")};
  hook.batch_records = reader.Number("batch_records");
  hook.attempts = static_cast<std::uint32_t>(reader.Number("attempts"));
  hook.timeout_ms = static_cast<std::uint32_t>(reader.Number("timeout_ms"));
  hook.allows_plain = reader.Flag("allow_plain");
  hook.reason = reader.Text("reason");
  hook.changed_by = reader.Text("changed_by");
  const auto created = ParseTimestamp(reader.Text("created_at"));
  const std::string state = reader.Text("state");
  if (!reader.is_whole() || !created) return Unreadable(fact, "webhook");
  hook.created_at = *created;
  if (state == "deleted") return Status(StatusCode::kNotFound, fmt::format("the webhook {} was deleted", hook.name));
  for (const WebhookState each : {WebhookState::kActive, WebhookState::kPaused, WebhookState::kOff}) {
    if (state != WebhookStateName(each)) continue;
    hook.state = each;
    return hook;
  }
  return Unreadable(fact, "webhook");
}

std::string WebhookStatusJson(const WebhookStatus& status) {
  const Webhook& hook = status.hook;
  JsonFields head;
  head.Text("name", hook.name).Text("tenant", hook.tenant).Text("state", WebhookStateName(hook.state));
  JsonFields tail;
  tail.TextOrNull("reason", hook.reason).Time("created_at", hook.created_at).Text("changed_by", hook.changed_by);
  tail.Number("lag", status.lag).Number("dead_letters", status.dead_letters).TextOrNull("problem", status.problem);
  const auto inner = [](const std::string& object) { return object.substr(1, object.size() - 2); };
  return fmt::format("{{{},{},{},{}}}", inner(head.Done()), inner(FieldsOf(hook).Done()), inner(tail.Done()),
                     WebhookProgressJson(status.progress));
}

std::string DeadLetterPayload(const DeadLetter& letter) {
  JsonFields fields;
  fields.Text("webhook_id", letter.hook_id);
  return AddLetter(fields, letter).Done();
}

std::string DeadLetterJson(const DeadLetter& letter) {
  JsonFields fields;
  fields.Text("id", letter.id());
  return AddLetter(fields, letter).Time("at", letter.at).Done();
}

Result<DeadLetter> ReadDeadLetter(const Fact& fact) {
  PayloadReader reader;
  if (Status status = reader.Parse(fact); !status.ok()) return status;
  DeadLetter letter;
  letter.hook_id = reader.Text("webhook_id");
  letter.first = Seq{reader.Number("first_seq")};
  letter.last = Seq{reader.Number("last_seq")};
  letter.records = reader.Number("records");
  letter.attempts = static_cast<std::uint32_t>(reader.Number("attempts"));
  letter.status = static_cast<int>(reader.Number("status"));
  letter.reason = reader.Text("reason");
  letter.at = fact.produced_at();
  const std::string state = reader.Text("state");
  for (const auto each : {DeadLetter::State::kDead, DeadLetter::State::kRetry, DeadLetter::State::kDelivered}) {
    if (!reader.is_whole() || state != DeadLetterStateName(each)) continue;
    letter.state = each;
    return letter;
  }
  return Unreadable(fact, "dead letter of a webhook");
}

}  // namespace cairn
