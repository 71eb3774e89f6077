#include "cli/cache_view.h"

#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/safe_text.h"
#include "cli/size_text.h"
#include "lookup/cache_json.h"
#include "obs/quantity.h"

namespace cairn {
namespace {

std::string Nanoseconds(std::uint64_t ns) {
  if (ns < 1000) return fmt::format("{} ns", ns);
  const auto value = static_cast<double>(ns);
  return ns < 1'000'000       ? fmt::format("{:.1f} us", value / 1e3)
         : ns < 1'000'000'000 ? fmt::format("{:.1f} ms", value / 1e6)
                              : fmt::format("{:.1f} s", value / 1e9);
}

std::string Percent(double ratio) { return fmt::format("{:.1f} %", 100 * ratio); }

void PrintStatsJson(Session& session, const CacheReport& report) {
  for (const CacheLevelStats& level : report.levels) session.out().Line(CacheLevelJson(level));
  for (const CacheReportLine& line : report.lines) session.out().Line(CacheLineJson(line));
  for (const CacheReportLoads& loads : report.loads) session.out().Line(CacheLoadsJson(loads));
}

void PrintLevels(Session& session, const CacheReport& report) {
  RowTable table({{"level", RowTable::Align::kLeft, Style::kBold},
                  {"entries", RowTable::Align::kRight},
                  {"bytes", RowTable::Align::kRight},
                  {"of", RowTable::Align::kRight},
                  {"state"}});
  for (const CacheLevelStats& level : report.levels) {
    table.Add({std::string(CacheLevelName(level.level)), std::to_string(level.entries), SizeText(level.bytes),
               level.bytes_max == 0 ? "-" : SizeText(level.bytes_max), level.state});
  }
  table.Print(session.out(), session.paint());
}

void PrintLoads(Session& session, const CacheReport& report) {
  RowTable table({{"operation", RowTable::Align::kLeft, Style::kBold},
                  {"calls", RowTable::Align::kRight},
                  {"answered", RowTable::Align::kRight},
                  {"loads", RowTable::Align::kRight},
                  {"failed", RowTable::Align::kRight},
                  {"shared", RowTable::Align::kRight},
                  {"load p50", RowTable::Align::kRight},
                  {"p99", RowTable::Align::kRight},
                  {"time saved", RowTable::Align::kRight}});
  for (const CacheReportLoads& loads : report.loads) {
    const bool has_loads = loads.loads > 0;
    table.Add({loads.operation, std::to_string(loads.calls), loads.calls == 0 ? "-" : Percent(loads.answered_ratio),
               std::to_string(loads.loads), std::to_string(loads.load_failures), std::to_string(loads.coalesced),
               has_loads ? Nanoseconds(loads.load_ns_p50) : "-", has_loads ? Nanoseconds(loads.load_ns_p99) : "-",
               Nanoseconds(loads.time_saved_ns)});
  }
  table.Print(session.out(), session.paint());
}

void PrintHits(Session& session, const CacheReport& report) {
  RowTable table({{"operation", RowTable::Align::kLeft, Style::kBold},
                  {"level"},
                  {"hit ratio", RowTable::Align::kRight},
                  {"hits", RowTable::Align::kRight},
                  {"stale", RowTable::Align::kRight},
                  {"negative", RowTable::Align::kRight},
                  {"misses", RowTable::Align::kRight},
                  {"stored", RowTable::Align::kRight},
                  {"evicted", RowTable::Align::kRight},
                  {"errors", RowTable::Align::kRight},
                  {"entries", RowTable::Align::kRight},
                  {"bytes", RowTable::Align::kRight},
                  {"hit p50", RowTable::Align::kRight},
                  {"p99", RowTable::Align::kRight}});
  for (const CacheReportLine& line : report.lines) {
    const CacheCounts& counts = line.counts;
    const bool is_timed = counts.hit_latency.count > 0;
    const bool is_shared = line.level == CacheLevel::kShared;
    table.Add({line.operation, std::string(CacheLevelName(line.level)), Percent(line.hit_ratio),
               std::to_string(counts.hits), std::to_string(counts.stale), std::to_string(counts.negative),
               std::to_string(counts.misses), std::to_string(counts.stores), std::to_string(counts.evicted),
               std::to_string(counts.errors), is_shared ? "-" : std::to_string(counts.entries),
               is_shared ? "-" : SizeText(counts.bytes), is_timed ? Nanoseconds(line.hit_ns_p50) : "-",
               is_timed ? Nanoseconds(line.hit_ns_p99) : "-"});
  }
  table.Print(session.out(), session.paint());
}

}  // namespace

void PrintCacheStats(Session& session, const CacheReport& report) {
  if (session.json()) return PrintStatsJson(session, report);
  PrintLevels(session, report);
  session.out().Line("");
  PrintLoads(session, report);
  if (report.lines.empty()) return;
  session.out().Line("");
  PrintHits(session, report);
}

void PrintInspected(Session& session, std::string_view key, const CacheInspected& inspected) {
  const std::string_view level = CacheLevelName(inspected.level);
  const std::string_view state = CacheStateName(inspected.state);
  if (session.json()) return session.out().Line(CacheInspectedJson(key, inspected));
  const auto& paint = session.paint();
  session.out().Line(paint(Style::kBold, fmt::format("{:<7}", level)) + " " + paint(Style::kCyan, std::string(state)) +
                     "  " + paint(Style::kDim, Visible(inspected.why)));
  if (inspected.entry == nullptr) return;
  const CacheEntry& held = *inspected.entry;
  session.out().Line(fmt::format("        loaded {} in {}; fresh for {}, grace {}", FormatTimestamp(held.created),
                                 ShortDuration(held.load_time), ShortDuration(held.ttl), ShortDuration(held.grace)));
  for (const std::string& tag : held.tags) session.out().Line("        tag " + Visible(tag));
  if (held.is_negative) return;
  constexpr std::size_t kIndent = 8;
  session.out().Line(std::string(kIndent, ' ') + Visible(PrettyJson(CacheEntryText(held), kIndent), true));
}

void PrintInvalidated(Session& session, std::string_view what, const CacheInvalidated& invalidated, bool expired,
                      bool has_hosts) {
  if (session.json()) return session.out().Line(CacheInvalidatedJson(what, invalidated, expired));
  session.out().Line(fmt::format(
      "{}: {} {} {}{}", Visible(what), invalidated.entries, invalidated.entries == 1 ? "entry" : "entries",
      expired ? "made stale" : "removed",
      has_hosts && invalidated.is_by_generation ? " here; on other hosts what it covers is dropped as it is met" : ""));
  if (invalidated.is_shared_pending) {
    session.Note(invalidated.is_shared_owed
                     ? "the shared level cannot be reached, and other hosts may go on serving this; the next process "
                       "of this host that reaches it tells it"
                     : "the shared level cannot be reached, and no disk level remembers what it is to be told: do this "
                       "again once it is back");
  }
}

CacheListing::CacheListing(Session& session)
    : session_(session),
      table_({{"key", RowTable::Align::kLeft, Style::kBold},
              {"state"},
              {"level"},
              {"loaded", RowTable::Align::kLeft, Style::kDim},
              {"ttl", RowTable::Align::kRight},
              {"bytes", RowTable::Align::kRight},
              {"tags"}}) {}

void CacheListing::Add(const CacheListed& entry) {
  if (session_.json()) return session_.out().Line(CacheListedJson(entry));
  std::string tags;
  for (const std::string& tag : entry.tags) tags += (tags.empty() ? "" : " ") + tag;
  table_.Add({entry.key, std::string(CacheStateName(entry.state)), std::string(CacheLevelName(entry.level)),
              FormatTimestamp(entry.created), ShortDuration(entry.ttl), SizeText(entry.bytes), tags});
}

void CacheListing::Print() {
  if (session_.json()) return;
  if (table_.empty()) {
    session_.Note("no entry matches");
  } else {
    table_.Print(session_.out(), session_.paint());
  }
}

}  // namespace cairn
