#include <fmt/format.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/lineage_options.h"
#include "cli/safe_text.h"
#include "cli/subject.h"
#include "cli/table.h"
#include "service/lineage_json.h"

namespace cairn {
namespace {

struct InheritArguments {
  std::string node;
  LineageOptions options;
  LineageInheritSpec spec;
};

void PrintValues(Session& session, const std::vector<InheritedValue>& values, bool own) {
  RowTable table({{"field", RowTable::Align::kLeft, Style::kBold},
                  {"value"},
                  {"from"},
                  {"away", RowTable::Align::kRight},
                  {"record", RowTable::Align::kRight, Style::kDim}});
  for (const InheritedValue& value : values) {
    if (session.json()) {
      session.out().Line(InheritedValueJson(value, own));
    } else {
      table.Add(
          {value.key, value.value, NodeId(value.source), std::to_string(value.distance), std::to_string(value.record)});
    }
  }
  if (session.json()) return;
  session.out().Line(session.paint()(Style::kCyan, own ? "own" : "inherited"));
  if (table.empty())
    session.out().Line(session.paint()(Style::kDim, "   none"));
  else
    table.Print(session.out(), session.paint());
}

int RunInherit(Session& session, InheritArguments arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  arguments.spec.filter = arguments.options.filter;
  auto answer = service->Inherit(NodeOf(arguments.node), arguments.spec);
  if (!answer) return session.Fail(answer.error());
  if (!session.json()) session.out().Line(session.paint()(Style::kBold, Visible(NodeId(answer->node))));
  PrintValues(session, answer->value.own, true);
  PrintValues(session, answer->value.inherited, false);
  for (const std::string& field : answer->value.blocked) {
    if (session.json())
      session.out().Line(fmt::format("{{\"field\":{},\"blocked\":true}}", JsonString(field)));
    else
      session.out().Line(Visible(field) + session.paint()(Style::kDim, " was taken back: nothing is inherited"));
  }
  return kExitDone;
}

}  // namespace

void AddInherit(Commands& commands) {
  auto arguments = std::make_shared<InheritArguments>();
  CLI::App& command =
      commands.Add("inherit", "A node's metadata, its own and what it inherits, and where each value comes from",
                   {"cairn inherit report.revenue", "cairn inherit orders --rule owners=union --rule tags=never"},
                   [arguments](Session& session) { return RunInherit(session, *arguments); });
  command.add_option("node", arguments->node, "The node")->required()->type_name("NODE");
  AddList(command, "--rule", arguments->spec.rules, "How a field is inherited: FIELD=replace, union or never")
      ->type_name("RULE");
  command.add_option("--depth", arguments->spec.depth, "From so many datasets away at most")
      ->type_name("N")
      ->capture_default_str();
  AddFilter(command, arguments->options);
}

}  // namespace cairn
