#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <thread>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/lookup_session.h"
#include "cli/progress_line.h"
#include "cli/safe_text.h"
#include "lookup/answer.h"
#include "lookup/cache_json.h"
#include "lookup/warm_status.h"

namespace cairn {
namespace {

struct WarmArguments {
  std::string file;
  std::size_t used = 0;
  bool predicted = false;
  bool background = false;
  bool status = false;
  std::uint32_t rate = 0;         // Loads a minute; 0: as configured.
  std::uint32_t concurrency = 0;  // 0: as configured.
};

std::string Summary(const WarmProgress& progress) {
  std::string out = fmt::format("{} of {}: {} loaded, {} fresh already", progress.done, progress.total, progress.loaded,
                                progress.fresh);
  if (progress.not_found > 0) out += fmt::format(", {} not found", progress.not_found);
  if (progress.failed > 0) out += fmt::format(", {} failed", progress.failed);
  if (progress.skipped > 0) out += fmt::format(", {} skipped", progress.skipped);
  return out;
}

int PrintStatus(Session& session, const std::string& location) {
  const auto read = WarmStatusFile::Read(*FileSystem::Default(), location);
  if (!read) return session.Fail(read.error());
  if (!*read) {
    session.Note("this cache was never warmed in the background");
    return kExitNotFound;
  }
  const WarmStatus& status = **read;
  if (session.json()) {
    session.out().Line(WarmStatusJson(status));
  } else {
    session.out().Line(
        fmt::format("{}  (process {}: {})", Summary(status.progress), status.pid, Visible(WarmStateText(status))));
  }
  return kExitDone;
}

Result<std::string> ReadList(const std::string& file) {
  if (file == "-") {
    std::ostringstream text;
    text << std::cin.rdbuf();
    return text.str();
  }
  return FileSystem::Default()->Read(file);
}

// Goes on in a process of its own, away from this terminal. Says in which of the two this is.
Result<bool> Detach() {
  const pid_t pid = ::fork();
  if (pid < 0) return Status(StatusCode::kResourceExhausted, "no process can be made");
  if (pid > 0) return false;
  ::setsid();
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, fd);
  return true;
}

Result<WarmProgress> Warm(Session& session, const WarmArguments& arguments, const std::string& list,
                          const WarmWatch& watch) {
  LookupOpening opening;
  opening.warm_rate = arguments.rate;
  opening.warm_concurrency = arguments.concurrency;
  auto lookups = OpenLookups(session, opening);
  if (!lookups) return lookups.error();
  Warmer& warmer = (*lookups)->warmer();
  std::stop_source stop;
  // An interrupt ends the waiting too, not only the next question.
  const std::atomic<bool>& interrupted = CatchInterrupt();
  const std::jthread watcher([&](const std::stop_token& over) {
    while (!over.stop_requested() && !interrupted) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (interrupted) stop.request_stop();
  });
  auto warmed = arguments.predicted  ? warmer.Step(stop.get_token())
                : arguments.used > 0 ? warmer.FromUsage(arguments.used, watch, stop.get_token())
                                     : warmer.FromList(list, watch, stop.get_token());
  const Status flushed = (*lookups)->cache().Flush();
  if (warmed && !flushed.ok()) return flushed;
  return warmed;
}

int WarmBehind(Session& session, const WarmArguments& arguments, const std::string& list, WarmStatusFile& file) {
  constexpr std::chrono::milliseconds kEvery(500);
  WarmProgress last;
  auto written = std::chrono::steady_clock::now();
  (void)file.Write(last);
  const auto warmed = Warm(session, arguments, list, [&](const WarmProgress& progress) {
    last = progress;
    if (std::chrono::steady_clock::now() - written < kEvery) return true;
    written = std::chrono::steady_clock::now();
    return file.Write(progress).ok();
  });
  if (warmed) last = *warmed;
  (void)file.Write(last, warmed ? "done" : warmed.error().message());
  return kExitDone;
}

int RunBehind(Session& session, const WarmArguments& arguments, const std::string& list, const std::string& location) {
  if (location.empty()) {
    return session.Fail({StatusCode::kFailedPrecondition, "only a cache on disk can be warmed by another process"});
  }
  // Begun here, so that what is wrong is told here and not in a process that nobody sees. The lock goes over to that
  // process whole: it is held until both have let it go.
  auto file = WarmStatusFile::Begin(*FileSystem::Default(), location);
  if (!file) return session.Fail(file.error());
  session.out().Flush();
  auto is_behind = Detach();
  if (!is_behind) return session.Fail(is_behind.error());
  if (*is_behind) std::_Exit(WarmBehind(session, arguments, list, **file));
  session.Note("warming in the background; `cairn cache warm --status` tells how far it is");
  return kExitDone;
}

int RunWarm(Session& session, const WarmArguments& arguments) {
  auto config = session.Settings();
  if (!config) return session.Fail(config.error());
  const std::string& location = (*config)->cache.location;
  if (arguments.status) return PrintStatus(session, location);
  const int ways = (arguments.file.empty() ? 0 : 1) + (arguments.used > 0 ? 1 : 0) + (arguments.predicted ? 1 : 0);
  if (ways != 1) {
    return session.Fail({StatusCode::kInvalidArgument,
                         "say what to warm: a file of questions (- for standard input), --used N or --predicted"});
  }
  if ((arguments.used > 0 || arguments.predicted) && !(*config)->cache.history) {
    return session.Fail({StatusCode::kFailedPrecondition,
                         "no use is noted, so nothing is known to warm: set cache.history to on in cairn.yaml"});
  }
  if (!(*config)->cache.enabled) {
    return session.Fail({StatusCode::kFailedPrecondition, "the cache is off: cache.enabled"});
  }
  std::string list;
  if (!arguments.file.empty()) {
    auto read = ReadList(arguments.file);
    if (!read) return session.Fail(read.error());
    list = *std::move(read);
  }
  if (arguments.background) return RunBehind(session, arguments, list, location);
  Result<WarmProgress> warmed = WarmProgress();
  {
    ProgressLine line(session.err());
    warmed = Warm(session, arguments, list, [&](const WarmProgress& progress) {
      line.Show([&](double) { return Summary(progress) + "  " + Visible(progress.key); });
      return true;
    });
  }
  if (!warmed) {
    session.Fail(warmed.error());
    return warmed.error().code() == StatusCode::kCancelled         ? kExitInterrupted
           : warmed.error().code() == StatusCode::kInvalidArgument ? kExitUsage
                                                                   : kExitInPart;
  }
  session.out().Line(session.json() ? WarmProgressJson(*warmed) : Summary(*warmed));
  if (!warmed->error.ok()) session.Note(Visible(warmed->error.message()));
  return warmed->failed > 0 ? kExitInPart : kExitDone;
}

}  // namespace

void AddWarm(Commands& commands, CLI::App& family) {
  auto arguments = std::make_shared<WarmArguments>();
  CLI::App& warm =
      commands.AddTo(family, "warm", "Ask ahead, so that those who ask later need not wait",
                     {"cairn cache warm books.txt", "echo 'audnexus book asin=B002V1A0WE' | cairn cache warm -",
                      "cairn cache warm --used 500 --background --rate 20", "cairn cache warm --status"},
                     [arguments](Session& session) { return RunWarm(session, *arguments); });
  warm.add_option("file", arguments->file, "Questions, one a line, as `cairn lookup` takes them; - is standard input")
      ->type_name("FILE");
  warm.add_option("--used", arguments->used, "The N keys that were asked for most")
      ->check(CLI::Range(1, 10'000'000))
      ->type_name("N");
  warm.add_flag("--predicted", arguments->predicted,
                "One round of predictive warming: what is likely to be asked again before it expires");
  warm.add_flag("--background", arguments->background, "In a process of its own");
  warm.add_flag("--status", arguments->status, "How far the warming in the background is");
  warm.add_option("--rate", arguments->rate, "At most so many loads a minute; else cache.warm.rate_tokens")
      ->check(CLI::Range(1, 10'000))
      ->type_name("N");
  warm.add_option("--concurrency", arguments->concurrency, "So many loads at once; else cache.warm.concurrency")
      ->check(CLI::Range(1, 64))
      ->type_name("N");
}

}  // namespace cairn
