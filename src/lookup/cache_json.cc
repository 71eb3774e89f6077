#include "lookup/cache_json.h"

#include <fmt/format.h>

#include "base/json.h"

namespace cairn {
namespace {

double Seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string Tags(const std::vector<std::string>& tags) {
  std::string out;
  for (const std::string& tag : tags) out += (out.empty() ? "" : ",") + JsonString(tag);
  return "[" + out + "]";
}

template <typename T>
std::string List(const std::vector<T>& all, std::string (*json)(const T&)) {
  std::string out = "[";
  for (const T& one : all) out += (out.size() == 1 ? "" : ",") + json(one);
  return out + "]";
}

}  // namespace

std::string CacheLevelJson(const CacheLevelStats& level) {
  return fmt::format(R"({{"level":{},"open":{},"state":{},"entries":{},"bytes":{},"bytes_max":{}}})",
                     JsonString(CacheLevelName(level.level)), level.is_open, JsonString(level.state), level.entries,
                     level.bytes, level.bytes_max);
}

std::string CacheLineJson(const CacheReportLine& line) {
  const CacheCounts& counts = line.counts;
  return fmt::format(
      R"({{"operation":{},"level":{},"hit_ratio":{:.4f},"hits":{},"misses":{},"stale":{},"negative":{},"stores":{},)"
      R"("fenced":{},"evicted":{},"expired":{},"removed":{},"errors":{},"entries":{},"bytes":{},"hit_p50_ns":{},)"
      R"("hit_p99_ns":{}}})",
      JsonString(line.operation), JsonString(CacheLevelName(line.level)), line.hit_ratio, counts.hits, counts.misses,
      counts.stale, counts.negative, counts.stores, counts.fenced, counts.evicted, counts.expired, counts.removed,
      counts.errors, counts.entries, counts.bytes, counts.hit_latency.QuantileNs(0.5),
      counts.hit_latency.QuantileNs(0.99));
}

std::string CacheLoadsJson(const CacheReportLoads& loads) {
  return fmt::format(
      R"({{"operation":{},"calls":{},"loads":{},"load_failures":{},"coalesced":{},"answered_ratio":{:.4f},)"
      R"("load_p50_ns":{},"load_p99_ns":{},"time_saved_ns":{}}})",
      JsonString(loads.operation), loads.calls, loads.loads, loads.load_failures, loads.coalesced, loads.answered_ratio,
      loads.load_ns_p50, loads.load_ns_p99, loads.time_saved_ns);
}

std::string CacheReportJson(const CacheReport& report) {
  return fmt::format(R"({{"levels":{},"operations":{},"loads":{}}})", List(report.levels, CacheLevelJson),
                     List(report.lines, CacheLineJson), List(report.loads, CacheLoadsJson));
}

std::string CacheListedJson(const CacheListed& entry) {
  return fmt::format(
      R"({{"key":{},"operation":{},"state":{},"level":{},"created":{},"ttl_s":{:.3f},"bytes":{},"sealed":{},"tags":{}}})",
      JsonString(entry.key), JsonString(entry.operation), JsonString(CacheStateName(entry.state)),
      JsonString(CacheLevelName(entry.level)), JsonString(FormatTimestamp(entry.created)), Seconds(entry.ttl),
      entry.bytes, entry.is_sealed, Tags(entry.tags));
}

std::string CacheEntryText(const CacheEntry& entry) {
  if (entry.fields.empty()) return entry.value;
  std::string out;
  for (const CacheField& field : entry.fields) {
    out += fmt::format("{}{}:{}", out.empty() ? "{" : ",", JsonString(field.name),
                       field.value.empty() ? "null" : field.value);
  }
  return out + "}";
}

std::string CacheInspectedJson(std::string_view key, const CacheInspected& inspected) {
  std::string entry;
  if (inspected.entry != nullptr) {
    const CacheEntry& held = *inspected.entry;
    entry = fmt::format(R"(,"created":{},"ttl_s":{:.3f},"grace_s":{:.3f},"tags":{},"value":{})",
                        JsonString(FormatTimestamp(held.created)), Seconds(held.ttl), Seconds(held.grace),
                        Tags(held.tags), JsonString(CacheEntryText(held)));
  }
  return fmt::format(R"({{"key":{},"level":{},"state":{},"why":{}{}}})", JsonString(key),
                     JsonString(CacheLevelName(inspected.level)), JsonString(CacheStateName(inspected.state)),
                     JsonString(inspected.why), entry);
}

std::string CacheInvalidatedJson(std::string_view what, const CacheInvalidated& invalidated, bool expired) {
  return fmt::format(R"({{"what":{},"verb":{},"entries":{},"by_generation":{},"shared_pending":{},"shared_owed":{}}})",
                     JsonString(what), expired ? "\"expire\"" : "\"remove\"", invalidated.entries,
                     invalidated.is_by_generation, invalidated.is_shared_pending, invalidated.is_shared_owed);
}

std::string WarmProgressJson(const WarmProgress& progress, std::string_view more) {
  return fmt::format(R"({{"total":{},"done":{},"loaded":{},"fresh":{},"not_found":{},"failed":{},"skipped":{}{}}})",
                     progress.total, progress.done, progress.loaded, progress.fresh, progress.not_found,
                     progress.failed, progress.skipped, more);
}

std::string WarmStateText(const WarmStatus& status) {
  return status.is_running ? "running" : status.ended.empty() ? "its process is gone" : status.ended;
}

std::string WarmStatusJson(const WarmStatus& status) {
  return WarmProgressJson(status.progress, fmt::format(R"(,"pid":{},"running":{},"state":{})", status.pid,
                                                       status.is_running, JsonString(WarmStateText(status))));
}

}  // namespace cairn
