#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace cairn {

/// What completion knows of a command, read off the commands themselves.
struct CompletionCommand {
  std::string name;  ///< `latest`; of one of a family both words: `cache stats`.
  std::string help;
  std::vector<std::string> flags;        ///< `--limit`, `-f`
  std::vector<std::string> positionals;  ///< What each is: `KIND`, `NODE`, `PATH`, ...
  std::vector<std::string> members;      ///< Of a family: the second words.
};

struct CompletionModel {
  std::vector<CompletionCommand> commands;
  std::vector<std::string> globals;      ///< Flags for every command.
  std::vector<std::string> node_flags;   ///< Flags whose value is a node.
  std::vector<std::string> kind_flags;   ///< Flags whose value is a kind.
  std::vector<std::string> value_flags;  ///< Flags with any other value.
};

CompletionModel ReadCompletionModel(const CLI::App& root);

std::string BashCompletion(const CompletionModel& model);
std::string ZshCompletion(const CompletionModel& model);
std::string FishCompletion(const CompletionModel& model);

}  // namespace cairn
