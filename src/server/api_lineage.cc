#include <limits>

#include "base/clock.h"
#include "server/api.h"
#include "server/parameters.h"
#include "service/lineage_json.h"

namespace cairn {
namespace {

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kNodesMax = 1'000'000;

ServerResponse Json(std::string body) {
  ServerResponse response;
  response.body = std::move(body);
  return response;
}

/// What the questions have in common.
struct Question {
  std::vector<std::string> nodes;
  LineageSpec spec;
  std::uint64_t depth = 20;
  std::uint64_t nodes_max = 1'000;

  void ReadFilter(ParameterReader& parameters) {
    std::size_t level = 0;
    LineageTime& time = spec.filter.time;
    parameters.Choice("level", {"auto", "things", "runs", "fields"}, level).List("edge", spec.filter.edge_types);
    parameters.Texts("exclude", spec.filter.exclude).Time("as_of", time.as_of).Time("from", time.from);
    parameters.Time("until", time.until).Time("known_at", time.known_at);
    spec.filter.level = static_cast<LineageLevel>(level);
  }
  Status Read(ParameterReader& parameters) {
    parameters.Texts("node", nodes).Must().Number("depth", kNumberMax, depth).Number("nodes", kNodesMax, nodes_max);
    ReadFilter(parameters);
    spec.depth = static_cast<std::uint32_t>(depth);
    spec.nodes_max = static_cast<std::uint32_t>(nodes_max);
    return parameters.Finish();
  }
};

ServerResponse Graph(Exchange& exchange) {
  Question question;
  std::size_t direction = 2;
  std::size_t unit = 0;
  ParameterReader parameters(exchange.query());
  parameters.Choice("direction", {"upstream", "downstream", "both"}, direction)
      .Choice("unit", {"edge", "dataset"}, unit);
  parameters.Texts("only", question.spec.only);
  if (Status status = question.Read(parameters); !status.ok()) return HttpFailure(status);
  question.spec.direction = static_cast<Direction>(direction);
  question.spec.unit = static_cast<HopUnit>(unit);
  return exchange.Elsewhere([&] {
    auto graph = exchange.service().Lineage(question.nodes, question.spec);
    return graph ? Json(LineageGraphJson(*graph)) : HttpFailure(graph.error());
  });
}

ServerResponse Impact(Exchange& exchange) {
  Question question;
  question.depth = kNumberMax;
  ParameterReader parameters(exchange.query());
  if (Status status = question.Read(parameters); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto impact = exchange.service().Impact(question.nodes, question.spec);
    return impact ? Json(LineageImpactJson(*impact)) : HttpFailure(impact.error());
  });
}

ServerResponse Paths(Exchange& exchange) {
  Question question;
  LineagePathsSpec spec;
  std::string from;
  std::string to;
  std::uint64_t depth = spec.depth;
  ParameterReader parameters(exchange.query());
  parameters.Required("source", from).Required("destination", to).Flag("shortest", spec.shortest_only);
  parameters.Number("depth", kNumberMax, depth).Number("limit", 1'000, spec.limit);
  question.ReadFilter(parameters);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.filter = question.spec.filter;
  spec.depth = static_cast<std::uint32_t>(depth);
  return exchange.Elsewhere([&] {
    auto paths = exchange.service().Paths(from, to, spec);
    return paths ? Json(LineagePathsJson(*paths)) : HttpFailure(paths.error());
  });
}

ServerResponse Shared(Exchange& exchange) {
  Question question;
  LineageSharedSpec spec;
  ParameterReader parameters(exchange.query());
  parameters.Texts("node", question.nodes).Must().Number("limit", 10'000, spec.limit);
  question.ReadFilter(parameters);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.filter = question.spec.filter;
  return exchange.Elsewhere([&] {
    auto shared = exchange.service().Shared(question.nodes, spec);
    return shared ? Json(LineageSharedJson(*shared)) : HttpFailure(shared.error());
  });
}

ServerResponse Difference(Exchange& exchange) {
  LineageDiffSpec spec;
  std::string node;
  std::optional<Timestamp> before;
  std::optional<Timestamp> after;
  std::uint64_t limit = 1'000;
  ParameterReader parameters(exchange.query());
  parameters.Text("node", node).Time("before", before).Must().Time("after", after).Number("limit", 100'000, limit);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.before = *before;
  spec.after = after ? *after : Clock::Default()->Now();
  spec.limit = static_cast<std::uint32_t>(limit);
  return exchange.Elsewhere([&] {
    auto diff = exchange.service().Difference(node, spec);
    return diff ? Json(LineageDiffJson(*diff)) : HttpFailure(diff.error());
  });
}

ServerResponse Why(Exchange& exchange) {
  LineageWhySpec spec;
  std::string from;
  std::string to;
  ParameterReader parameters(exchange.query());
  parameters.Required("source", from).Required("destination", to).Text("edge", spec.type);
  parameters.Number("limit", 10'000, spec.limit);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto why = exchange.service().Why(from, to, spec);
    return why ? Json(LineageWhyJson(*why)) : HttpFailure(why.error());
  });
}

ServerResponse Inherit(Exchange& exchange) {
  Question question;
  LineageInheritSpec spec;
  std::string node;
  std::uint64_t depth = spec.depth;
  ParameterReader parameters(exchange.query());
  parameters.Required("node", node).Number("depth", kNumberMax, depth).Texts("rule", spec.rules);
  question.ReadFilter(parameters);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.filter = question.spec.filter;
  spec.depth = static_cast<std::uint32_t>(depth);
  return exchange.Elsewhere([&] {
    auto answer = exchange.service().Inherit(node, spec);
    return answer ? Json(LineageInheritedJson(answer->node, answer->value)) : HttpFailure(answer.error());
  });
}

}  // namespace

void Api::AddLineage() {
  router_.Add({"GET", "/api/v1/graph/lineage", Graph});
  router_.Add({"GET", "/api/v1/graph/impact", Impact});
  router_.Add({"GET", "/api/v1/graph/paths", Paths});
  router_.Add({"GET", "/api/v1/graph/shared", Shared});
  router_.Add({"GET", "/api/v1/graph/diff", Difference});
  router_.Add({"GET", "/api/v1/graph/why", Why});
  router_.Add({"GET", "/api/v1/graph/inherit", Inherit});
}

}  // namespace cairn
