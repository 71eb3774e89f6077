#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

#include "access/tokens.h"
#include "base/json.h"
#include "base/service_address.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/table.h"
#include "obs/quantity.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

struct CreateArguments {
  TokenInfo info;
  std::vector<std::string> scopes;
  std::string expires;
};

/// Who changes rights: the user of this machine.
std::string ThisUser() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : std::string(entry->pw_name);
}

/// Tokens are made where the store is: nothing that comes over HTTP changes rights.
Result<Service> OpenHere(Session& session, bool create) {
  auto settings = session.Settings();
  if (!settings) return settings.error();
  if (IsServiceAddress((*settings)->store_path)) {
    return Status(
        StatusCode::kInvalidArgument,
        fmt::format("{} is a service; its tokens are made where its store is: --store DIR", (*settings)->store_path));
  }
  return session.Open(create);
}

std::string TokenJson(const TokenInfo& token) {
  const std::string expires = token.expires_at ? '"' + FormatTimestamp(*token.expires_at) + '"' : "null";
  return fmt::format(
      R"("id":"{}","name":{},"state":"{}","scopes":{},"tenant":{},"namespaces":{},"kinds":{},"created_at":"{}",)"
      R"("expires_at":{},"requests_per_second":{},"records_per_day":{},"changed_by":{})",
      token.id, JsonString(token.name), token.StateAt(Clock::Default()->Now()),
      JsonList(ScopeNames(token.grant.scopes)), JsonString(token.grant.tenant), JsonList(token.grant.namespaces),
      JsonList(token.grant.kinds), FormatTimestamp(token.created_at), expires, token.requests_per_second,
      token.records_per_day, JsonString(token.changed_by));
}

int RunCreate(Session& session, CreateArguments arguments) {
  TokenInfo& info = arguments.info;
  auto scopes = ParseScopes(arguments.scopes);
  if (!scopes) return session.Fail(scopes.error());
  info.grant.scopes = *scopes;
  info.grant.tenant = session.tenant();
  info.changed_by = ThisUser();
  if (!arguments.expires.empty()) {
    using std::chrono::milliseconds;
    constexpr milliseconds kLongest = std::chrono::hours(24 * 365 * 100);
    auto after = ParseDuration(arguments.expires, milliseconds(1), kLongest);
    if (!after) return session.Fail(after.error().WithContext("--expires"));
    info.expires_at = Timestamp{Clock::Default()->Now().ns + std::chrono::nanoseconds(*after).count()};
  }
  auto service = OpenHere(session, true);
  if (!service) return session.Fail(service.error());
  auto created = Tokens(*service->repository(), *Clock::Default()).Create(std::move(info));
  if (!created) return session.Fail(created.error());
  if (session.json()) {
    session.out().Line(fmt::format("{{\"token\":\"{}\",{}}}", created->secret, TokenJson(created->info)));
    return kExitDone;
  }
  session.out().Line(created->secret);
  session.Note(fmt::format("it is told this once; `cairn token revoke {}` takes it back", created->info.id));
  return kExitDone;
}

int RunList(Session& session) {
  auto service = OpenHere(session, false);
  if (!service) return session.Fail(service.error());
  auto tokens = Tokens(*service->repository(), *Clock::Default()).List();
  if (!tokens) return session.Fail(tokens.error());
  if (session.json()) {
    for (const TokenInfo& token : *tokens) session.out().Line("{" + TokenJson(token) + "}");
    return kExitDone;
  }
  if (tokens->empty()) {
    session.Note("there is no token; make one with `cairn token create NAME --scope read`");
    return kExitDone;
  }
  RowTable table({{"ID"}, {"NAME"}, {"STATE"}, {"SCOPES"}, {"REACHES"}, {"CREATED"}, {"EXPIRES"}});
  for (const TokenInfo& token : *tokens) {
    std::vector<std::string> reach;
    if (!token.grant.tenant.empty()) reach.push_back("tenant " + token.grant.tenant);
    for (const std::string& prefix : token.grant.namespaces) reach.push_back(prefix + "*");
    for (const std::string& kind : token.grant.kinds) reach.push_back("kind " + kind);
    const std::string_view state = token.StateAt(Clock::Default()->Now());
    table.Add({token.id,
               token.name,
               {std::string(state), state == "active" ? Style::kGreen : Style::kRed},
               fmt::format("{}", fmt::join(ScopeNames(token.grant.scopes), ", ")),
               reach.empty() ? "everything" : fmt::format("{}", fmt::join(reach, ", ")),
               FormatTimestamp(token.created_at).substr(0, 10),
               token.expires_at ? FormatTimestamp(*token.expires_at).substr(0, 10) : "never"});
  }
  table.Print(session.out(), session.paint());
  return kExitDone;
}

int RunRevoke(Session& session, const std::string& id) {
  auto service = OpenHere(session, false);
  if (!service) return session.Fail(service.error());
  auto revoked = Tokens(*service->repository(), *Clock::Default()).Revoke(id, ThisUser());
  if (!revoked) return session.Fail(revoked.error());
  if (session.json())
    session.out().Line("{" + TokenJson(*revoked) + "}");
  else
    session.out().Line(fmt::format("revoked {} ({})", revoked->id, revoked->name));
  return kExitDone;
}

void AddCreate(Commands& commands, CLI::App& family) {
  auto arguments = std::make_shared<CreateArguments>();
  CLI::App& command = commands.AddTo(
      family, "create", "Make a token; prints it, this once",
      {"cairn token create airflow --scope write --expires 90d",
       "cairn token create dashboards --scope read --namespace-prefix postgres://sales --kind 'schema_*'"},
      [arguments](Session& session) { return RunCreate(session, *arguments); });
  TokenInfo& info = arguments->info;
  command.add_option("name", info.name, "What it is for")->required()->type_name("NAME");
  AddList(command, "--scope", arguments->scopes, "What it may do: read, write, admin", true)
      ->required()
      ->type_name("SCOPE");
  AddList(command, "--namespace-prefix", info.grant.namespaces, "Only what is in namespaces that begin so")
      ->type_name("TEXT");
  AddList(command, "--kind", info.grant.kinds, "Only facts of these kinds; * stands for any text", true)
      ->type_name("GLOB");
  command
      .add_option("--expires", arguments->expires, "Until when it holds, from now: 12h, 90d; for ever, unless given")
      ->type_name("DURATION");
  command.add_option("--requests-per-second", info.requests_per_second, "More are told to wait; 0: any number")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--records-per-day", info.records_per_day, "Stored by it in a day (UTC); 0: any number")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace

void AddToken(Commands& commands) {
  CLI::App& family = commands.AddFamily("token", "Who may ask the service, and what");
  AddCreate(commands, family);
  commands.AddTo(family, "list", "All tokens, the newest first; never their secrets", {"cairn token list"}, RunList);
  auto id = std::make_shared<std::string>();
  CLI::App& revoke = commands.AddTo(family, "revoke", "Take a token back, at once and for good",
                                    {"cairn token revoke 5f0c2a7e91b3d648"},
                                    [id](Session& session) { return RunRevoke(session, *id); });
  revoke.add_option("id", *id, "The token's id, from `cairn token list`")->required()->type_name("ID");
}

}  // namespace cairn
