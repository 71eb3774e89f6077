// Answers about lineage, as src/service/lineage_json and repository_json write them.
#include <fmt/format.h>

#include <unordered_map>

#include "client/raw_members.h"
#include "client/read_answers.h"
#include "client/read_facts.h"

namespace cairn {
namespace {

template <typename T>
Result<T> Finished(const ObjectReader& reader, T value) {
  if (Status status = reader.Finish(); !status.ok()) return status;
  return value;
}

Status Wrong(std::string_view what) {
  return {StatusCode::kInternal, fmt::format("the service's answer is not understood: {}", what)};
}

/// The places of a graph's nodes by their ids, as edges and cycles name them.
class NodePlaces {
 public:
  void Add(std::string id) { places_.emplace(std::move(id), static_cast<std::uint32_t>(places_.size())); }
  Status Find(const std::string& id, std::uint32_t& out) const {
    const auto at = places_.find(id);
    if (at == places_.end()) return Wrong(fmt::format("there is no node {} in the graph", id));
    out = at->second;
    return Status::Ok();
  }

 private:
  std::unordered_map<std::string, std::uint32_t> places_;
};

LineageChange ChangeNamed(std::string_view name) {
  return name == "came" ? LineageChange::kCame : name == "went" ? LineageChange::kWent : LineageChange::kChanged;
}

Status ReadEdge(ObjectReader item, const NodePlaces& places, LineageGraph& graph) {
  LineageEdge edge;
  std::string from;
  std::string to;
  item.Text("from", from).Text("to", to).Text("type", edge.type).Time("first_seen", edge.first_seen);
  item.Time("last_seen", edge.last_seen).Time("until", edge.until).Text("subtype", edge.subtype);
  item.Text("description", edge.description).Flag("masking", edge.masking);
  if (Status status = item.Finish(); !status.ok()) return status;
  if (Status status = places.Find(from, edge.from); !status.ok()) return status;
  if (Status status = places.Find(to, edge.to); !status.ok()) return status;
  graph.edges.push_back(std::move(edge));
  return Status::Ok();
}

}  // namespace

Result<LineageGraph> ReadGraph(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  LineageGraph graph;
  NodePlaces places;
  reader.Flag("partial", graph.partial).Number("hidden", graph.hidden).Each("nodes", [&](ObjectReader item) {
    LineageNode& node = graph.nodes.emplace_back();
    std::string id;
    item.Text("node", id).Node("node", tenant, node.key).Number("hops", node.hops);
    item.Nodes("names", tenant, node.names).Flag("root", node.root).Flag("leaf", node.leaf).Flag("more", node.more);
    item.Flag("hidden", node.hidden);
    places.Add(std::move(id));
    return item.Finish();
  });
  reader.Each("edges", [&](const ObjectReader& item) { return ReadEdge(item, places, graph); });
  reader.Each("cycles", [&](const ObjectReader& item) {
    simdjson::dom::array ids;
    if (item.value().get(ids) != simdjson::SUCCESS) return Wrong("cycles");
    std::vector<std::uint32_t>& cycle = graph.cycles.emplace_back();
    for (const simdjson::dom::element each : ids) {
      std::string_view id;
      if (each.get(id) != simdjson::SUCCESS) return Wrong("cycles");
      if (Status status = places.Find(std::string(id), cycle.emplace_back()); !status.ok()) return status;
    }
    return Status::Ok();
  });
  return Finished(reader, std::move(graph));
}

Result<LineagePaths> ReadPaths(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  LineagePaths paths;
  simdjson::dom::element graph;
  if (root.value()["graph"].get(graph) != simdjson::SUCCESS) return Wrong("graph");
  auto read = ReadGraph(ObjectReader(graph), tenant);
  if (!read) return read.error();
  paths.graph = std::move(*read);
  reader.Flag("partial", paths.partial).Number("hidden", paths.hidden).Each("paths", [&](const ObjectReader& item) {
    simdjson::dom::array edges;
    if (item.value().get(edges) != simdjson::SUCCESS) return Wrong("paths");
    std::vector<std::uint32_t>& path = paths.paths.emplace_back();
    for (const simdjson::dom::element each : edges) {
      std::uint64_t edge = 0;
      if (each.get(edge) != simdjson::SUCCESS || edge >= paths.graph.edges.size()) return Wrong("paths");
      path.push_back(static_cast<std::uint32_t>(edge));
    }
    return Status::Ok();
  });
  return Finished(reader, std::move(paths));
}

Result<LineageImpact> ReadImpact(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  LineageImpact impact;
  auto graph = ReadGraph(root, tenant);
  if (!graph) return graph.error();
  impact.graph = std::move(*graph);
  reader.Each("ranks", [&](const ObjectReader& item) {
    std::uint64_t rank = 0;
    if (item.value().get(rank) != simdjson::SUCCESS) return Wrong("ranks");
    impact.ranks.push_back(static_cast<std::uint32_t>(rank));
    return Status::Ok();
  });
  return Finished(reader, std::move(impact));
}

Result<LineageShared> ReadShared(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  LineageShared shared;
  reader.Number("total", shared.total).Number("hidden", shared.hidden).Each("ancestors", [&](ObjectReader item) {
    SharedAncestor& ancestor = shared.ancestors.emplace_back();
    item.Node("node", tenant, ancestor.node).Number("hops", ancestor.hops);
    return item.Finish();
  });
  return Finished(reader, std::move(shared));
}

Result<LineageDiff> ReadDiff(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  LineageDiff diff;
  reader.Flag("partial", diff.partial).Number("hidden", diff.hidden).Each("nodes", [&](ObjectReader item) {
    ChangedNode& node = diff.nodes.emplace_back();
    std::string change;
    item.Text("change", change).Node("node", tenant, node.node).Texts("kinds", node.kinds);
    node.change = ChangeNamed(change);
    return item.Finish();
  });
  reader.Each("edges", [&](ObjectReader item) {
    ChangedEdge& edge = diff.edges.emplace_back();
    std::string change;
    item.Text("change", change).Node("from", tenant, edge.from).Node("to", tenant, edge.to).Text("type", edge.type);
    item.Text("before", edge.before).Text("after", edge.after);
    edge.change = ChangeNamed(change);
    return item.Finish();
  });
  return Finished(reader, std::move(diff));
}

Result<LineageWhy> ReadWhy(const std::shared_ptr<const std::string>& body, const std::string& tenant) {
  auto answer = JsonAnswer::Parse(*body);
  if (!answer) return answer.error();
  auto facts = RawMembers(*body, "reasons", "fact");
  if (!facts) return facts.error();
  ObjectReader reader = answer->root();
  LineageWhy why;
  reader.Number("total", why.total).Number("withheld", why.withheld).Each("spans", [&](ObjectReader item) {
    LineageWhy::Span& span = why.spans.emplace_back();
    item.Text("type", span.type).Time("from", span.from).Time("until", span.until);
    return item.Finish();
  });
  reader.Each("reasons", [&](ObjectReader item) {
    EdgeReason& reason = why.reasons.emplace_back();
    item.Text("type", reason.type).Node("from", tenant, reason.from).Node("to", tenant, reason.to);
    item.Text("rule", reason.rule).Time("stated_at", reason.stated_at);
    item.Text("run_id", reason.run_id).Text("transformation", reason.transformation);
    const std::string_view raw = (*facts)[why.reasons.size() - 1];
    if (raw.empty()) return item.Finish();
    auto read = ReadFact(raw, body);
    if (!read) return read.error();
    reason.fact = std::move(*read);
    return item.Finish();
  });
  return Finished(reader, std::move(why));
}

Result<LineageInherited> ReadInherited(const std::string& body, const std::string& tenant) {
  auto answer = JsonAnswer::Parse(body);
  if (!answer) return answer.error();
  ObjectReader reader = answer->root();
  LineageInherited inherited;
  for (const auto& [name, values] : {std::pair<std::string_view, std::vector<InheritedValue>*>("own", &inherited.own),
                                     {"inherited", &inherited.inherited}}) {
    std::vector<InheritedValue>& out = *values;
    auto raw = RawMembers(body, name, "value");
    if (!raw) return raw.error();
    reader.Each(name, [&](ObjectReader item) {
      InheritedValue& value = out.emplace_back();
      value.value = (*raw)[out.size() - 1];
      item.Text("field", value.key).Node("source", tenant, value.source).Number("seq", value.record);
      item.Number("distance", value.distance);
      return item.Finish();
    });
  }
  reader.Texts("blocked", inherited.blocked).Flag("materialised", inherited.materialised);
  reader.Number("hidden", inherited.hidden);
  return Finished(reader, std::move(inherited));
}

}  // namespace cairn
