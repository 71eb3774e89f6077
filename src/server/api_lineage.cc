#include <fmt/format.h>

#include <limits>

#include "base/clock.h"
#include "server/api.h"
#include "server/hot_answers.h"
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

/// A part of the graph as JSON, kept while nothing touches its nodes. What may not be seen, or is gone through and not
/// told, may change without touching them; so may what was known at an instant. Runs stand in no graph of their own.
template <typename Ask>
ServerResponse HotGraph(Exchange& exchange, const Question& question, std::string_view name, const Ask& ask) {
  return exchange.Elsewhere([&] {
    Service& service = exchange.service();
    std::string key(name);
    std::vector<std::string> ids;
    for (const std::string& text : question.nodes) {
      auto node = service.Node(text);
      if (!node) return HttpFailure(node.error());
      ids.push_back(NodeId(*node));
      key += fmt::format("\n{}", ids.back());
    }
    for (const auto& [parameter, value] : exchange.query().all()) {
      // With its length, so that no value reads as two.
      if (parameter != "node") key += fmt::format("\n{}={}:{}", parameter, value.size(), value);
    }
    auto body = exchange.hot().Ask(exchange, key, [&] { return ask(service, ids); });
    return body ? Json(std::move(*body)) : HttpFailure(body.error());
  });
}

HotAnswers::Made Made(const LineageSpec& spec, const LineageGraph& graph, std::string body) {
  HotAnswers::Made made;
  made.body = std::move(body);
  made.is_kept =
      graph.hidden == 0 && spec.only.empty() && !spec.filter.time.known_at && spec.filter.level != LineageLevel::kRuns;
  for (const LineageNode& node : graph.nodes) {
    made.is_kept = made.is_kept && node.key.type != kTypeRun;
    made.about.push_back(node.key);
    made.about.insert(made.about.end(), node.names.begin(), node.names.end());
  }
  // A field is joined with others through what holds it, and through the further names of that.
  for (std::size_t i = 0, count = made.about.size(); i < count; ++i) {
    if (made.about[i].type != kTypeField) continue;
    NodeKey whole = made.about[i];
    whole.type = kTypeDataset;
    whole.part.clear();
    made.about.push_back(std::move(whole));
  }
  return made;
}

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
  return HotGraph(exchange, question, "lineage",
                  [&](Service& service, const std::vector<std::string>& ids) -> Result<HotAnswers::Made> {
                    auto graph = service.Lineage(ids, question.spec);
                    if (!graph) return graph.error();
                    return Made(question.spec, *graph, LineageGraphJson(*graph));
                  });
}

ServerResponse Impact(Exchange& exchange) {
  Question question;
  question.depth = kNumberMax;
  ParameterReader parameters(exchange.query());
  if (Status status = question.Read(parameters); !status.ok()) return HttpFailure(status);
  return HotGraph(exchange, question, "impact",
                  [&](Service& service, const std::vector<std::string>& ids) -> Result<HotAnswers::Made> {
                    auto impact = service.Impact(ids, question.spec);
                    if (!impact) return impact.error();
                    return Made(question.spec, impact->graph, LineageImpactJson(*impact));
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
