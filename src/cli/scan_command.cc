#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/descriptor_limit.h"
#include "base/json.h"
#include "cairn/time.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/safe_text.h"
#include "cli/scan_display.h"
#include "cli/scan_view.h"
#include "cli/size_text.h"
#include "scan/watch.h"
#include "service/file_service.h"

namespace cairn {
namespace {

struct ScanArguments {
  ScanOptions scan;
  WatchOptions watch;
  std::vector<std::string> more_ignore_files;
  std::string links = "record";
  bool no_ignore_files = false;
  bool dry_run = false;
  bool follow = false;
  bool progress = false;
  bool worker_stats = false;
  bool status = false;
  bool problems = false;
  std::size_t slowest = 0;
  std::int64_t rescan_s = 600;
};

ScanOptions OptionsOf(const ScanArguments& arguments) {
  ScanOptions options = arguments.scan;
  if (arguments.no_ignore_files) options.ignore_files.clear();
  options.ignore_files.insert(options.ignore_files.end(), arguments.more_ignore_files.begin(),
                              arguments.more_ignore_files.end());
  options.links = ReadLinkPolicy(arguments.links);
  options.run_id = "scan-" + FormatTimestamp(Clock::Default()->Now());
  return options;
}

int Report(Session& session, const ScanReport& report) {
  for (const std::string& note : report.notes) session.Note(note);
  PrintScanReport(session, report);
  if (report.stopped) return kExitInterrupted;
  return report.problems == 0 ? kExitDone : kExitInPart;
}

int RunDry(Session& session, Scanner& scanner, const std::atomic<bool>& stop) {
  const auto print = [&session](const std::string& path, const std::string& why) {
    if (session.json()) {
      session.out().Line(fmt::format(R"({{"path":{},"why":{}}})", JsonString(path), JsonString(why)));
    } else {
      session.out().Line(fmt::format("{}  {}", Visible(path), session.paint()(Style::kDim, why)));
    }
  };
  auto report = scanner.DryRun(print, stop);
  if (!report) return session.Fail(report.error());
  for (const std::string& note : report->notes) session.Note(note);
  session.Note(fmt::format("{} files would be read, {} would not", report->to_read, report->unchanged));
  return kExitDone;
}

int RunWatch(Session& session, Scanner& scanner, const ScanArguments& arguments, const std::atomic<bool>& stop) {
  WatchOptions options = arguments.watch;
  options.rescan = std::chrono::seconds(arguments.rescan_s);
  auto watch = Watch::Open(scanner, options);
  if (!watch) return session.Fail(watch.error());
  auto report = (*watch)->Begin(stop);
  while (report) {
    if (report->folders != 0 && (report->records != 0 || !report->notes.empty())) (void)Report(session, *report);
    session.out().Flush();
    if (stop || session.out().closed()) return kExitDone;
    report = (*watch)->Step(stop);
  }
  return session.Fail(report.error());
}

// What is known of scans already; nothing is scanned.
int RunReview(Session& session, const ScanArguments& arguments, const Config& config) {
  FileService::Opening opening{config.store_path, config.store, session.tenant(), "", config.remote};
  opening.store.create = false;
  const auto service = FileService::Open(std::move(opening));
  if (arguments.status) {
    const auto status = service->LastScan();
    if (!status) return session.Fail(status.error());
    PrintScanStatus(session, *status);
  }
  if (arguments.problems) {
    const auto problems = service->Problems();
    if (!problems) return session.Fail(problems.error());
    PrintScanProblems(session, *problems);
  }
  if (arguments.slowest > 0) {
    const auto files = service->Slowest(arguments.slowest);
    if (!files) return session.Fail(files.error());
    PrintSlowFiles(session, *files);
  }
  return kExitDone;
}

int RunScan(Session& session, const ScanArguments& arguments) {
  // Tables of a million files grow to what they need: memory that they outgrew goes back to the system at once.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  // The heap of a thread grows by a page and a call of the system, unless it is given room when it is made.
  ::mallopt(M_TOP_PAD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 4 << 20);
  auto config = session.SettingsOfStore();
  if (!config) return session.Fail(config.error());
  const bool is_review = arguments.status || arguments.problems || arguments.slowest > 0;
  if (is_review && !arguments.scan.roots.empty()) {
    return session.Fail(
        {StatusCode::kInvalidArgument, "--status, --problems and --slowest are of all that was scanned: no paths"});
  }
  if (is_review) return RunReview(session, arguments, **config);
  if (arguments.scan.roots.empty()) {
    return session.Fail({StatusCode::kInvalidArgument, "which folder is to be scanned?"});
  }
  ScanOptions options = OptionsOf(arguments);
  options.once = !arguments.follow;
  options.results_max = (*config)->scan.results_max;
  std::unique_ptr<Zygote> zygote;
  RaiseDescriptorLimit();  // Some for each worker.
  if (!arguments.dry_run) {
    // Before there is a thread: a fork copies only the one that calls it.
    auto started = Scanner::StartZygote(options);
    if (!started) return session.Fail(started.error());
    zygote = std::move(*started);
  }
  FileService::Opening opening{(*config)->store_path, (*config)->store, session.tenant(),
                               std::filesystem::current_path().string(), (*config)->remote};
  opening.store.create = !arguments.dry_run;
  opening.store.begin_log = !arguments.dry_run;
  const auto service = FileService::Open(std::move(opening));
  auto scanner = service->OpenScanner(zygote.get(), options);
  if (!scanner) return session.Fail(scanner.error());
  const std::atomic<bool>& stop = CatchInterrupt();
  if (arguments.dry_run) return RunDry(session, **scanner, stop);
  auto announced = service->Announce(**scanner);
  if (!announced) return session.Fail(announced.error());
  if (arguments.follow) return RunWatch(session, **scanner, arguments, stop);
  std::optional<ScanDisplay> display;
  if (arguments.progress) {
    display.emplace(session, **scanner, ScanDisplay::Form::kEvents);
  } else if (session.err().terminal()) {
    display.emplace(session, **scanner, ScanDisplay::Form::kLine);
  }
  auto report = (*scanner)->Scan(stop);
  (*announced)->End(report);
  display.reset();
  if (report && arguments.worker_stats) PrintWorkers(session, (*scanner)->Workers());
  return report ? Report(session, *report) : session.Fail(report.error());
}

}  // namespace

void AddScan(Commands& commands) {
  auto arguments = std::make_shared<ScanArguments>();
  CLI::App& command =
      commands.Add("scan", "Take in the metadata of all files below folders, again only where they changed",
                   {"cairn scan ~/Documents ~/Pictures", "cairn scan . --exclude '*.tmp' --exclude /build/",
                    "cairn scan /data --dry-run", "cairn scan /data --watch", "cairn scan --status --problems"},
                   [arguments](Session& session) { return RunScan(session, *arguments); });
  command.add_option("paths", arguments->scan.roots, "Folders, or files")->type_name("PATH");
  AddList(command, "--include", arguments->scan.include, "Only files that it means, in the syntax of .gitignore")
      ->type_name("PATTERN");
  AddList(command, "--exclude", arguments->scan.exclude, "Not what it means")->type_name("PATTERN");
  AddList(command, "--ignore-file", arguments->more_ignore_files,
          "Files of this name say what to ignore too, for example .gitignore")
      ->type_name("NAME");
  command.add_flag("--no-ignore", arguments->no_ignore_files, "Pass over .cairnignore files");
  command.add_option("--symlinks", arguments->links, "record, skip or follow symbolic links")
      ->check(CLI::IsMember({"record", "skip", "follow"}))
      ->capture_default_str()
      ->type_name("HOW");
  command.add_option("--workers", arguments->scan.workers, "Processes that read files; 0: one for each processor")
      ->check(CLI::Range(std::size_t{0}, Zygote::kSlots))
      ->capture_default_str()
      ->type_name("N");
  command.add_flag("--force", arguments->scan.force, "Read everything again");
  command.add_flag("--accept-empty", arguments->scan.accept_empty_roots,
                   "A root that is empty and another folder than before was emptied: record all below it as gone");
  command.add_flag("--dry-run", arguments->dry_run, "Print what would be read, and why; write nothing");
  command.add_flag("--progress", arguments->progress, "Each second an object on standard error: how far it is");
  command.add_flag("--worker-stats", arguments->worker_stats, "What each worker did, before the counts of the whole");
  command.add_flag("--status", arguments->status,
                   "How the scan is that runs, by whichever process, or how the last one was");
  command.add_flag("--problems", arguments->problems, "Files of which a scan could not read everything, and why");
  command.add_option("--slowest", arguments->slowest, "The N files that took longest to read")
      ->check(CLI::Range(std::size_t{1}, std::size_t{10'000}))
      ->type_name("N");
  command.add_flag("--watch", arguments->follow, "Go on with what changes, until Ctrl-C");
  command.add_option("--rescan", arguments->rescan_s, "With --watch: scan everything again after so many seconds")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}))
      ->capture_default_str()
      ->type_name("S");
}

}  // namespace cairn
