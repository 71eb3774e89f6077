#include <fmt/format.h>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "obs/config_keys.h"
#include "obs/settings.h"

namespace cairn {
namespace {

struct HelpArguments {
  std::string topic;
  bool markdown = false;
};

void PrintSettings(Session& session, bool markdown) {
  if (markdown) {
    session.out().Write(SettingsMarkdown());
    return;
  }
  const StoreOptions defaults;
  session.out().Line("Settings of the store: --set name=value, or the environment. Numbers take k, M and G.\n");
  for (const Setting& setting : StoreSettings()) {
    session.out().Line(fmt::format("{} ({}; default {}; {})", session.paint()(Style::kBold, setting.name), setting.type,
                                   setting.get(defaults), EnvironmentName(setting.name)));
    session.out().Line(fmt::format("    {}", setting.help));
  }
}

int RunHelp(Session& session, const CLI::App& root, const HelpArguments& arguments) {
  const std::string& topic = arguments.topic;
  std::vector<std::string> topics = {"settings"};
  if (topic == "settings") {
    PrintSettings(session, arguments.markdown);
    return kExitDone;
  }
  if (topic == "config" && arguments.markdown) {
    session.out().Write(ConfigMarkdown());
    return kExitDone;
  }
  for (const CLI::App* command : root.get_subcommands({})) {
    if (command->get_group().empty()) continue;
    topics.push_back(command->get_name());
    if (topic != command->get_name()) continue;
    session.out().Write(command->help(root.get_name()));
    return kExitDone;
  }
  if (topic.empty()) {
    // The root's own help, not that of the command that asks for it.
    session.out().Write(root.get_formatter()->make_help(&root, root.get_name(), CLI::AppFormatMode::Normal));
    return kExitDone;
  }
  const auto near = Nearest(topic, topics, 1);
  return session.Fail(
      {StatusCode::kInvalidArgument, fmt::format("there is no command \"{}\"{}", topic,
                                                 near.empty() ? "" : fmt::format("; did you mean {}?", near[0]))});
}

}  // namespace

void AddHelp(Commands& commands) {
  auto arguments = std::make_shared<HelpArguments>();
  const CLI::App* root = &commands.root();
  CLI::App& command =
      commands.Add("help", "Help on a command, or on the settings", {"cairn help query", "cairn help settings"},
                   [arguments, root](Session& session) { return RunHelp(session, *root, *arguments); });
  command.add_option("topic", arguments->topic, "A command, or `settings`")->type_name("TOPIC");
  command.add_flag("--markdown", arguments->markdown,
                   "Of `settings` and `config`: what docs/settings.md and docs/config.md are");
}

}  // namespace cairn
