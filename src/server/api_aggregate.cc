// Figures over facts.
#include <fmt/format.h>

#include <charconv>

#include "query/group_by.h"
#include "server/api.h"
#include "server/store_question.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

/// `count`, `sum:payload.rows`, `quantile:0.95:payload.rows`.
Result<Measure> ReadMeasure(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return Status(
        StatusCode::kInvalidArgument,
        fmt::format("parameter measure: \"{}\" {}; it is count, or count, sum, avg, min or max with :PATH, or "
                    "quantile:0.95:PATH",
                    text, why));
  };
  constexpr std::pair<std::string_view, Measure::Op> kOps[] = {
      {"count", Measure::Op::kCount}, {"sum", Measure::Op::kSum}, {"avg", Measure::Op::kAvg},
      {"min", Measure::Op::kMin},     {"max", Measure::Op::kMax}, {"quantile", Measure::Op::kQuantile}};
  Measure measure;
  const std::size_t colon = text.find(':');
  std::string_view rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const auto* const op = std::find_if(std::begin(kOps), std::end(kOps),
                                      [&](const auto& known) { return known.first == text.substr(0, colon); });
  if (op == std::end(kOps)) return wrong("is no figure");
  measure.op = op->second;
  if (measure.op == Measure::Op::kQuantile) {
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), measure.quantile);
    if (error != std::errc() || end == rest.data() + rest.size() || *end != ':') return wrong("names no quantile");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  }
  measure.path = rest;
  return measure;
}

ServerResponse Aggregate(Exchange& exchange, StoreQuestion& asked) {
  FactsQuestion query;
  AggregateSpec spec;
  std::vector<std::string> measures;
  std::vector<std::string> by;
  const std::uint64_t memory_max = spec.memory_bytes;
  ParameterReader reader = asked.Reader();
  query.Read(reader);
  reader.Texts("measure", measures).Texts("by", by).Number("memory", memory_max, spec.memory_bytes);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto where = query.Finish(asked);
  if (!where) return HttpFailure(where.error());
  spec.where = std::move(*where);
  for (const std::string& text : measures) {
    auto measure = ReadMeasure(text);
    if (!measure) return HttpFailure(measure.error());
    spec.measures.push_back(std::move(*measure));
  }
  for (const std::string& text : by) {
    if (text.starts_with("path:")) {
      spec.by.push_back({GroupBy::Key::kPath, text.substr(5)});
      continue;
    }
    auto group = ParseGroupBy(text);
    if (!group) return HttpFailure(group.error());
    spec.by.insert(spec.by.end(), group->begin(), group->end());
  }
  return exchange.Elsewhere([&] {
    auto result = asked.repository().Aggregate(spec);
    ServerResponse response = result ? ServerResponse() : HttpFailure(result.error());
    if (result) response.body = AggregateJson(*result);
    return response;
  });
}

}  // namespace

void Api::AddRepositoryAggregate() { AddQuestion("aggregate", Aggregate); }

}  // namespace cairn
