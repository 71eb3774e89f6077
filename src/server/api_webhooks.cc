// Webhooks: which there are, what of them was given up. Their secrets leave once, with the answer that made them.
#include <fmt/format.h>
#include <simdjson.h>

#include <limits>

#include "base/json.h"
#include "base/json_fields.h"
#include "bus/webhook_delivery.h"
#include "bus/webhook_json.h"
#include "server/api.h"
#include "server/parameters.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;

Status Wrong(std::string message) { return {StatusCode::kInvalidArgument, std::move(message)}; }

/// What is told leaves the store for good, so that who may see only some of it may not have it sent.
Status MayRule(const Exchange& exchange) {
  const auto& grant = exchange.principal().grant;
  if (grant == nullptr || grant->is_whole()) return Status::Ok();
  return {StatusCode::kPermissionDenied, "webhooks need a token that is not narrowed to namespaces or kinds"};
}

std::string ChangedBy(const Exchange& exchange) {
  const auto& token = exchange.principal().token;
  return token == nullptr ? "anybody" : fmt::format("token {} ({})", token->id, token->name);
}

Status ReadFrom(Element value, Seq* from) {
  std::string_view word;
  std::uint64_t seq = 0;
  if (value.get_string().get(word) == simdjson::SUCCESS && (word == "now" || word == "beginning")) {
    *from = Seq{word == "now" ? 0U : 1U};
    return Status::Ok();
  }
  if (value.get_uint64().get(seq) != simdjson::SUCCESS || seq == 0 || seq > std::numeric_limits<std::int64_t>::max()) {
    return Wrong("from: is \"now\", \"beginning\" or a sequence number");
  }
  *from = Seq{seq};
  return Status::Ok();
}

struct Wanted {
  Webhook hook;
  std::string secret;
};

Result<Wanted> ReadWanted(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(body.data(), body.size(), true).get_object().get(members) != simdjson::SUCCESS) {
    return Wrong("the body is an object with name, url, kinds, prefix, filter, from, secret, ...");
  }
  Wanted out;
  Webhook& hook = out.hook;
  for (const auto [key, value] : members) {
    std::string_view text;
    std::uint64_t number = 0;
    const bool is_text = value.get_string().get(text) == simdjson::SUCCESS;
    const bool is_number = value.get_uint64().get(number) == simdjson::SUCCESS && number <= 0xFFFF'FFFFU;
    if (key == "name" && is_text) {
      hook.name = text;
    } else if (key == "url" && is_text) {
      hook.url = text;
    } else if (key == "prefix" && is_text) {
      hook.prefix = text;
    } else if (key == "filter" && is_text) {
      hook.filter = text;
    } else if (key == "secret" && is_text) {
      out.secret = text;
    } else if (key == "batch_records" && is_number) {
      hook.batch_records = number;
    } else if (key == "attempts" && is_number) {
      hook.attempts = static_cast<std::uint32_t>(number);
    } else if (key == "timeout_ms" && is_number) {
      hook.timeout_ms = static_cast<std::uint32_t>(number);
    } else if (key == "allow_plain" && value.is_bool()) {
      hook.allows_plain = bool(value);
    } else if (key == "from") {
      if (Status status = ReadFrom(value, &hook.from); !status.ok()) return status;
    } else if (key == "kinds" && value.is_array()) {
      for (const Element kind : simdjson::dom::array(value)) {
        if (kind.get_string().get(text) != simdjson::SUCCESS) return Wrong("kinds: is a list of texts");
        hook.kinds.emplace_back(text);
      }
    } else {
      return Wrong(fmt::format("\"{}\" is no member of a webhook, or not of its type", key));
    }
  }
  return out;
}

/// The text of the only member of the body; none where it is not that.
std::optional<std::string> OnlyText(std::string_view body, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  std::string_view text;
  if (parser.parse(body.data(), body.size(), true).get_object().get(root) != simdjson::SUCCESS || root.size() != 1 ||
      root[name].get_string().get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return std::string(text);
}

/// Whether the only member of the body is that, and true.
bool IsOnly(std::string_view body, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  bool flag = false;
  return parser.parse(body.data(), body.size(), true).get_object().get(root) == simdjson::SUCCESS && root.size() == 1 &&
         root[name].get_bool().get(flag) == simdjson::SUCCESS && flag;
}

/// As a label of Prometheus.
std::string Label(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

ServerResponse Json(std::string body, int status = 200) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace

void Api::AddWebhookRoute(const std::string& method, const std::string& pattern,
                          std::function<ServerResponse(Exchange&, WebhookRegistry&)> work) {
  router_.Add({method, "/api/v1/webhooks" + pattern,
               [this, work = std::move(work)](Exchange& exchange) {
                 if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) {
                   return HttpFailure(status);
                 }
                 if (Status status = MayRule(exchange); !status.ok()) return HttpFailure(status);
                 if (webhooks_ == nullptr) {
                   return HttpFailure({StatusCode::kFailedPrecondition, "this service has no folder for webhooks"});
                 }
                 return exchange.Elsewhere([&] { return work(exchange, webhooks_->registry()); });
               },
               HttpRoute::Needs::kAdmin});
}

void Api::AddWebhooks() {
  // One that is named in the path, of the tenant of the one who asks.
  using OnHook = std::function<ServerResponse(Exchange&, WebhookRegistry&, Webhook)>;
  const auto add = [this](const std::string& method, const std::string& pattern, OnHook work) {
    AddWebhookRoute(method, "/{name}" + pattern,
                    [work = std::move(work)](Exchange& exchange, WebhookRegistry& registry) {
                      auto hook = registry.Get(exchange.service().tenant(), exchange.Path("name"));
                      if (!hook) return HttpFailure(hook.error());
                      return work(exchange, registry, std::move(*hook));
                    });
  };
  const auto tell = [](WebhookRegistry& registry, const Result<Webhook>& hook) {
    if (!hook) return HttpFailure(hook.error());
    auto status = registry.StatusOf(*hook);
    return status ? Json(WebhookStatusJson(*status)) : HttpFailure(status.error());
  };
  AddWebhookRoute("GET", "", [](Exchange& exchange, WebhookRegistry& registry) {
    auto all = registry.List();
    if (!all) return HttpFailure(all.error());
    JsonElements list;
    for (const Webhook& hook : *all) {
      if (hook.tenant != exchange.service().tenant()) continue;
      auto status = registry.StatusOf(hook);
      if (!status) return HttpFailure(status.error());
      list.Raw(WebhookStatusJson(*status));
    }
    return Json("{\"webhooks\":" + list.Done() + "}");
  });
  AddWebhookRoute("POST", "", [](Exchange& exchange, WebhookRegistry& registry) {
    auto wanted = ReadWanted(exchange.request().body());
    if (!wanted) return HttpFailure(wanted.error());
    wanted->hook.tenant = exchange.service().tenant();
    wanted->hook.changed_by = ChangedBy(exchange);
    auto created = registry.Create(std::move(wanted->hook), wanted->secret);
    if (!created) return HttpFailure(created.error());
    auto status = registry.StatusOf(created->hook);
    if (!status) return HttpFailure(status.error());
    std::string json = WebhookStatusJson(*status);
    json.pop_back();
    ServerResponse response = Json(fmt::format("{},\"secret\":{}}}", json, JsonString(created->secret)), 201);
    response.Set("Cache-Control", "no-store");
    return response;
  });
  add("GET", "",
      [tell](Exchange& /*exchange*/, WebhookRegistry& registry, Webhook hook) { return tell(registry, hook); });
  add("PATCH", "", [tell](Exchange& exchange, WebhookRegistry& registry, Webhook hook) {
    const auto state = OnlyText(exchange.request().body(), "state");
    if (!state || (*state != "active" && *state != "paused")) {
      return HttpFailure(Wrong(R"(the body is {"state":"active"} or {"state":"paused"})"));
    }
    const auto to = *state == "active" ? WebhookState::kActive : WebhookState::kPaused;
    return tell(registry, registry.SetState(std::move(hook), to, ChangedBy(exchange)));
  });
  add("DELETE", "", [](Exchange& exchange, WebhookRegistry& registry, Webhook hook) {
    const Status status = registry.Delete(std::move(hook), ChangedBy(exchange));
    return status.ok() ? Json(R"({"deleted":true})") : HttpFailure(status);
  });
  add("GET", "/dead-letters", [](Exchange& /*exchange*/, WebhookRegistry& registry, const Webhook& hook) {
    auto letters = registry.DeadLetters(hook);
    if (!letters) return HttpFailure(letters.error());
    JsonElements list;
    for (const DeadLetter& letter : *letters) list.Raw(DeadLetterJson(letter));
    return Json("{\"dead_letters\":" + list.Done() + "}");
  });
  add("POST", "/retry", [](Exchange& exchange, WebhookRegistry& registry, const Webhook& hook) {
    const std::string_view body = exchange.request().body();
    const auto id = OnlyText(body, "id");
    if (!id && !IsOnly(body, "all")) return HttpFailure(Wrong(R"(the body is {"id":"FIRST-LAST"} or {"all":true})"));
    auto count = registry.Retry(hook, id);
    return count ? Json(fmt::format("{{\"retried\":{}}}", *count)) : HttpFailure(count.error());
  });
  AddWebhookTest();
}

// On threads of its own: a receiver that does not answer keeps nobody else waiting.
void Api::AddWebhookTest() {
  router_.Add({"POST", "/api/v1/webhooks/{name}/test",
               [this](Exchange& exchange) {
                 if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) {
                   return HttpFailure(status);
                 }
                 if (Status status = MayRule(exchange); !status.ok()) return HttpFailure(status);
                 if (webhooks_ == nullptr) {
                   return HttpFailure({StatusCode::kFailedPrecondition, "this service has no folder for webhooks"});
                 }
                 return exchange.On(ping_pool_, [&] {
                   auto hook = webhooks_->registry().Get(exchange.service().tenant(), exchange.Path("name"));
                   if (!hook) return HttpFailure(hook.error());
                   auto answer = webhooks_->Ping(*hook);
                   if (!answer) return HttpFailure(answer.error());
                   return Json(JsonFields()
                                   .Flag("delivered", answer->error.empty())
                                   .Number("status", static_cast<std::uint64_t>(answer->status))
                                   .TextOrNull("error", answer->error)
                                   .Done());
                 });
               },
               HttpRoute::Needs::kAdmin});
}

void Api::AppendWebhookMetrics(std::string* out) const {
  if (webhooks_ == nullptr || !webhooks_->is_delivering()) return;
  auto stats = repository_->Stats();
  if (!stats) return;
  const auto lanes = webhooks_->Lanes();
  const auto add = [&](std::string_view name, std::string_view type, std::string_view help, auto value) {
    *out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
    for (const auto& lane : lanes) {
      *out += fmt::format("{}{{tenant={},name={}}} {}\n", name, Label(lane.hook.tenant), Label(lane.hook.name),
                          value(lane.progress));
    }
  };
  using Progress = const WebhookProgress&;
  add("cairn_webhook_records_total", "counter", "Records that receivers took.",
      [](Progress progress) { return progress.records; });
  add("cairn_webhook_deliveries_total", "counter", "Deliveries that receivers took.",
      [](Progress progress) { return progress.deliveries; });
  add("cairn_webhook_failures_total", "counter", "Attempts that failed.",
      [](Progress progress) { return progress.failed; });
  add("cairn_webhook_dead_total", "counter", "Deliveries that were given up.",
      [](Progress progress) { return progress.dead; });
  add("cairn_webhook_lag_records", "gauge", "Records of the log that a webhook was not held against yet.",
      [&](Progress progress) {
        const std::uint64_t next = stats->last_seq.value + 1;
        return next - std::min(next, progress.position.value);
      });
}

}  // namespace cairn
