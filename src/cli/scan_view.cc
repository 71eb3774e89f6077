#include "cli/scan_view.h"

#include <fmt/format.h>

#include "base/json.h"
#include "cli/fact_view.h"
#include "cli/safe_text.h"
#include "cli/size_text.h"
#include "cli/table.h"
#include "scan/file_name.h"

namespace cairn {
namespace {

// A text without its quotes, where nothing in it needs them.
std::string Plain(const std::string& json) {
  const bool is_text = json.size() >= 2 && json.front() == '"' && json.find('\\') == std::string::npos;
  return is_text ? json.substr(1, json.size() - 2) : json;
}

std::string Value(const std::vector<FlatValue>& values, std::string_view path) {
  for (const FlatValue& value : values) {
    if (value.path == path) return Plain(value.json);
  }
  return {};
}

std::string_view OrNull(const std::string& json) { return json.empty() ? "null" : std::string_view(json); }

}  // namespace

LinkPolicy ReadLinkPolicy(std::string_view text) {
  if (text == "skip") return LinkPolicy::kSkip;
  return text == "follow" ? LinkPolicy::kFollow : LinkPolicy::kRecord;
}

void PrintScanReport(Session& session, const ScanReport& report) {
  if (session.json()) {
    session.out().Line(fmt::format(
        R"({{"files":{},"folders":{},"unchanged":{},"read":{},"added":{},"changed":{},"same":{},"removed":{},"renamed":{},)"
        R"("extracted":{},"reused":{},"problems":{},"ignored":{},"bytes":{},"records":{},"seconds":{:.4f},"stopped":{}}})",
        report.files(), report.folders, report.unchanged, report.read, report.added, report.changed, report.same,
        report.removed, report.renamed, report.extracted, report.reused, report.problems, report.ignored,
        report.bytes_hashed, report.records, report.seconds, report.stopped));
    return;
  }
  std::string line = fmt::format("{} files in {} folders: ", report.files(), report.folders);
  line += session.paint()(Style::kGreen,
                          fmt::format("{} new, {} changed, {} gone", report.added, report.changed, report.removed));
  if (report.renamed > 0) line += fmt::format(" ({} renamed)", report.renamed);
  if (report.same > 0) line += fmt::format(", {} read again and the same", report.same);
  if (report.reused > 0) line += fmt::format(", {} known by content", report.reused);
  if (report.problems > 0) {
    line += session.paint()(Style::kYellow, fmt::format(", {} with problems", report.problems));
  }
  line += fmt::format("; {} read in {:.2f} s", SizeText(report.bytes_hashed), report.seconds);
  if (report.stopped) line += "; stopped: the next scan goes on";
  session.out().Line(line);
}

void PrintScanStatus(Session& session, const ScanStatus& status) {
  if (session.json()) return session.out().Line(ScanStatusJson(status));
  std::string roots;
  for (const std::string& root : status.roots) roots += (roots.empty() ? "" : ", ") + Visible(root);
  session.out().Line(fmt::format("{}: {}, since {} (process {})", roots, Visible(status.state()),
                                 FormatTimestamp(status.began), status.pid));
  const ScanReport& report = status.report;
  session.out().Line(fmt::format("{} folders, {} unchanged, {} of {} read, {} with problems; {} read in {:.1f} s",
                                 report.folders, report.unchanged, report.read, report.to_read, report.problems,
                                 SizeText(report.bytes_hashed), report.seconds));
}

void PrintScanProblems(Session& session, const std::vector<ScanProblem>& problems) {
  RowTable table({{"path", RowTable::Align::kLeft, Style::kBold}, {"since"}, {"code"}, {"reason"}});
  for (const ScanProblem& problem : problems) {
    if (session.json()) {
      session.out().Line(ScanProblemJson(problem));
    } else {
      table.Add({problem.path, FormatTimestamp(problem.since), problem.code, problem.reason});
    }
  }
  if (session.json()) return;
  if (table.empty()) return session.Note("every file that was scanned could be read");
  table.Print(session.out(), session.paint());
}

void PrintSlowFiles(Session& session, const std::vector<SlowFile>& files) {
  RowTable table({{"seconds", RowTable::Align::kRight}, {"size", RowTable::Align::kRight}, {"path"}});
  for (const SlowFile& file : files) {
    if (session.json()) {
      session.out().Line(SlowFileJson(file));
    } else {
      table.Add(
          {fmt::format("{:.4f}", std::chrono::duration<double>(file.took).count()), SizeText(file.bytes), file.path});
    }
  }
  if (!session.json()) table.Print(session.out(), session.paint());
}

void PrintWorkers(Session& session, const RunnerStats& workers) {
  const auto seconds = [](std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); };
  if (session.json()) {
    std::string line = fmt::format(R"({{"retries":{},"slow":{},"workers":[)", workers.retries, workers.slow);
    for (const WorkerHealth& worker : workers.workers) {
      if (line.back() != '[') line += ',';
      line += fmt::format(R"({{"tasks":{},"failures":{},"busy_seconds":{:.4f}}})", worker.tasks, worker.failures,
                          seconds(worker.busy));
    }
    session.out().Line(line + "]}");
    return;
  }
  RowTable table({{"worker"},
                  {"files", RowTable::Align::kRight},
                  {"failures", RowTable::Align::kRight},
                  {"busy", RowTable::Align::kRight}});
  for (std::size_t i = 0; i < workers.workers.size(); ++i) {
    const WorkerHealth& worker = workers.workers[i];
    table.Add({std::to_string(i + 1), std::to_string(worker.tasks), std::to_string(worker.failures),
               fmt::format("{:.2f} s", seconds(worker.busy))});
  }
  table.Print(session.out(), session.paint());
}

std::string ScanProgressEvent(const ScanCounts& counts, double seconds) {
  return fmt::format(
      R"({{"event":"progress","seconds":{:.1f},"folders":{},"unchanged":{},"to_read":{},"read":{},"problems":{},"bytes":{}}})",
      seconds, counts.folders.load(), counts.unchanged.load(), counts.to_read.load(), counts.read.load(),
      counts.problems.load(), counts.bytes_hashed.load());
}

std::string ScanProgress(const ScanCounts& counts, double seconds) {
  const std::uint64_t read = counts.read;
  return fmt::format("{} folders, {} unchanged, {} of {} read, {:.0f}/s{}", counts.folders.load(),
                     counts.unchanged.load(), read, counts.to_read.load(), static_cast<double>(read) / seconds,
                     counts.problems > 0 ? fmt::format(", {} with problems", counts.problems.load()) : "");
}

void PrintFileView(Session& session, const FileView& view) {
  if (session.json()) {
    std::string line = fmt::format(R"({{"file":{},"path":{},"seq":{},"produced_at":"{}","values":[)",
                                   JsonString(NodeId(view.node)), JsonString(PathOfName(view.node.name)),
                                   view.fact.seq().value, FormatTimestamp(view.fact.produced_at()));
    for (const FileValue& value : view.values) {
      if (line.back() != '[') line += ',';
      line += fmt::format(R"({{"name":{},"value":{},"source":{}}})", JsonString(value.name), value.json,
                          JsonString(value.source));
    }
    session.out().Line(line + "]}");
    return;
  }
  session.out().Line(session.paint()(Style::kBold, Visible(PathOfName(view.node.name))));
  RowTable table({{"name"}, {"value"}, {"source", RowTable::Align::kLeft, Style::kDim}});
  for (const FileValue& value : view.values) table.Add({value.name, Plain(value.json), value.source});
  table.Print(session.out(), session.paint());
}

void PrintFileReason(Session& session, const FileReason& reason) {
  if (session.json()) {
    session.out().Line(
        fmt::format(R"({{"path":{},"known":{},"would_read":{},"now":{},"version":{},"last":{},"at":{}}})",
                    JsonString(reason.path), reason.is_known, reason.would_read, JsonString(reason.now), reason.version,
                    JsonString(reason.last), reason.version == 0 ? "null" : JsonString(FormatTimestamp(reason.at))));
    return;
  }
  session.out().Line(session.paint()(Style::kBold, Visible(reason.path)));
  session.out().Line("now:  " + Visible(reason.now));
  if (reason.version != 0) {
    session.out().Line(
        fmt::format("last: version {}, {}: {}", reason.version, FormatTimestamp(reason.at), Visible(reason.last)));
  }
}

void PrintFileVersions(Session& session, const FileVersions& versions) {
  RowTable table({{"version", RowTable::Align::kRight},
                  {"time"},
                  {"state"},
                  {"size", RowTable::Align::kRight},
                  {"hash"},
                  {"why"}});
  for (const FileVersion& version : versions.versions) {
    if (session.json()) {
      session.out().Line(fmt::format(R"({{"version":{},"seq":{},"produced_at":"{}","why":{},"payload":{}}})",
                                     version.number, version.fact.seq().value,
                                     FormatTimestamp(version.fact.produced_at()), JsonString(version.why),
                                     version.payload));
      continue;
    }
    auto values = FlattenJson(version.payload);
    if (!values) continue;
    table.Add({std::to_string(version.number), FormatTimestamp(version.fact.produced_at()), Value(*values, "state"),
               Value(*values, "size"), Value(*values, "hash").substr(0, 17), version.why});
  }
  if (!session.json()) table.Print(session.out(), session.paint());
}

void PrintFileDifference(Session& session, const FileDifference& difference) {
  RowTable table({{"value"},
                  {fmt::format("version {}", difference.before), RowTable::Align::kLeft, Style::kRed},
                  {fmt::format("version {}", difference.after), RowTable::Align::kLeft, Style::kGreen}});
  for (const FlatChange& change : difference.changes) {
    if (session.json()) {
      session.out().Line(fmt::format(R"({{"value":{},"before":{},"after":{}}})", JsonString(change.path),
                                     OrNull(change.before), OrNull(change.after)));
    } else {
      table.Add({change.path, Plain(change.before), Plain(change.after)});
    }
  }
  if (session.json()) return;
  if (difference.changes.empty()) {
    session.Note(fmt::format("versions {} and {} say the same", difference.before, difference.after));
  } else {
    table.Print(session.out(), session.paint());
  }
}

}  // namespace cairn
