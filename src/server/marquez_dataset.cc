#include "server/marquez_dataset.h"

#include <algorithm>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_versions.h"

namespace cairn {
namespace {

// `[{"name":FIELD,"inputFields":[{"namespace","dataset","field",...}],...}]` out of the facet.
std::string ColumnLineageJson(const NodeFacts& facts) {
  JsonElements list;
  const auto facet = facts.Facet("columnLineage");
  const auto fields = facet ? AsObject(Member(*facet, "fields")) : std::nullopt;
  if (!fields) return list.Done();
  for (const auto [name, value] : *fields) {
    const auto field = AsObject(value);
    if (!field) continue;
    const std::string_view description = Text(*field, "transformationDescription");
    const std::string_view type = Text(*field, "transformationType");
    JsonElements inputs;
    for (const Element element : ElementsOf(Member(*field, "inputFields"))) {
      const auto input = AsObject(element);
      if (!input) continue;
      JsonFields out;
      out.Text("namespace", Text(*input, "namespace")).Text("dataset", Text(*input, "name"));
      out.Text("field", Text(*input, "field"));
      // Newer events say how for each input, and in a list.
      std::string_view step_description = description;
      std::string_view step_type = type;
      const auto steps = AsArray(Member(*input, "transformations"));
      if (steps && steps->size() != 0) {
        if (const auto step = AsObject(steps->at(0).value())) {
          step_description = Text(*step, "description");
          step_type = Text(*step, "subtype").empty() ? Text(*step, "type") : Text(*step, "subtype");
        }
      }
      out.TextOrNull("transformationDescription", step_description).TextOrNull("transformationType", step_type);
      inputs.Raw(out.Done());
    }
    JsonFields out;
    out.Text("name", name).Raw("inputFields", inputs.Done());
    list.Raw(out.TextOrNull("transformationDescription", description).TextOrNull("transformationType", type).Done());
  }
  return list.Done();
}

std::optional<Timestamp> ModifiedAt(const MarquezAsk& ask, const NodeKey& dataset) {
  LineageSpec spec;
  spec.node = dataset;
  spec.depth = 1;
  spec.filter.edge_types = {"writes"};
  spec.filter.level = LineageLevel::kThings;
  auto graph = ask.repository.Lineage(spec);
  std::optional<Timestamp> out;
  if (!graph) return out;
  for (const LineageEdge& edge : graph->edges) out = std::max(out.value_or(edge.last_seen), edge.last_seen);
  return out;
}

}  // namespace

std::string_view MarquezDatasetType(std::string_view facet_type) {
  const bool is_stream = SameWord(facet_type, "STREAM") || SameWord(facet_type, "TOPIC");
  return is_stream ? "STREAM" : "DB_TABLE";
}

std::string MarquezDatasetJson(const MarquezAsk& ask, const MarquezDataset& dataset) {
  const EntityInfo& entity = dataset.entity;
  const NodeFacts& facts = dataset.facts;
  const NodeKey& node = entity.node;
  JsonFields fields;
  fields.Raw("id", JsonFields().Text("namespace", node.ns).Text("name", node.name).Done());
  fields.Text("type", MarquezDatasetType(facts.Text("datasetType", "datasetType")));
  fields.Text("name", node.name).Text("physicalName", node.name);
  fields.Time("createdAt", entity.first_seen).Time("updatedAt", entity.last_seen).Text("namespace", node.ns);
  const std::string_view source = facts.Text("dataSource", "name");
  fields.Text("sourceName", source.empty() ? node.ns : source);
  fields.Raw("fields", MarquezFieldsJson(ask, node, SchemaOf(facts)));
  fields.Raw("tags", JsonList(entity.tags)).Time("lastModifiedAt", dataset.modified_at);
  std::string_view state = facts.Text("lifecycleStateChange", "lifecycleStateChange");
  // What was dropped stands again when it is stated again.
  if (facts.StatedAt("lifecycleStateChange") < entity.last_seen) state = {};
  fields.TextOrNull("lastLifecycleState", state);
  fields.TextOrNull("description", facts.Text("documentation", "description"));
  fields.TextOrNull("currentVersion", dataset.version);
  fields.Raw("columnLineage", ColumnLineageJson(facts)).Raw("facets", facts.FacetsJson());
  return fields.Flag("deleted", entity.deleted || SameWord(state, "DROP")).Done();
}

Result<std::string> MarquezDatasetJson(const MarquezAsk& ask, EntityInfo entity) {
  auto facts = NodeFacts::Read(ask, entity.node);
  if (!facts) return facts.error();
  auto version = CurrentDatasetVersion(ask, entity.node);
  if (!version) return version.error();
  const std::optional<Timestamp> modified_at = ModifiedAt(ask, entity.node);
  return MarquezDatasetJson(ask, {std::move(entity), std::move(*facts), modified_at, std::move(*version)});
}

}  // namespace cairn
