#include <fmt/format.h>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_reply.h"
#include "server/marquez_routes.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

// Further back than this goes `before`.
constexpr std::uint64_t kOffsetMax = 100'000;

ServerResponse Events(Exchange& exchange) {
  QuerySpec spec;
  MarquezPage page;
  std::size_t direction = 1;
  // The web page sends what it has no value for as well.
  HttpParameters given;
  given.Describe(exchange.query().described());
  for (const auto& [name, value] : exchange.query().all()) {
    if (!value.empty()) given.Add(name, value);
  }
  ParameterReader parameters(given);
  parameters.Time("after", spec.from).Time("before", spec.until).Word("sortDirection", {"asc", "desc"}, direction);
  parameters.Number("limit", MarquezPage::kMost, page.limit).Number("offset", kOffsetMax, page.offset);
  if (Status status = parameters.FinishLeniently(); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    spec.tenant = ask.tenant;
    spec.kinds = {std::string(kKindRunEvent), std::string(kKindJobEvent), std::string(kKindDatasetEvent)};
    spec.order = direction == 0 ? Order::kOldestFirst : Order::kNewestFirst;
    spec.limit = page.offset + page.limit;
    JsonElements list;
    if (page.limit != 0) {
      auto found = ask.repository.Query(spec);
      if (!found) return found.error();
      for (std::size_t i = page.offset; i < found->facts.size(); ++i) {
        auto event = found->facts[i].AsSent();
        if (!event) return event.error();
        list.Raw(*event);
      }
    }
    AggregateSpec count;
    count.where = spec;
    count.measures.emplace_back();
    auto total = ask.repository.Aggregate(count);
    if (!total) return total.error();
    return JsonFields().Raw("events", list.Done()).Number("totalCount", total->facts).Done();
  });
}

}  // namespace

void AddMarquezEvents(Router& router) { router.Add({"GET", "/api/v1/events/lineage", Events}); }

}  // namespace cairn
