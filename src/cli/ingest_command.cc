#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "base/clock.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/progress_line.h"
#include "cli/safe_text.h"

namespace cairn {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct IngestArguments {
  std::vector<std::string> paths;
  std::string rejects;
  std::size_t threads = 2;
};

// 1234567 as 1,234,567.
std::string Count(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

double Seconds(SteadyTime since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

std::string Progress(const IngestReport& report, double seconds) {
  return fmt::format("{} records, {:.0f} MB, {:.0f} MB/s{}", Count(report.stored + report.known),
                     static_cast<double>(report.bytes) / 1e6, static_cast<double>(report.bytes) / 1e6 / seconds,
                     report.refused > 0 ? fmt::format(", {} refused", Count(report.refused)) : "");
}

void PrintReport(Session& session, const IngestReport& report, const std::string& rejects, double seconds) {
  for (const Refusal& refusal : report.refusals) {
    const std::string where = refusal.line == 0 ? refusal.file : fmt::format("{}:{}", refusal.file, refusal.line);
    session.Note(fmt::format("{}: {}", Visible(where), refusal.reason));
  }
  if (report.refused > report.refusals.size()) {
    session.Note(fmt::format("and {} more", Count(report.refused - report.refusals.size())));
  }
  for (const Refusal& warning : report.warnings)
    session.Note(fmt::format("warning: {}:{}: {}", Visible(warning.file), warning.line, Visible(warning.reason)));
  if (report.refused > 0 && report.rejects.ok()) session.Note(fmt::format("what was refused is in {}", rejects));
  if (session.json()) {
    session.out().Line(fmt::format(
        "{{\"stored\":{},\"known\":{},\"refused\":{},\"warned\":{},\"files\":{},\"passed_over\":{},\"bytes\":{},"
        "\"seconds\":{:.3f},\"rejects\":{}}}",
        report.stored, report.known, report.refused, report.warned, report.files, report.passed_over, report.bytes,
        seconds, report.refused > 0 && report.rejects.ok() ? JsonString(rejects) : "null"));
    return;
  }
  std::string line = session.paint()(Style::kGreen, fmt::format("{} stored", Count(report.stored)));
  line += fmt::format(", {} known already, ", Count(report.known));
  line += session.paint()(report.refused > 0 ? Style::kRed : Style::kPlain,
                          fmt::format("{} refused", Count(report.refused)));
  if (report.warned > 0) line += fmt::format(", {} not as their schema says", Count(report.warned));
  line += fmt::format("; {} {}", Count(report.files), report.files == 1 ? "file" : "files");
  if (report.passed_over > 0) line += fmt::format(" ({} of other kinds passed over)", Count(report.passed_over));
  line += fmt::format(", {:.1f} MB in {:.2f} s", static_cast<double>(report.bytes) / 1e6, seconds);
  session.out().Line(line);
}

int RunIngest(Session& session, const IngestArguments& arguments) {
  std::vector<std::string> paths = arguments.paths;
  if (paths.empty()) {
    if (::isatty(STDIN_FILENO) == 1) {
      return session.Fail({StatusCode::kInvalidArgument, "name files or folders to ingest, or - for standard input"});
    }
    paths.emplace_back("-");
  }
  auto inputs = ListInputs(paths);
  if (!inputs) return session.Fail(inputs.error());
  if (inputs->files.empty() && inputs->unreadable.empty()) {
    return session.Fail(
        {StatusCode::kNotFound, fmt::format("nothing to ingest: no .json, .jsonl, .ndjson, .gz or .zst file "
                                            "there ({} others); a file that is named is always read",
                                            inputs->passed_over)});
  }
  auto settings = session.SettingsOfStore();
  if (!settings) return session.Fail(settings.error());
  auto service = session.Open(true);
  if (!service) return session.Fail(service.error());

  IngestOptions options;
  options.threads = arguments.threads;
  options.rejects_path = arguments.rejects.empty() ? RejectsFileName(Clock::Default()->Now()) : arguments.rejects;
  options.splitting = {(*settings)->store.record_bytes_max, (*settings)->store.depth_max};
  options.stop = &CatchInterrupt();
  const auto begun = std::chrono::steady_clock::now();
  IngestReport report;
  {
    ProgressLine line(session.err());
    report = service->Ingest(std::move(*inputs), options, [&](const IngestReport& so_far) {
      line.Show([&](double seconds) { return Progress(so_far, seconds); });
    });
  }
  PrintReport(session, report, options.rejects_path, Seconds(begun));
  if (!report.rejects.ok()) session.Fail(report.rejects.WithContext("the refusals above are not kept"));
  if (!report.status.ok()) {
    session.Fail(
        report.status.WithContext("the store takes no more; what is counted as stored is safe, and the same "
                                  "command again goes on"));
    return kExitStore;
  }
  if (report.stopped) {
    session.Note("interrupted; what is counted as stored is safe, and the same command again goes on");
    return kExitInterrupted;
  }
  return report.refused > 0 ? kExitInPart : kExitDone;
}

}  // namespace

void AddIngest(Commands& commands) {
  auto arguments = std::make_shared<IngestArguments>();
  CLI::App& command =
      commands.Add("ingest", "Store records and OpenLineage events from files, folders or standard input",
                   {"cairn ingest events/ more.jsonl.gz", "curl -s https://example.org/events.json | cairn ingest -",
                    "cairn ingest big.jsonl --rejects refused.jsonl"},
                   [arguments](Session& session) { return RunIngest(session, *arguments); });
  command
      .add_option(
          "path", arguments->paths,
          "Files and folders; - for standard input. JSON, arrays, JSON lines; plain, gzip or zstd. Of a folder: "
          "*.json, *.jsonl, *.ndjson, *.gz, *.zst, however deep")
      ->type_name("PATH")
      ->allow_extra_args(true);
  command
      .add_option("--rejects", arguments->rejects, "Where to keep what is refused; else cairn-rejects-TIME.jsonl here")
      ->type_name("FILE");
  command.add_option("--threads", arguments->threads, "Batches stored at once; 1 keeps the order of the input")
      ->type_name("N")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
}

}  // namespace cairn
