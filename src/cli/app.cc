#include "cli/app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/exit_code.h"

namespace cairn {
namespace {

constexpr std::string_view kVersion = "0.1.0";

void AddGlobals(CLI::App& root, GlobalOptions& globals) {
  const std::string group = "Options for every command, before or behind it";
  root.add_option("--store", globals.store,
                  "The store: a folder, or a service (https://HOST, unix:PATH); else CAIRN_STORE, else ./metadata")
      ->type_name("DIR|URL")
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
  // "Could not convert: --limit = many", which is said of numbers alone.
  constexpr std::string_view kOfNumber = "Could not convert: ";
  if (const std::size_t value = what.find(" = "); what.starts_with(kOfNumber) && value != std::string::npos) {
    what = fmt::format("{} takes a number, not \"{}\"", what.substr(kOfNumber.size(), value - kOfNumber.size()),
                       what.substr(value + 3));
  }
  session.Fail({StatusCode::kInvalidArgument, what + Suggestion(root)});
  session.Note("see " + help);
  return kExitUsage;
}

struct Family {
  void (*add)(Commands&);
  std::vector<std::string_view> names;
};

const std::vector<Family>& Families() {
  static const std::vector<Family> families{
      {AddIngest, {"ingest"}},
      {AddEmit, {"emit"}},
      {AddLatest, {"latest"}},
      {AddHistory, {"history"}},
      {AddQuery, {"query"}},
      {AddRuns, {"runs"}},
      {AddLineage, {"lineage", "impact"}},
      {AddPath, {"path", "shared"}},
      {AddDiff, {"diff", "why"}},
      {AddInherit, {"inherit"}},
      {AddTail, {"tail"}},
      {AddMaintenance, {"stats", "verify", "rebuild", "seal", "dump"}},
      {AddScan, {"scan"}},
      {AddFiles, {"show", "rollback"}},
      {AddBook, {"book"}},
      {AddLookup, {"lookup"}},
      {AddCache, {"cache"}},
      {AddServe, {"serve"}},
      {AddToken, {"token"}},
      {AddSchema, {"schema"}},
      {AddWebhook, {"webhook"}},
      {AddConfig, {"config"}},
      {AddCompletion, {}},  // This and help speak of all the others.
      {AddHelp, {}},
  };
  return families;
}

// What reads the command line.
struct Reader {
  GlobalOptions globals;
  CLI::App root{"Cairn keeps facts about data: an append-only log, and what is asked of it.", "cairn"};
  Commands commands{root};

  template <class Wanted>
  explicit Reader(const Wanted& wanted) {
    root.set_version_flag("--version", "cairn " + std::string(kVersion));
    root.require_subcommand(1);
    root.get_formatter()->column_width(34);
    root.footer(
        "Example:\n  cairn ingest events/ && cairn latest schema orders && cairn lineage orders\n\n"
        "Exit codes: 0 done, 1 not found, 2 usage, 3 done in part, 4 the store is damaged or unavailable");
    AddGlobals(root, globals);
    for (const Family& family : Families()) {
      if (wanted(family)) family.add(commands);
    }
  }

  int Run() {
    Session session(globals);
    return session.Finish((*commands.Parsed())(session));
  }
};

// Describing every command takes longer than most of them do. Those that a word of the command line names are enough
// where it can be read with them; null where it cannot, as where it asks for help.
std::unique_ptr<Reader> ReadWithNamed(int argc, char** argv) {
  if (argc < 2) return nullptr;
  const auto is_named = [&](std::string_view name) { return std::find(argv + 1, argv + argc, name) != argv + argc; };
  if (is_named("help") || is_named("completion") || is_named("__complete")) return nullptr;
  auto reader = std::make_unique<Reader>(
      [&](const Family& family) { return std::any_of(family.names.begin(), family.names.end(), is_named); });
  try {
    reader->root.parse(argc, argv);
  } catch (const CLI::Error&) {
    return nullptr;
  }
  return reader;
}

int Run(int argc, char** argv) {
  if (const auto reader = ReadWithNamed(argc, argv)) return reader->Run();
  Reader reader([](const Family&) { return true; });
  try {
    reader.root.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    Output(STDOUT_FILENO).Write(reader.root.help());
    return kExitDone;
  } catch (const CLI::CallForVersion& version) {
    Output(STDOUT_FILENO).Line(version.what());
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    return UsageError(reader.root, error);
  }
  return reader.Run();
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
