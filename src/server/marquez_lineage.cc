#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_fields.h"
#include "server/hot_answers.h"
#include "server/marquez_column_lineage.h"
#include "server/marquez_dataset.h"
#include "server/marquez_job.h"
#include "server/marquez_node_id.h"
#include "server/marquez_routes.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

constexpr std::uint64_t kDepth = 20;
constexpr std::uint64_t kDepthMax = 1'000'000;
constexpr std::uint64_t kNodes = 1'000;
constexpr std::uint64_t kNodesMax = 100'000;

struct Question {
  std::string node;
  LineageSpec spec;

  Status Read(const HttpParameters& given) {
    std::uint64_t depth = kDepth;
    std::uint64_t nodes_max = kNodes;
    std::size_t direction = 2;
    ParameterReader parameters(given);
    parameters.Required("nodeId", node).Number("depth", kDepthMax, depth).Number("nodes", kNodesMax, nodes_max);
    parameters.Choice("direction", {"upstream", "downstream", "both"}, direction).Time("as_of", spec.filter.time.as_of);
    spec.depth = static_cast<std::uint32_t>(depth);
    spec.nodes_max = static_cast<std::uint32_t>(nodes_max);
    spec.direction = static_cast<Direction>(direction);
    return parameters.FinishLeniently();
  }
};

std::string EdgeJson(const NodeKey& from, const NodeKey& to) {
  return JsonFields().Text("origin", MarquezNodeId(from)).Text("destination", MarquezNodeId(to)).Done();
}

// One node of the answer: its edges in it, and what writes to it as last said.
struct Place {
  std::string in_edges;
  std::string out_edges;
  std::optional<Timestamp> modified_at;
};

std::vector<Place> PlacesOf(const LineageGraph& graph) {
  std::vector<JsonElements> in(graph.nodes.size());
  std::vector<JsonElements> out(graph.nodes.size());
  std::vector<Place> places(graph.nodes.size());
  for (const LineageEdge& edge : graph.edges) {
    const std::string json = EdgeJson(graph.nodes[edge.from].key, graph.nodes[edge.to].key);
    out[edge.from].Raw(json);
    in[edge.to].Raw(json);
    auto& modified_at = places[edge.to].modified_at;
    if (edge.type == "writes") modified_at = std::max(modified_at.value_or(edge.last_seen), edge.last_seen);
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].in_edges = in[i].Done();
    places[i].out_edges = out[i].Done();
  }
  return places;
}

// It says that there is something, and nothing else.
std::string StubJson(const NodeKey& stub) {
  JsonFields fields;
  fields.Raw("id", JsonFields().Text("namespace", stub.ns).Text("name", stub.name).Done());
  fields.Text("type", "DB_TABLE").Text("name", "hidden").Text("namespace", stub.ns).Raw("fields", "[]");
  return fields.Raw("tags", "[]").Raw("facets", "{}").Flag("hidden", true).Done();
}

Json DataJson(const MarquezAsk& ask, const NodeKey& node, const Place& place) {
  auto entity = ask.repository.Entity(node);
  if (!entity) return entity.error();
  if (node.type == kTypeJob) {
    auto job = ReadMarquezJob(ask, std::move(*entity), 1);
    if (!job) return job.error();
    return MarquezJobJson(ask, *job);
  }
  auto facts = NodeFacts::Read(ask, node);
  if (!facts) return facts.error();
  return MarquezDatasetJson(ask, {std::move(*entity), std::move(*facts), place.modified_at, ""});
}

Json GraphJson(const MarquezAsk& ask, const LineageGraph& graph) {
  const std::vector<Place> places = PlacesOf(graph);
  std::map<std::string, std::size_t> by_id;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) by_id.emplace(MarquezNodeId(graph.nodes[i].key), i);
  JsonElements nodes;
  for (const auto& [id, i] : by_id) {
    auto data = graph.nodes[i].hidden ? StubJson(graph.nodes[i].key) : DataJson(ask, graph.nodes[i].key, places[i]);
    if (!data) return data;
    JsonFields fields;
    fields.Text("id", id).Text("type", graph.nodes[i].key.type == kTypeJob ? "JOB" : "DATASET").Raw("data", *data);
    nodes.Raw(fields.Raw("inEdges", places[i].in_edges).Raw("outEdges", places[i].out_edges).Done());
  }
  return JsonFields().Raw("graph", nodes.Done()).Flag("partial", graph.partial).Done();
}

Result<HotAnswers::Made> MakeLineage(const MarquezAsk& ask, const LineageSpec& spec) {
  auto graph = ask.repository.Lineage(spec);
  if (!graph) return graph.error();
  auto body = GraphJson(ask, *graph);
  if (!body) return body.error();
  for (const LineageNode& one : graph->nodes) {
    ask.memory->DependsOn(one.key);
    for (const NodeKey& name : one.names) ask.memory->DependsOn(name);
  }
  const auto& about = ask.memory->depends_on();
  HotAnswers::Made made{std::move(*body), {about.begin(), about.end()}, true};
  // What may not be seen may change without touching what is.
  made.is_kept = graph->hidden == 0 && !ask.memory->depends_on_more();
  return made;
}

ServerResponse Lineage(Exchange& exchange) {
  Question question;
  if (Status status = question.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto node = ResolveMarquezId(ask, question.node);
    if (!node) return node.error();
    if (node->type == kTypeRun || node->type == kTypeField) {
      return Status(
          StatusCode::kInvalidArgument,
          fmt::format("nodeId \"{}\" is a {}; this is the lineage of datasets and jobs: ask for {}", question.node,
                      node->type, node->type == kTypeRun ? "/api/v1/runlineage/upstream" : "/api/v1/column-lineage"));
    }
    if (auto entity = MarquezEntity(ask, *node); !entity) return entity.error();
    LineageSpec& spec = question.spec;
    spec.node = std::move(*node);
    spec.filter.level = LineageLevel::kThings;
    const std::string key =
        fmt::format("marquez\n{}\n{} {} {} {}", NodeId(spec.node), spec.depth, spec.nodes_max,
                    static_cast<int>(spec.direction), spec.filter.time.as_of.value_or(Timestamp::Max()).ns);
    return exchange.hot().Ask(exchange, key, [&] { return MakeLineage(ask, spec); });
  });
}

ServerResponse ColumnLineage(Exchange& exchange) {
  std::string flag;
  ParameterReader(exchange.query()).Text("withDownstream", flag);
  const bool with_downstream = flag == "true" || flag == "True" || flag == "1";  // Python's clients write it so.
  Question question;
  if (Status status = question.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  question.spec.direction = with_downstream ? Direction::kBoth : Direction::kUpstream;
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto node = ResolveMarquezId(ask, question.node);
    if (!node) return node.error();
    if (node->type == kTypeRun) {
      return Status(
          StatusCode::kInvalidArgument,
          fmt::format("nodeId \"{}\" is a run; this is the lineage of fields, datasets and jobs", question.node));
    }
    NodeKey thing = *node;
    if (thing.type == kTypeField) {
      thing.type = kTypeDataset;
      thing.part.clear();
    }
    if (auto entity = MarquezEntity(ask, thing); !entity) return entity.error();
    return ColumnLineageJson(ask, *node, question.spec);
  });
}

}  // namespace

void AddMarquezLineage(Router& router) {
  // The web page asks with a slash at the end.
  router.Add({"GET", "/api/v1/lineage", Lineage});
  router.Add({"GET", "/api/v1/lineage/", Lineage});
  router.Add({"GET", "/api/v1/column-lineage", ColumnLineage});
  router.Add({"GET", "/api/v1/column-lineage/", ColumnLineage});
}

}  // namespace cairn
