#include "workload.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace cairn::bench {
namespace {

// Four significant digits, and no exponent where a person would write none.
std::string Number(double value) {
  const double size = std::fabs(value);
  if (size >= 1'000) return fmt::format("{:.0f}", value);
  if (size >= 100) return fmt::format("{:.1f}", value);
  if (size >= 10) return fmt::format("{:.2f}", value);
  if (size >= 1) return fmt::format("{:.3f}", value);
  return fmt::format("{:.4g}", value);
}

std::string Range(const Spread& spread) { return Number(spread.min) + " .. " + Number(spread.max); }

std::string TargetText(const Row& row) {
  const std::string limit = Number(row.bound.limit);
  switch (row.bound.of) {
    case Bound::Of::kNothing:
      return "";
    case Bound::Of::kRatioAtLeast:
      return ">= " + limit + "x";
    case Bound::Of::kRatioAtMost:
      return "<= " + limit + "x";
    case Bound::Of::kValueAtMost:
      return "<= " + limit + " " + row.unit;
    case Bound::Of::kValueBelow:
      return "< " + limit + " " + row.unit;
    case Bound::Of::kValueAtLeast:
      return ">= " + limit + " " + row.unit;
  }
  return "";
}

}  // namespace

std::optional<double> Row::Ratio() const {
  if (!rival_value || rival_value->median == 0) return std::nullopt;
  return value.median / rival_value->median;
}

std::optional<bool> Row::Met() const {
  const double ratio = Ratio().value_or(std::nan(""));  // Compares false: a rival that was not measured is not beaten.
  switch (bound.of) {
    case Bound::Of::kNothing:
      return std::nullopt;
    case Bound::Of::kRatioAtLeast:
      return ratio >= bound.limit;
    case Bound::Of::kRatioAtMost:
      return ratio <= bound.limit;
    case Bound::Of::kValueAtMost:
      return value.median <= bound.limit;
    case Bound::Of::kValueBelow:
      return value.median < bound.limit;
    case Bound::Of::kValueAtLeast:
      return value.median >= bound.limit;
  }
  return std::nullopt;
}

std::vector<Workload> AllWorkloads() {
  std::vector<Workload> all;
  for (auto group : {IngestWorkloads, EmitWorkloads, ReadWorkloads, OpenWorkloads, DiskWorkloads, AggregateWorkloads,
                     CacheMemoryWorkloads, CacheDiskWorkloads, CacheSharedWorkloads, CacheLoadWorkloads,
                     CacheHitWorkloads, CacheWarmingWorkloads, LineageWorkloads, ScanWorkloads, ServeWorkloads}) {
    std::vector<Workload> workloads = group();
    all.insert(all.end(), std::make_move_iterator(workloads.begin()), std::make_move_iterator(workloads.end()));
  }
  return all;
}

std::string TableHeader() {
  return fmt::format("{:<28} {:>10} {:<12} {:<22} {:<26} {:>10} {:<20} {:>8}  {:<16} {}", "workload", "value", "unit",
                     "spread", "rival", "rival's", "spread", "ratio", "target", "met");
}

std::string ToTableLine(const Row& row) {
  const std::optional<double> ratio = row.Ratio();
  const std::optional<bool> met = row.Met();
  return fmt::format("{:<28} {:>10} {:<12} {:<22} {:<26} {:>10} {:<20} {:>8}  {:<16} {}", row.name,
                     Number(row.value.median), row.unit, Range(row.value), row.rival,
                     row.rival_value ? Number(row.rival_value->median) : "",
                     row.rival_value ? Range(*row.rival_value) : "", ratio ? Number(*ratio) : "", TargetText(row),
                     met ? (*met ? "yes" : "NO") : "");
}

std::string ToJson(const Row& row) {
  const std::optional<double> ratio = row.Ratio();
  const std::optional<bool> met = row.Met();
  // Names, units and rivals are words of this program: nothing in them needs escaping.
  return fmt::format(R"({{"name":"{}","value":{:.6g},"unit":"{}","rival":{},"ratio":{},)"
                     R"("target":{},"met":{},"spread":[{:.6g},{:.6g}]}})",
                     row.name, row.value.median, row.unit, row.rival.empty() ? "null" : "\"" + row.rival + "\"",
                     ratio ? fmt::format("{:.6g}", *ratio) : "null", met ? "\"" + TargetText(row) + "\"" : "null",
                     met ? (*met ? "true" : "false") : "null", row.value.min, row.value.max);
}

}  // namespace cairn::bench
