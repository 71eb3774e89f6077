#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <limits>

#include "base/json.h"
#include "base/service_address.h"
#include "bus/webhook_json.h"
#include "bus/webhook_registry.h"
#include "bus/webhook_sender.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "lookup/curl_transport.h"
#include "obs/quantity.h"
#include "service/byte_source.h"

namespace cairn {
namespace {

struct WebhookArguments {
  Webhook hook;
  std::string name;  ///< Of one that stands; empty: all of them.
  std::string from = "now";
  std::string timeout;
  std::string secret_file;
  std::string letter;
  bool all = false;
};

std::string ThisUser() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : std::string(entry->pw_name);
}

/// Opens the store, which must be here: secrets stand in its folder.
int WithRegistry(Session& session, bool create, const std::function<int(WebhookRegistry&)>& run) {
  auto settings = session.Settings();
  if (!settings) return session.Fail(settings.error());
  const std::string& store = (*settings)->store_path;
  if (IsServiceAddress(store)) {
    return session.Fail({StatusCode::kInvalidArgument,
                         fmt::format("{} is a service; its webhooks are made where its store is (--store DIR), or "
                                     "through its {}/api/v1/webhooks",
                                     store, store)});
  }
  auto service = session.Open(create);
  if (!service) return session.Fail(service.error());
  WebhookRegistry registry(*service->repository(), *Clock::Default(), *FileSystem::Default(),
                           JoinPath(store, "webhooks"));
  return run(registry);
}

/// The same, for one that stands.
int WithWebhook(Session& session, const std::string& name, const std::function<int(WebhookRegistry&, Webhook)>& run) {
  return WithRegistry(session, false, [&](WebhookRegistry& registry) {
    auto hook = registry.Get(session.tenant(), name);
    if (!hook) return session.Fail(hook.error());
    return run(registry, std::move(*hook));
  });
}

Status ReadArguments(const WebhookArguments& arguments, Webhook* hook, std::string* secret) {
  const auto wrong = [](std::string what) { return Status(StatusCode::kInvalidArgument, std::move(what)); };
  if (arguments.from == "beginning") {
    hook->from = Seq{1};
  } else if (arguments.from != "now") {
    auto seq = ParseNumber(arguments.from, 1, std::numeric_limits<std::int64_t>::max());
    if (!seq) return wrong("--from: now, beginning, or a sequence number");
    hook->from = Seq{*seq};
  }
  if (!arguments.timeout.empty()) {
    using std::chrono::milliseconds;
    auto timeout = ParseDuration(arguments.timeout, milliseconds(1), milliseconds(Webhook::kTimeoutMsMax));
    if (!timeout) return timeout.error().WithContext("--timeout");
    hook->timeout_ms = static_cast<std::uint32_t>(timeout->count());
  }
  if (arguments.secret_file.empty()) return Status::Ok();
  auto source = OpenByteSource(arguments.secret_file);
  if (!source) return source.error().WithContext(arguments.secret_file);
  secret->resize(1024);
  std::size_t size = 0;
  while (size < secret->size()) {
    auto got = (*source)->Read(secret->data() + size, secret->size() - size);
    if (!got) return got.error().WithContext(arguments.secret_file);
    if (*got == 0) break;
    size += *got;
  }
  secret->resize(size);
  return secret->empty() ? wrong(arguments.secret_file + " is empty") : Status::Ok();
}

int RunCreate(Session& session, const WebhookArguments& arguments) {
  Webhook hook = arguments.hook;
  hook.tenant = session.tenant();
  hook.changed_by = ThisUser();
  std::string secret;
  if (Status status = ReadArguments(arguments, &hook, &secret); !status.ok()) return session.Fail(status);
  return WithRegistry(session, true, [&](WebhookRegistry& registry) {
    auto created = registry.Create(std::move(hook), secret);
    if (!created) return session.Fail(created.error());
    if (session.json()) {
      auto status = registry.StatusOf(created->hook);
      if (!status) return session.Fail(status.error());
      std::string json = WebhookStatusJson(*status);
      json.pop_back();
      session.out().Line(fmt::format("{},\"secret\":{}}}", json, JsonString(created->secret)));
      return static_cast<int>(kExitDone);
    }
    session.out().Line(created->secret);
    session.Note("the secret is told this once; `cairn serve` delivers, `cairn webhook test` tries it now");
    return static_cast<int>(kExitDone);
  });
}

std::string LastAnswer(const WebhookStatus& status) {
  if (!status.problem.empty()) return status.problem;
  if (!status.hook.reason.empty()) return status.hook.reason;
  const WebhookProgress& progress = status.progress;
  if (!progress.last_at) return progress.last_error.empty() ? "never asked" : progress.last_error;
  if (progress.last_error.empty())
    return fmt::format("{} at {}", progress.last_status, FormatTimestamp(*progress.last_at).substr(0, 19));
  if (progress.failures == 0) return progress.last_error;
  return fmt::format("{}; attempt {} of {}", progress.last_error, progress.failures, status.hook.attempts);
}

int RunWebhookList(Session& session) {
  return WithRegistry(session, false, [&](WebhookRegistry& registry) {
    auto all = registry.List();
    if (!all) return session.Fail(all.error());
    using Align = RowTable::Align;
    RowTable table({{"NAME"},
                    {"STATE"},
                    {"POSITION", Align::kRight},
                    {"LAG", Align::kRight},
                    {"DELIVERED", Align::kRight},
                    {"FAILED", Align::kRight},
                    {"DEAD", Align::kRight},
                    {"LAST ANSWER"},
                    {"URL"}});
    std::size_t count = 0;
    for (const Webhook& hook : *all) {
      if (hook.tenant != session.tenant()) continue;
      auto status = registry.StatusOf(hook);
      if (!status) return session.Fail(status.error());
      ++count;
      if (session.json()) session.out().Line(WebhookStatusJson(*status));
      const WebhookProgress& progress = status->progress;
      const bool is_well = hook.state == WebhookState::kActive && status->problem.empty();
      table.Add({hook.name,
                 {std::string(WebhookStateName(hook.state)), is_well ? Style::kGreen : Style::kRed},
                 std::to_string(progress.position.value),
                 std::to_string(status->lag),
                 std::to_string(progress.records),
                 std::to_string(progress.failed),
                 std::to_string(status->dead_letters),
                 LastAnswer(*status),
                 hook.url});
    }
    if (session.json()) return static_cast<int>(kExitDone);
    if (count == 0) {
      session.Note("there is no webhook; make one with `cairn webhook create NAME URL`");
    } else {
      table.Print(session.out(), session.paint());
    }
    return static_cast<int>(kExitDone);
  });
}

int RunTest(Session& session, const WebhookArguments& arguments) {
  return WithWebhook(session, arguments.name, [&](WebhookRegistry& registry, const Webhook& hook) {
    auto secret = registry.Secret(hook);
    if (!secret) return session.Fail(secret.error());
    CurlTransport transport;
    const WebhookAnswer answer = PingWebhook(transport, hook, *secret, Clock::Default()->Now());
    if (!answer.error.empty()) return session.Fail({StatusCode::kUnavailable, answer.error});
    session.out().Line(session.json() ? fmt::format(R"({{"delivered":true,"status":{}}})", answer.status)
                                      : fmt::format("taken: {}", answer.status));
    return static_cast<int>(kExitDone);
  });
}

int SetWebhookState(Session& session, const WebhookArguments& arguments, WebhookState state) {
  return WithWebhook(session, arguments.name, [&](WebhookRegistry& registry, Webhook hook) {
    auto changed = registry.SetState(std::move(hook), state, ThisUser());
    if (!changed) return session.Fail(changed.error());
    session.out().Line(session.json() ? fmt::format(R"({{"name":{},"state":"{}"}})", JsonString(changed->name),
                                                    WebhookStateName(state))
                                      : fmt::format("{} is {}", changed->name, WebhookStateName(state)));
    return static_cast<int>(kExitDone);
  });
}

int RunDelete(Session& session, const WebhookArguments& arguments) {
  return WithWebhook(session, arguments.name, [&](WebhookRegistry& registry, Webhook hook) {
    const std::string name = hook.name;
    if (Status status = registry.Delete(std::move(hook), ThisUser()); !status.ok()) return session.Fail(status);
    session.out().Line(session.json() ? fmt::format(R"({{"name":{},"deleted":true}})", JsonString(name))
                                      : "deleted " + name);
    return static_cast<int>(kExitDone);
  });
}

int RunDead(Session& session, const WebhookArguments& arguments) {
  return WithRegistry(session, false, [&](WebhookRegistry& registry) {
    std::vector<Webhook> hooks;
    if (arguments.name.empty()) {
      auto all = registry.List();
      if (!all) return session.Fail(all.error());
      for (Webhook& hook : *all) {
        if (hook.tenant == session.tenant()) hooks.push_back(std::move(hook));
      }
    } else {
      auto hook = registry.Get(session.tenant(), arguments.name);
      if (!hook) return session.Fail(hook.error());
      hooks.push_back(std::move(*hook));
    }
    RowTable table({{"NAME"}, {"ID"}, {"RECORDS", RowTable::Align::kRight}, {"STATE"}, {"AT"}, {"REASON"}});
    std::size_t count = 0;
    for (const Webhook& hook : hooks) {
      auto letters = registry.DeadLetters(hook);
      if (!letters) return session.Fail(letters.error());
      for (const DeadLetter& letter : *letters) {
        ++count;
        if (session.json())
          session.out().Line(fmt::format("{{\"name\":{},{}", JsonString(hook.name), DeadLetterJson(letter).substr(1)));
        table.Add({hook.name, letter.id(), std::to_string(letter.records),
                   std::string(DeadLetterStateName(letter.state)), FormatTimestamp(letter.at).substr(0, 19),
                   letter.reason});
      }
    }
    if (!session.json() && count != 0) table.Print(session.out(), session.paint());
    if (!session.json() && count == 0) session.Note("nothing was given up");
    return static_cast<int>(kExitDone);
  });
}

int RunRetry(Session& session, const WebhookArguments& arguments) {
  if (arguments.all == !arguments.letter.empty()) {
    return session.Fail({StatusCode::kInvalidArgument, "which? the ID of a dead letter, or --all"});
  }
  return WithWebhook(session, arguments.name, [&](WebhookRegistry& registry, const Webhook& hook) {
    auto count = registry.Retry(hook, arguments.all ? std::nullopt : std::optional(arguments.letter));
    if (!count) return session.Fail(count.error());
    session.out().Line(session.json() ? fmt::format(R"({{"retried":{}}})", *count)
                                      : fmt::format("{} to be sent once more", *count));
    return static_cast<int>(kExitDone);
  });
}

void AddCreate(Commands& commands, CLI::App& family) {
  auto arguments = std::make_shared<WebhookArguments>();
  CLI::App& command =
      commands.AddTo(family, "create", "Have records sent to a URL as they come; prints the secret, this once",
                     {"cairn webhook create failures https://hooks.example.org/cairn --kind recon_result --filter "
                      "'payload.passed = false'",
                      "cairn webhook create mirror http://127.0.0.1:9000/ --from beginning --batch 1000"},
                     [arguments](Session& session) { return RunCreate(session, *arguments); });
  Webhook& hook = arguments->hook;
  command.add_option("name", hook.name, "What it is called: letters, digits, _ - .")->required()->type_name("NAME");
  command.add_option("url", hook.url, "Where to: https, or http to this machine")->required()->type_name("URL");
  AddList(command, "--kind", hook.kinds, "Only records and events of these kinds; * stands for any text", true)
      ->type_name("GLOB");
  command.add_option("--prefix", hook.prefix, "Only what is about nodes whose id begins so")->type_name("TEXT");
  command.add_option("--filter", hook.filter, "Only what meets this, for example payload.row_count > 10")
      ->type_name("EXPR");
  command.add_option("--from", arguments->from, "The first record: now, beginning, or a sequence number")
      ->type_name("WHEN")
      ->capture_default_str();
  command.add_option("--secret-file", arguments->secret_file, "A secret of one's own, whsec_...; - for standard input")
      ->type_name("FILE");
  command.add_option("--batch", hook.batch_records, "Records in one delivery, at most")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--attempts", hook.attempts, "After so many a delivery is given up, as a dead letter")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--timeout", arguments->timeout, "Of one attempt; 15s, unless given")->type_name("DURATION");
  command.add_flag("--allow-plain", hook.allows_plain, "http to other machines: anybody on the way can read it");
}

}  // namespace

void AddWebhook(Commands& commands) {
  CLI::App& family = commands.AddFamily("webhook", "Records sent to URLs as they come, by `cairn serve`");
  AddCreate(commands, family);
  commands.AddTo(family, "list", "All webhooks: how far each has got, what was answered last", {"cairn webhook list"},
                 RunWebhookList);
  using Run = std::function<int(Session&, const WebhookArguments&)>;
  const auto add = [&](const std::string& name, const std::string& help, const std::string& example, const Run& run,
                       bool is_required = true) {
    auto arguments = std::make_shared<WebhookArguments>();
    CLI::App& command = commands.AddTo(family, name, help, {example},
                                       [run, arguments](Session& session) { return run(session, *arguments); });
    command.add_option("name", arguments->name, "The webhook")->required(is_required)->type_name("NAME");
    return std::pair(&command, arguments);
  };
  add("test", "Send a ping now", "cairn webhook test failures", RunTest);
  add("pause", "Send nothing until it is resumed", "cairn webhook pause failures",
      [](Session& session, const WebhookArguments& arguments) {
        return SetWebhookState(session, arguments, WebhookState::kPaused);
      });
  add("resume", "Go on where it was paused, or turned off", "cairn webhook resume failures",
      [](Session& session, const WebhookArguments& arguments) {
        return SetWebhookState(session, arguments, WebhookState::kActive);
      });
  add("delete", "Send nothing more, and forget its secret", "cairn webhook delete failures", RunDelete);
  add("dead", "Deliveries that were given up", "cairn webhook dead failures", RunDead, false);
  const auto [retry, given] =
      add("retry", "Send what was given up once more", "cairn webhook retry failures --all", RunRetry);
  retry->add_option("id", given->letter, "Which, from `cairn webhook dead`")->type_name("ID");
  retry->add_flag("--all", given->all, "All of them");
}

}  // namespace cairn
