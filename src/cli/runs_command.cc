#include <fmt/format.h>

#include <array>
#include <cctype>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"
#include "cli/safe_text.h"
#include "cli/time_option.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

struct RunsArguments {
  std::string run;
  std::string state;
  RunsSpec spec;
};

constexpr std::array kStates = {RunState::kUnknown,   RunState::kOther,  RunState::kStarted, RunState::kRunning,
                                RunState::kCompleted, RunState::kFailed, RunState::kAborted};

Result<RunState> ReadState(const std::string& text) {
  std::string wanted;
  for (const char c : text) wanted += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string names;
  for (const RunState state : kStates) {
    if (RunStateName(state) == wanted) return state;
    names += (names.empty() ? "" : ", ") + std::string(RunStateName(state));
  }
  return Status(StatusCode::kInvalidArgument, fmt::format("--state {}: it is one of {}", text, names));
}

Style StateStyle(RunState state) {
  switch (state) {
    case RunState::kCompleted:
      return Style::kGreen;
    case RunState::kFailed:
    case RunState::kAborted:
      return Style::kRed;
    case RunState::kStarted:
    case RunState::kRunning:
      return Style::kYellow;
    default:
      return Style::kPlain;
  }
}

std::string Time(const std::optional<Timestamp>& time) { return time ? FormatTimestamp(*time) : ""; }

std::string Took(const RunInfo& run) {
  if (!run.started_at || !run.ended_at || *run.ended_at < *run.started_at) return "";
  const double seconds = static_cast<double>(run.ended_at->ns - run.started_at->ns) / 1e9;
  if (seconds < 60) return fmt::format("{:.3g} s", seconds);
  const auto whole = static_cast<std::int64_t>(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

int ShowRun(Session& session, Service& service, const std::string& run_id) {
  auto run = service.Run(run_id);
  if (!run) return session.Fail(run.error());
  auto records = service.RunRecords(run->run_id);
  if (!records) return session.Fail(records.error());
  if (session.json()) {
    session.out().Line(RunJson(*run));
  } else {
    const auto field = [&](std::string_view name, const std::string& value, Style style = Style::kPlain) {
      if (value.empty()) return;
      session.out().Line(session.paint()(Style::kDim, fmt::format("{:<10} ", name)) +
                         session.paint()(style, Visible(value)));
    };
    field("run", run->run_id, Style::kBold);
    field("job", run->job.name.empty() ? "" : NodeId(run->job));
    field("state", std::string(RunStateName(run->state)), StateStyle(run->state));
    field("started at", Time(run->started_at));
    field("ended at", Time(run->ended_at));
    field("took", Took(*run));
    field("parent run", run->parent_run_id);
    field("root run", run->root_run_id);
    session.out().Line("");
  }
  FactTable table(FactTable::About::kNode);
  for (const Fact& fact : *records) {
    const Status printed = session.json() ? PrintFactJson(session, fact) : table.Add(fact);
    if (!printed.ok()) return session.Fail(printed);
  }
  if (!session.json()) table.Print(session);
  NoteDamagedFacts(session, records->damaged);
  return kExitDone;
}

int RunRuns(Session& session, const RunsArguments& arguments) {
  RunsSpec spec = arguments.spec;
  if (!arguments.state.empty()) {
    auto state = ReadState(arguments.state);
    if (!state) return session.Fail(state.error());
    spec.state = *state;
  }
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  if (!arguments.run.empty()) return ShowRun(session, *service, arguments.run);
  auto runs = service->Runs(spec);
  if (!runs) return session.Fail(runs.error());
  RowTable table({{"run", RowTable::Align::kLeft, Style::kBold},
                  {"state"},
                  {"started at", RowTable::Align::kLeft, Style::kDim},
                  {"took", RowTable::Align::kRight},
                  {"records", RowTable::Align::kRight},
                  {"job"}});
  for (const RunInfo& run : *runs) {
    if (session.json()) {
      session.out().Line(RunJson(run));
    } else {
      table.Add({run.run_id,
                 {std::string(RunStateName(run.state)), StateStyle(run.state)},
                 Time(run.started_at ? run.started_at : std::optional(run.first_seen)),
                 Took(run),
                 std::to_string(run.records),
                 run.job.name.empty() ? std::string("-") : NodeId(run.job)});
    }
  }
  if (!table.empty()) table.Print(session.out(), session.paint());
  if (runs->empty() && !session.json()) session.Note("no run matches");
  if (spec.limit != 0 && runs->size() == spec.limit)
    session.Note(fmt::format("the newest {}; more with --limit N", spec.limit));
  return kExitDone;
}

}  // namespace

void AddRuns(Commands& commands) {
  auto arguments = std::make_shared<RunsArguments>();
  CLI::App& command = commands.Add("runs", "Runs, newest first; or one run with all that was stated in it",
                                   {"cairn runs --job load_orders --state failed", "cairn runs 0192f3c5"},
                                   [arguments](Session& session) { return RunRuns(session, *arguments); });
  command.add_option("run", arguments->run, "The run's id, or how it begins where that is unique")->type_name("RUN");
  command.add_option("--job", arguments->spec.job, "Only of this job: its name or id")->type_name("JOB");
  command.add_option("--state", arguments->state, "Only in this state: completed, failed, running, ...")
      ->type_name("STATE");
  AddTime(command, "--from", arguments->spec.from, "Heard of at this time or later");
  AddTime(command, "--until", arguments->spec.until, "Begun before this time");
  command.add_option("--limit", arguments->spec.limit, "At most so many; 0 for all")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace cairn
