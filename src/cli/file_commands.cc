#include "cli/file_commands.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/scan_view.h"

namespace cairn {
namespace {

struct FileArguments {
  std::string file;
  std::size_t version = 0;
};

template <typename T, typename Print>
int Answer(Session& session, const Result<T>& answer, Print print) {
  if (!answer) return session.Fail(answer.error());
  print(session, *answer);
  return kExitDone;
}

int RunShow(Session& session, const FileArguments& arguments) {
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  auto view = (*files)->Show(arguments.file);
  if (!view) return session.Fail(view.error());
  PrintFileView(session, *view);
  if (view->removed) session.Note("it is gone; `cairn history FILE` has what was known of it");
  return view->removed ? kExitNotFound : kExitDone;
}

int RunRollback(Session& session, const FileArguments& arguments) {
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  return Answer(
      session, (*files)->Rollback(arguments.file, arguments.version), [&](Session& out, const Stored& stored) {
        out.out().Line(out.json() ? fmt::format(R"({{"seq":{}}})", stored.seq.value)
                                  : fmt::format("version {} is the newest again (record {}); it stays until the "
                                                "content changes",
                                                arguments.version, stored.seq.value));
      });
}

CLI::App& AddFileCommand(Commands& commands, const std::string& name, const std::string& help,
                         const std::vector<std::string>& examples, const std::shared_ptr<FileArguments>& arguments,
                         int (*run)(Session&, const FileArguments&)) {
  CLI::App& command =
      commands.Add(name, help, examples, [arguments, run](Session& session) { return run(session, *arguments); });
  command.add_option("file", arguments->file, "Its path, or a part of its name that is unique")
      ->required()
      ->type_name("FILE");
  return command;
}

}  // namespace

Result<std::unique_ptr<FileService>> OpenFiles(Session& session) {
  auto config = session.SettingsOfStore();
  if (!config) return config.error();
  FileService::Opening opening{(*config)->store_path, (*config)->store, session.tenant(),
                               std::filesystem::current_path().string(), (*config)->remote};
  opening.store.create = false;
  opening.store.seal = false;
  return FileService::Open(std::move(opening));
}

int RunFileHistory(Session& session, const std::string& file) {
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  return Answer(session, (*files)->History(file), PrintFileVersions);
}

int RunFileWhy(Session& session, const std::string& file, const std::string& links) {
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  ScanOptions options;
  options.links = ReadLinkPolicy(links);
  return Answer(session, (*files)->Why(file, options), PrintFileReason);
}

int RunFileDiff(Session& session, const std::string& file, std::size_t before, std::size_t after) {
  auto files = OpenFiles(session);
  if (!files) return session.Fail(files.error());
  return Answer(session, (*files)->Diff(file, before, after), PrintFileDifference);
}

void AddFiles(Commands& commands) {
  const auto arguments = [] { return std::make_shared<FileArguments>(); };
  AddFileCommand(commands, "show", "What is known of a file, and who says so",
                 {"cairn show report.pdf", "cairn show photos/a.jpg --json"}, arguments(), RunShow);
  const auto rollback = arguments();
  AddFileCommand(commands, "rollback", "Put a version back; it stays until the content of the file changes",
                 {"cairn rollback report.pdf 1"}, rollback, RunRollback)
      .add_option("version", rollback->version, "As `cairn history FILE` numbers them")
      ->required()
      ->type_name("VERSION");
}

}  // namespace cairn
