#include "server/marquez_column_lineage.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_facts.h"
#include "server/marquez_job.h"
#include "server/marquez_node_id.h"

namespace cairn {
namespace {

// Names of the fields that a dataset's schema and column lineage tell of.
Status AddFields(const MarquezAsk& ask, const NodeKey& dataset, std::set<NodeKey>* out) {
  auto facts = NodeFacts::Read(ask, dataset);
  if (!facts) return facts.error();
  const auto add = [&](std::string_view name) {
    NodeKey field = dataset;
    field.type = kTypeField;
    field.part = name;
    if (!name.empty() && ask.repository.Entity(field)) out->insert(std::move(field));
  };
  const auto schema = SchemaOf(*facts);
  for (const Element element : schema ? ElementsOf(Member(*schema, "fields")) : std::vector<Element>()) {
    if (const auto field = AsObject(element)) add(Text(*field, "name"));
  }
  const auto facet = facts->Facet("columnLineage");
  const auto outputs = facet ? AsObject(Member(*facet, "fields")) : std::nullopt;
  if (outputs) {
    for (const auto [name, value] : *outputs) add(name);
  }
  return Status::Ok();
}

Result<std::set<NodeKey>> StartsOf(const MarquezAsk& ask, const NodeKey& node) {
  std::set<NodeKey> starts;
  if (node.type == kTypeField) {
    starts.insert(node);
    return starts;
  }
  if (node.type != kTypeJob) {
    if (Status status = AddFields(ask, node, &starts); !status.ok()) return status;
    return starts;
  }
  MarquezJob job;
  job.entity.node = node;
  if (Status status = ReadEnds(ask, &job); !status.ok()) return status;
  for (const NodeKey& dataset : job.outputs) {
    if (Status status = AddFields(ask, dataset, &starts); !status.ok()) return status;
  }
  return starts;
}

// Types of fields, each dataset's schema read once.
class FieldTypes {
 public:
  explicit FieldTypes(const MarquezAsk& ask) : ask_(ask) {}

  std::string Of(const NodeKey& field) {
    NodeKey dataset = field;
    dataset.type = kTypeDataset;
    dataset.part.clear();
    const auto [place, is_new] = types_.try_emplace(dataset);
    if (is_new) Read(dataset, &place->second);
    const auto found = place->second.find(field.part);
    return found == place->second.end() ? std::string() : found->second;
  }

 private:
  using ByName = std::map<std::string, std::string>;

  void Read(const NodeKey& dataset, ByName* out) {
    const auto facts = NodeFacts::Read(ask_, dataset);
    const auto schema = facts ? SchemaOf(*facts) : std::nullopt;
    for (const Element element : schema ? ElementsOf(Member(*schema, "fields")) : std::vector<Element>()) {
      if (const auto field = AsObject(element)) out->emplace(Text(*field, "name"), Text(*field, "type"));
    }
  }

  const MarquezAsk& ask_;
  std::map<NodeKey, ByName> types_;
};

// The edges at one field.
struct Ends {
  std::vector<const LineageEdge*> in;
  std::vector<const LineageEdge*> out;
};

std::string DataJson(const LineageGraph& graph, const NodeKey& field, const Ends& ends, const std::string& type) {
  JsonFields fields;
  fields.Text("namespace", field.ns).Text("dataset", field.name).Raw("datasetVersion", "null");
  fields.Text("field", field.part).TextOrNull("fieldType", type);
  fields.TextOrNull("transformationDescription", ends.in.empty() ? "" : ends.in.front()->description);
  fields.TextOrNull("transformationType", ends.in.empty() ? "" : ends.in.front()->subtype);
  JsonElements inputs;
  for (const LineageEdge* edge : ends.in) {
    const NodeKey& from = graph.nodes[edge->from].key;
    JsonFields input;
    input.Text("namespace", from.ns).Text("dataset", from.name).Raw("datasetVersion", "null").Text("field", from.part);
    input.TextOrNull("transformationDescription", edge->description).TextOrNull("transformationType", edge->subtype);
    inputs.Raw(input.Done());
  }
  return fields.Raw("inputFields", inputs.Done()).Done();
}

}  // namespace

Result<std::string> ColumnLineageJson(const MarquezAsk& ask, const NodeKey& node, LineageSpec spec) {
  auto starts = StartsOf(ask, node);
  if (!starts) return starts.error();
  JsonElements nodes;
  if (starts->empty()) return JsonFields().Raw("graph", nodes.Done()).Flag("partial", false).Done();
  spec.node = *starts->begin();
  spec.others.assign(std::next(starts->begin()), starts->end());
  spec.filter.level = LineageLevel::kFields;
  auto graph = ask.repository.Lineage(spec);
  if (!graph) return graph.error();
  const auto is_field = [&](std::uint32_t number) { return graph->nodes[number].key.type == kTypeField; };
  std::vector<Ends> ends(graph->nodes.size());
  for (const LineageEdge& edge : graph->edges) {
    if (!is_field(edge.from) || !is_field(edge.to)) continue;
    ends[edge.from].out.push_back(&edge);
    ends[edge.to].in.push_back(&edge);
  }
  std::map<std::string, std::uint32_t> by_id;
  for (std::uint32_t i = 0; i < graph->nodes.size(); ++i) {
    if (is_field(i)) by_id.emplace(MarquezNodeId(graph->nodes[i].key), i);
  }
  FieldTypes types(ask);
  for (const auto& [id, number] : by_id) {
    const NodeKey& field = graph->nodes[number].key;
    JsonElements in;
    JsonElements out;
    const auto edge = [&](std::uint32_t other) {
      return JsonFields().Text("origin", id).Text("destination", MarquezNodeId(graph->nodes[other].key)).Done();
    };
    for (const LineageEdge* one : ends[number].in) in.Raw(edge(one->from));
    for (const LineageEdge* one : ends[number].out) out.Raw(edge(one->to));
    JsonFields fields;
    fields.Text("id", id).Text("type", "DATASET_FIELD");
    fields.Raw("data", DataJson(*graph, field, ends[number], types.Of(field)));
    nodes.Raw(fields.Raw("inEdges", in.Done()).Raw("outEdges", out.Done()).Done());
  }
  return JsonFields().Raw("graph", nodes.Done()).Flag("partial", graph->partial).Done();
}

}  // namespace cairn
