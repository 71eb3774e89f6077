#include <fmt/format.h>

#include <ostream>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/safe_text.h"
#include "cli/size_text.h"
#include "cli/table.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

int RunStats(Session& session) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  auto stats = service->Stats();
  if (!stats) return session.Fail(stats.error());
  if (session.json()) {
    session.out().Line(StatsJson(*stats));
    return kExitDone;
  }
  const auto field = [&](std::string_view name, const std::string& value, Style style = Style::kPlain) {
    session.out().Line(session.paint()(Style::kDim, fmt::format("{:<10} ", name)) + session.paint()(style, value));
  };
  field("store", Visible((*session.Settings())->store_path), Style::kBold);
  field("records", fmt::format("{} (the last has seq {})", stats->records, stats->last_seq.value));
  std::string log = fmt::format("{} open segments, {}; {} sealed, {}", stats->segments_open,
                                SizeText(stats->bytes_open), stats->segments_sealed, SizeText(stats->bytes_sealed));
  if (stats->bytes_kept != 0) log += fmt::format(" and lines kept beside them, {}", SizeText(stats->bytes_kept));
  field("log", log);
  field("series", std::to_string(stats->series));
  field("nodes", std::to_string(stats->nodes));
  field("edges", std::to_string(stats->edges));
  field("runs", std::to_string(stats->runs));
  if (stats->damaged_batches > 0) {
    field("damage", fmt::format("{} batches; `cairn verify` shows them", stats->damaged_batches), Style::kRed);
  }
  if (stats->kinds.empty()) return kExitDone;
  session.out().Line("");
  RowTable table({{"kind", RowTable::Align::kLeft, Style::kCyan}, {"facts", RowTable::Align::kRight}});
  for (const auto& [kind, facts] : stats->kinds) table.Add({kind, std::to_string(facts)});
  table.Print(session.out(), session.paint());
  return kExitDone;
}

int RunVerify(Session& session) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  auto report = service->Verify();
  if (!report) return session.Fail(report.error());
  Output& out = session.out();
  for (const Damage& damage : report->damage) {
    if (session.json()) {
      out.Line(DamageJson(damage));
    } else {
      out.Line(session.paint()(Style::kRed, "damaged ") +
               Visible(fmt::format("{} at byte {}, seq {} to {}: {}", damage.segment, damage.offset, damage.first.value,
                                   damage.last.value, damage.what)));
    }
  }
  if (session.json()) {
    std::string notes;
    for (const std::string& note : report->notes) notes += (notes.empty() ? "" : ",") + JsonString(note);
    out.Line(fmt::format("{{\"segments\":{},\"batches\":{},\"records\":{},\"damaged\":{},\"notes\":[{}]}}",
                         report->segments, report->batches, report->records, report->damage.size(), notes));
  } else {
    for (const std::string& note : report->notes) out.Line(session.paint()(Style::kYellow, "note ") + Visible(note));
    out.Line(fmt::format("{} segments, {} batches, {} records: {}", report->segments, report->batches, report->records,
                         report->damage.empty()
                             ? session.paint()(Style::kGreen, "all as written")
                             : session.paint()(Style::kRed, fmt::format("{} damaged", report->damage.size()))));
  }
  return report->damage.empty() ? kExitDone : kExitStore;
}

int RunRebuild(Session& session) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  const Status rebuilt = service->Rebuild();
  if (!rebuilt.ok()) return session.Fail(rebuilt);
  if (!session.json()) session.out().Line("the views are folded anew from the log");
  return kExitDone;
}

int RunSeal(Session& session) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  const Status sealed = service->Seal();
  if (!sealed.ok()) return session.Fail(sealed);
  if (!session.json()) session.out().Line("all segments are sealed");
  return kExitDone;
}

int RunDump(Session& session) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  OutputBuffer buffer(session.out());
  std::ostream stream(&buffer);
  const Status dumped = service->Dump(stream);
  return dumped.ok() || session.out().closed() ? kExitDone : session.Fail(dumped);
}

}  // namespace

void AddMaintenance(Commands& commands) {
  commands.Add("stats", "How much the store holds", {"cairn stats --json"}, RunStats);
  commands.Add("verify",
               "Read every byte of the log and hold it against its checksums; exit code 4 where something is damaged",
               {"cairn verify"}, RunVerify);
  commands.Add("rebuild", "Drop the views and fold them anew from the log", {"cairn rebuild"}, RunRebuild);
  commands.Add("seal", "Close the active segment, compress all that is not yet, keep no lines beside", {"cairn seal"},
               RunSeal);
  commands.Add("dump", "The views as text, sorted: equal views give equal bytes", {"cairn dump | sha256sum"}, RunDump);
}

}  // namespace cairn
