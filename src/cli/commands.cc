#include "cli/commands.h"

namespace cairn {

CLI::App& Commands::Add(const std::string& name, const std::string& help, const std::vector<std::string>& examples,
                        Run run) {
  return AddTo(root_, name, help, examples, std::move(run));
}

CLI::App& Commands::AddFamily(const std::string& name, const std::string& help) {
  CLI::App* family = root_.add_subcommand(name, help);
  family->fallthrough();
  family->require_subcommand(1);
  return *family;
}

CLI::App& Commands::AddTo(CLI::App& family, const std::string& name, const std::string& help,
                          const std::vector<std::string>& examples, Run run) {
  CLI::App* command = family.add_subcommand(name, help);
  // So that `--store`, `--json` and the like may stand behind the command.
  command->fallthrough();
  if (!examples.empty()) {
    std::string footer = examples.size() == 1 ? "Example:\n" : "Examples:\n";
    for (const std::string& example : examples) footer += "  " + example + "\n";
    command->footer(footer + "\nOptions for every command (--store DIR, --json, --meta, ...): cairn --help");
  }
  commands_.emplace_back(command, std::move(run));
  return *command;
}

const Commands::Run* Commands::Parsed() const {
  for (const auto& [command, run] : commands_) {
    if (command->parsed()) return &run;
  }
  return nullptr;
}

CLI::Option* AddList(CLI::App& command, const std::string& flags, std::vector<std::string>& out,
                     const std::string& help, bool commas) {
  // Without this an option swallows the arguments behind it.
  CLI::Option* option = command.add_option(flags, out, help)->allow_extra_args(false);
  if (commas) option->delimiter(',');
  return option;
}

}  // namespace cairn
