#include <fmt/format.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/table.h"

namespace cairn {
namespace {

int RunShow(Session& session, bool changed_only) {
  auto config = session.Settings();
  if (!config) return session.Fail(config.error());
  RowTable table(
      {{"name", RowTable::Align::kLeft, Style::kBold}, {"value"}, {"from", RowTable::Align::kLeft, Style::kDim}});
  for (const ConfigValue& value : ConfigValues(**config)) {
    using Kind = ConfigOrigin::Kind;
    if (changed_only && (value.origin.kind == Kind::kDefault || value.origin.kind == Kind::kBuiltIn)) continue;
    if (session.json()) {
      session.out().Line(fmt::format(R"({{"name":{},"value":{},"origin":{}}})", JsonString(value.name),
                                     JsonString(value.value), JsonString(value.origin.ToString())));
    } else {
      table.Add({value.name, value.value, value.origin.ToString()});
    }
  }
  if (session.json()) return kExitDone;
  if (!table.empty()) table.Print(session.out(), session.paint());
  session.Note((*config)->file.empty() ? "no file was read; docs/config.md tells what may stand in a cairn.yaml"
                                       : "read from " + (*config)->file);
  return kExitDone;
}

}  // namespace

void AddConfig(Commands& commands) {
  CLI::App& family = commands.AddFamily("config", "What is configured");
  auto changed = std::make_shared<bool>(false);
  CLI::App& show = commands.AddTo(family, "show", "Each value in force, and where it comes from",
                                  {"cairn config show --changed", "cairn --config ci.yaml config show --json"},
                                  [changed](Session& session) { return RunShow(session, *changed); });
  show.add_flag("--changed", *changed, "Only what somebody set: neither defaults nor what is built in");
}

}  // namespace cairn
