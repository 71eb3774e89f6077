#include <fmt/format.h>

#include <cstdlib>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json_text.h"
#include "cli/lookup_session.h"
#include "cli/safe_text.h"
#include "lookup/answer.h"

namespace cairn {
namespace {

struct LookupArguments {
  std::string source;
  std::string operation;
  std::vector<std::string> params;
  LookupCall call;
};

std::string AnswerLine(const LookupAnswer& answer) {
  std::string tags;
  for (const std::string& tag : answer.tags) tags += (tags.empty() ? "" : ",") + JsonString(tag);
  return fmt::format(R"({{"key":{},"state":{},"level":{},"age_s":{:.3f},"tags":[{}],"why":{},"value":{}}})",
                     JsonString(answer.key), JsonString(CacheStateName(answer.state)),
                     JsonString(CacheLevelName(answer.level)), std::chrono::duration<double>(answer.age).count(), tags,
                     JsonString(answer.why), answer.value.empty() ? "null" : answer.value);
}

void PrintSources(Session& session, const std::vector<SourceConfig>& sources) {
  for (const SourceConfig& source : sources) {
    session.out().Line(fmt::format("{}  {}{}", session.paint()(Style::kBold, source.name), source.base_url,
                                   source.enabled ? "" : "  (off)"));
    for (const OperationConfig& operation : source.operations) {
      std::string params;
      for (const ParameterConfig& parameter : operation.parameters) {
        params += (parameter.required ? " " : " [") + parameter.name + (parameter.required ? "=..." : "=...]");
      }
      session.out().Line(fmt::format("  {}{}", session.paint()(Style::kCyan, operation.name), params));
      if (!operation.help.empty()) session.out().Line("      " + operation.help);
    }
  }
}

int RunLookup(Session& session, const LookupArguments& arguments) {
  if (arguments.source.empty()) {
    auto config = session.Settings();
    if (!config) return session.Fail(config.error());
    PrintSources(session, (*config)->sources);
    return kExitDone;
  }
  if (arguments.operation.empty()) {
    return session.Fail({StatusCode::kInvalidArgument, "which operation? `cairn lookup` alone lists them"});
  }
  LookupParams params;
  for (const std::string& param : arguments.params) {
    if (Status added = AddParam(param, params); !added.ok()) return session.Fail(added);
  }
  LookupOpening opening;
  opening.offline = arguments.call.offline;
  opening.records = arguments.call.as_record;
  auto lookups = OpenLookups(session, opening);
  if (!lookups) return session.Fail(lookups.error());
  auto answer = (*lookups)->Ask({arguments.source, arguments.operation, params}, arguments.call);
  if (!answer) return session.Fail(answer.error());
  if (session.json()) {
    session.out().Line(session.meta() || answer->value.empty() ? AnswerLine(*answer) : answer->value);
  } else {
    if (!answer->value.empty()) session.out().Line(Visible(PrettyJson(answer->value), true));
    session.Note(answer->why);
  }
  if (!answer->record.ok()) return session.Fail(answer->record.WithContext("the answer is not stored as a record"));
  return answer->state == CacheState::kNegative ? kExitNotFound : kExitDone;
}

}  // namespace

void AddLookup(Commands& commands) {
  auto arguments = std::make_shared<LookupArguments>();
  CLI::App& command = commands.Add("lookup", "Ask a source, through the cache",
                                   {"cairn lookup", "cairn lookup audnexus book asin=B002V1A0WE",
                                    "cairn lookup audnexus chapters asin=B002V1A0WE region=uk --offline --json"},
                                   [arguments](Session& session) { return RunLookup(session, *arguments); });
  command.add_option("source", arguments->source, "The source; without one, all are listed")->type_name("SOURCE");
  command.add_option("operation", arguments->operation, "What to ask it for")->type_name("OPERATION");
  command.add_option("params", arguments->params, "Its parameters")->type_name("NAME=VALUE");
  command.add_flag("--offline", arguments->call.offline, "Make no connection: what this host holds, stale or not");
  command.add_flag("--refresh", arguments->call.refresh, "Ask the source even where a fresh answer stands");
  command.add_flag("--bypass", arguments->call.bypass, "Ask the source, past the cache, and keep nothing");
  command.add_flag("--record", arguments->call.as_record, "Store what the source answers as a record too");
  AddList(command, "--field", arguments->call.fields, "Only these fields", true)->type_name("NAME,...");
  command.add_option("--user", arguments->call.user, "For operations that are kept per user")->type_name("NAME");
}

}  // namespace cairn
