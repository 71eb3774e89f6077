#include "cli/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/exit_code.h"

namespace cairn {
namespace {

constexpr std::string_view kVersion = "0.1.0";

void AddGlobals(CLI::App& root, GlobalOptions& globals) {
  const std::string group = "Options for every command, before or behind it";
  root.add_option("--store", globals.store, "The folder of the store; else CAIRN_STORE, else ./metadata")
      ->type_name("DIR")
      ->group(group);
  root.add_flag("--json", globals.json, "For programs: one object a line, records and events as they were sent")
      ->group(group);
  root.add_flag("--meta", globals.meta, "With --json: each in {\"seq\":N,\"ingested_at\":T,\"record\":...}")
      ->group(group);
  root.add_option("--tenant", globals.tenant, "Whose facts; else those without a tenant")
      ->type_name("NAME")
      ->group(group);
  root.add_option("--config", globals.config,
                  "The file of settings; else CAIRN_CONFIG, else ./cairn.yaml if it is there")
      ->type_name("FILE")
      ->group(group);
  AddList(root, "--set", globals.settings, "A setting, NAME=VALUE; see `cairn help settings` and `cairn config show`")
      ->type_name("NAME=VALUE")
      ->group(group);
  root.add_option("--color", globals.color, "auto, always or never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->group(group);
}

// A word on what was meant, where it shows.
std::string Suggestion(const CLI::App& root) {
  const auto chosen = root.get_subcommands();
  for (const std::string& extra : root.remaining(true)) {
    std::vector<std::string> words;
    if (extra.starts_with("-")) {
      for (const CLI::App* app : {&root, chosen.empty() ? &root : chosen.front()}) {
        for (const CLI::Option* option : app->get_options()) {
          for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
        }
      }
    } else if (chosen.empty()) {
      for (const CLI::App* command : root.get_subcommands({})) {
        if (!command->get_group().empty()) words.push_back(command->get_name());
      }
    }
    const auto near = Nearest(extra.substr(0, extra.find('=')), words, 1);
    if (!near.empty()) return fmt::format("; did you mean {}?", near.front());
  }
  return {};
}

int UsageError(const CLI::App& root, const CLI::ParseError& error) {
  Session session({});
  const auto chosen = root.get_subcommands();
  const std::string help = chosen.empty() ? "cairn --help" : "cairn " + chosen.front()->get_name() + " --help";
  std::string what = error.what();
  if (const std::size_t line = what.find('\n'); line != std::string::npos) what.resize(line);
  if (error.get_name() == "RequiredError" && chosen.empty()) {
    const auto extras = root.remaining();
    what = extras.empty() ? "which command?" : fmt::format("there is no command \"{}\"", extras.front());
  }
  session.Fail({StatusCode::kInvalidArgument, what + Suggestion(root)});
  session.Note("see " + help);
  return kExitUsage;
}

int Run(int argc, char** argv) {
  GlobalOptions globals;
  CLI::App root("Cairn keeps facts about data: an append-only log, and what is asked of it.", "cairn");
  root.set_version_flag("--version", "cairn " + std::string(kVersion));
  root.require_subcommand(1);
  root.get_formatter()->column_width(34);
  root.footer(
      "Example:\n  cairn ingest events/ && cairn latest schema orders && cairn lineage orders\n\n"
      "Exit codes: 0 done, 1 not found, 2 usage, 3 done in part, 4 the store is damaged or unavailable");
  AddGlobals(root, globals);
  Commands commands(root);
  AddIngest(commands);
  AddEmit(commands);
  AddLatest(commands);
  AddHistory(commands);
  AddQuery(commands);
  AddRuns(commands);
  AddLineage(commands);
  AddPath(commands);
  AddDiff(commands);
  AddInherit(commands);
  AddTail(commands);
  AddMaintenance(commands);
  AddScan(commands);
  AddFiles(commands);
  AddBook(commands);
  AddLookup(commands);
  AddCache(commands);
  AddServe(commands);
  AddToken(commands);
  AddConfig(commands);
  AddCompletion(commands);
  AddHelp(commands);

  try {
    root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    Output(STDOUT_FILENO).Write(root.help());
    return kExitDone;
  } catch (const CLI::CallForVersion& version) {
    Output(STDOUT_FILENO).Line(version.what());
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    return UsageError(root, error);
  }
  Session session(globals);
  return session.Finish((*commands.Parsed())(session));
}

}  // namespace

int RunCli(int argc, char** argv) {
  // A reader that goes away (`| head`) is told by the write that fails; it is no reason to die in the middle of a
  // commit.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return Run(argc, argv);
  } catch (const std::bad_alloc&) {
    Session({}).Fail({StatusCode::kResourceExhausted, "out of memory"});
  } catch (const std::exception& error) {
    Session({}).Fail({StatusCode::kInternal, std::string("unexpected: ") + error.what()});
  }
  return kExitStore;
}

}  // namespace cairn
