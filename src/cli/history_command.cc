#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"
#include "cli/file_commands.h"
#include "cli/time_option.h"

namespace cairn {
namespace {

struct HistoryArguments {
  std::string kind;
  std::string node;
  bool newest = false;
  HistorySpec spec;
};

int RunHistory(Session& session, const HistoryArguments& arguments) {
  if (arguments.node.empty()) return RunFileHistory(session, arguments.kind);
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  HistorySpec spec = arguments.spec;
  if (arguments.newest) spec.order = Order::kNewestFirst;
  auto history = service->History(arguments.kind, arguments.node, spec);
  if (!history) return session.Fail(history.error());
  FactTable table(FactTable::About::kPayloadOnly);
  for (const Fact& fact : history->value) {
    const Status printed = session.json() ? PrintFactJson(session, fact) : table.Add(fact);
    if (!printed.ok()) return session.Fail(printed);
    if (session.out().closed()) return kExitDone;
  }
  if (!session.json()) table.Print(session);
  NoteDamagedFacts(session, history->value.damaged);
  return kExitDone;
}

}  // namespace

void AddHistory(Commands& commands) {
  auto arguments = std::make_shared<HistoryArguments>();
  CLI::App& command =
      commands.Add("history", "All facts of a kind about a node, oldest first; or the versions of a file",
                   {"cairn history ingestion_volume orders --from 2026-01-01",
                    "cairn history schema orders --newest --limit 2 --json", "cairn history report.pdf"},
                   [arguments](Session& session) { return RunHistory(session, *arguments); });
  command
      .add_option("kind", arguments->kind,
                  "The kind, or the key of an OpenLineage facet; alone: a file that was scanned")
      ->required()
      ->type_name("KIND");
  command.add_option("node", arguments->node, "The node's id, or a part of its name that is unique")->type_name("NODE");
  AddTime(command, "--from", arguments->spec.from, "Produced at this time or later");
  AddTime(command, "--until", arguments->spec.until, "Produced before this time");
  command.add_option("--limit", arguments->spec.limit, "At most so many; 0 for all")
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--newest", arguments->newest, "Newest first");
}

}  // namespace cairn
