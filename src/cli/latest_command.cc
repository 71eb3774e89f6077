#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"

namespace cairn {
namespace {

struct LatestArguments {
  std::string kind;
  std::string node;
};

int RunLatest(Session& session, const LatestArguments& arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  auto latest = service->Latest(arguments.kind, arguments.node);
  if (!latest) return session.Fail(latest.error());
  const Status printed =
      session.json() ? PrintFactJson(session, latest->value) : PrintFact(session, latest->node, latest->value);
  return printed.ok() ? kExitDone : session.Fail(printed);
}

}  // namespace

void AddLatest(Commands& commands) {
  auto arguments = std::make_shared<LatestArguments>();
  CLI::App& command =
      commands.Add("latest", "The newest fact of a kind about a node",
                   {"cairn latest schema orders", "cairn latest ingestion_volume dataset:crm:public.orders --json"},
                   [arguments](Session& session) { return RunLatest(session, *arguments); });
  command.add_option("kind", arguments->kind, "The kind, or the key of an OpenLineage facet")
      ->required()
      ->type_name("KIND");
  command.add_option("node", arguments->node, "The node's id, or a part of its name that is unique")
      ->required()
      ->type_name("NODE");
}

}  // namespace cairn
