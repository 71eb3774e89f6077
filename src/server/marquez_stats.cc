#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_fields.h"
#include "base/time_zone.h"
#include "record/openlineage_json.h"
#include "server/marquez_namespace.h"
#include "server/marquez_routes.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

constexpr std::int64_t kHour = std::int64_t{3600} * 1'000'000'000;
constexpr int kHours = 24;
constexpr int kDays = 7;

/// Instants one behind the other: a stretch lies between each two.
using Bounds = std::vector<Timestamp>;

// The last 24 hours, or the last seven days of a place, the present hour or day being the last.
Bounds HoursUntil(Timestamp now) {
  Bounds out;
  const std::int64_t hour = now.ns / kHour * kHour;
  for (int i = kHours - 1; i >= -1; --i) out.push_back({hour - i * kHour});
  return out;
}
Bounds DaysUntil(Timestamp now, const TimeZone& zone) {
  Bounds out;
  for (int i = kDays - 1; i >= -1; --i) out.push_back(zone.DayOf(now, -i));
  return out;
}

Result<Bounds> ReadBounds(const HttpParameters& given, Timestamp now) {
  std::size_t period = 0;
  std::string name = "UTC";
  ParameterReader parameters(given);
  parameters.Word("period", {"DAY", "WEEK"}, period).Must().Text("timezone", name);
  if (Status status = parameters.FinishLeniently(); !status.ok()) return status;
  if (period == 0) return HoursUntil(now);
  auto zone = TimeZone::Load(name);
  if (!zone && zone.error().code() == StatusCode::kNotFound) {
    return Status(StatusCode::kInvalidArgument, "parameter timezone: " + zone.error().message());
  }
  if (!zone) return zone.error();
  return DaysUntil(now, *zone);
}

// `[{"startInterval","endInterval",...}]`, whatever `tell` says of each stretch.
template <typename Tell>
Json StretchesJson(const Bounds& bounds, Tell tell) {
  JsonElements list;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    JsonFields fields;
    fields.Time("startInterval", bounds[i]).Time("endInterval", bounds[i + 1]);
    if (Status status = tell(i, fields); !status.ok()) return status;
    list.Raw(fields.Done());
  }
  return list.Done();
}

// How many events of each type there are in each stretch.
Json EventsJson(const MarquezAsk& ask, const Bounds& bounds) {
  // A day may begin at any minute of UTC.
  const bool by_hour = std::all_of(bounds.begin(), bounds.end(), [](Timestamp time) { return time.ns % kHour == 0; });
  AggregateSpec spec;
  spec.where.tenant = ask.tenant;
  spec.where.kinds = {std::string(kKindRunEvent)};
  spec.where.from = bounds.front();
  spec.where.until = bounds.back();
  spec.measures.emplace_back();
  spec.by.push_back({by_hour ? GroupBy::Key::kHour : GroupBy::Key::kMinute, ""});
  spec.by.push_back({GroupBy::Key::kPath, "payload.eventType"});
  auto found = ask.repository.Aggregate(spec);
  if (!found) return found.error();
  std::vector<std::map<std::string, std::uint64_t>> counts(bounds.size());
  for (const AggregateRow& row : found->rows) {
    const auto time = ParseTimestamp(row.keys[0]);
    if (!time) return time.error();
    const auto after = std::upper_bound(bounds.begin(), bounds.end(), *time);
    if (after == bounds.begin() || after == bounds.end()) continue;
    counts[static_cast<std::size_t>(after - bounds.begin() - 1)][row.keys[1]] +=
        static_cast<std::uint64_t>(row.values[0].value_or(0));
  }
  return StretchesJson(bounds, [&](std::size_t i, JsonFields& fields) {
    for (const auto& [name, type] : {std::pair{"fail", "\"FAIL\""}, std::pair{"start", "\"START\""},
                                     std::pair{"complete", "\"COMPLETE\""}, std::pair{"abort", "\"ABORT\""}}) {
      fields.Number(name, counts[i][type]);
    }
    return Status::Ok();
  });
}

// How many things of a type there were at the end of each stretch.
Json ThingsJson(const MarquezAsk& ask, const Bounds& bounds, std::string_view type) {
  return StretchesJson(bounds, [&](std::size_t i, JsonFields& fields) {
    EntitiesSpec spec;
    spec.tenant = ask.tenant;
    spec.type = type;
    spec.until = bounds[i + 1];
    spec.limit = 1;
    auto found = ask.repository.Entities(spec);
    if (!found) return found.error();
    fields.Number("count", found->total);
    return Status::Ok();
  });
}

Json SourcesJson(const MarquezAsk& ask, const Bounds& bounds) {
  auto sources = ReadSources(ask);
  if (!sources) return sources.error();
  return StretchesJson(bounds, [&](std::size_t i, JsonFields& fields) {
    fields.Number("count", static_cast<std::uint64_t>(std::count_if(
                               sources->begin(), sources->end(),
                               [&](const MarquezNamespace& one) { return one.first_seen < bounds[i + 1]; })));
    return Status::Ok();
  });
}

}  // namespace

void AddMarquezStats(Router& router, Clock& clock) {
  using Tell = std::function<Json(const MarquezAsk&, const Bounds&)>;
  const auto add = [&](const std::string& name, Tell tell) {
    router.Add({"GET", "/api/v1/stats/" + name, [&clock, tell = std::move(tell)](Exchange& exchange) {
                  auto bounds = ReadBounds(exchange.query(), clock.Now());
                  if (!bounds) return MarquezFailure(bounds.error());
                  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) { return tell(ask, *bounds); });
                }});
  };
  add("lineage-events", EventsJson);
  add("jobs", [](const MarquezAsk& ask, const Bounds& bounds) { return ThingsJson(ask, bounds, kTypeJob); });
  add("datasets", [](const MarquezAsk& ask, const Bounds& bounds) { return ThingsJson(ask, bounds, kTypeDataset); });
  add("sources", SourcesJson);
}

}  // namespace cairn
