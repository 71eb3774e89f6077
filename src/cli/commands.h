#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace cairn {

/// The commands of the program: how each reads its arguments, and what runs it.
class Commands {
 public:
  using Run = std::function<int(Session&)>;

  explicit Commands(CLI::App& root) : root_(root) {}

  /// Adds a command. `examples` are lines of a shell, for its help.
  CLI::App& Add(const std::string& name, const std::string& help, const std::vector<std::string>& examples, Run run);
  /// A command that is nothing but a family of others: `cairn cache`.
  CLI::App& AddFamily(const std::string& name, const std::string& help);
  /// One of a family: `cairn cache stats`.
  CLI::App& AddTo(CLI::App& family, const std::string& name, const std::string& help,
                  const std::vector<std::string>& examples, Run run);
  [[nodiscard]] CLI::App& root() const { return root_; }
  /// Runs the command that was parsed; none where there was none.
  [[nodiscard]] const Run* Parsed() const;

 private:
  CLI::App& root_;
  std::vector<std::pair<CLI::App*, Run>> commands_;
};

/// An option that may be given several times, one value each; with `commas` a value may be several.
CLI::Option* AddList(CLI::App& command, const std::string& flags, std::vector<std::string>& out,
                     const std::string& help, bool commas = false);

void AddIngest(Commands& commands);
void AddEmit(Commands& commands);
void AddLatest(Commands& commands);
void AddHistory(Commands& commands);
void AddQuery(Commands& commands);
void AddRuns(Commands& commands);
void AddLineage(Commands& commands);  ///< lineage, impact
void AddPath(Commands& commands);     ///< path, shared
void AddDiff(Commands& commands);     ///< diff, why: of nodes and of files
void AddInherit(Commands& commands);
void AddTail(Commands& commands);
void AddMaintenance(Commands& commands);  ///< stats, verify, rebuild, seal, dump
void AddScan(Commands& commands);
void AddFiles(Commands& commands);  ///< show, rollback
void AddBook(Commands& commands);
void AddLookup(Commands& commands);
void AddCache(Commands& commands);
void AddWarm(Commands& commands, CLI::App& family);  ///< `cairn cache warm`
void AddServe(Commands& commands);
void AddToken(Commands& commands);
void AddSchema(Commands& commands);
void AddWebhook(Commands& commands);
void AddConfig(Commands& commands);
void AddCompletion(Commands& commands);
void AddHelp(Commands& commands);

}  // namespace cairn
