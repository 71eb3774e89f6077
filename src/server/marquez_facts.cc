#include "server/marquez_facts.h"

#include <algorithm>
#include <tuple>

#include "base/json_fields.h"
#include "record/facet_map.h"
#include "record/openlineage_json.h"
#include "service/answer_json.h"

namespace cairn {

Result<std::vector<NodeKey>> NamesOf(const MarquezAsk& ask, const NodeKey& node) {
  std::vector<NodeKey> out{node};
  if (node.type != kTypeDataset) return out;
  LineageSpec spec;
  spec.node = node;
  spec.depth = 0;
  spec.filter.level = LineageLevel::kThings;
  auto graph = ask.repository.Lineage(spec);
  if (!graph && graph.error().code() == StatusCode::kNotFound) return out;
  if (!graph) return graph.error();
  for (LineageNode& one : graph->nodes) {
    if (one.hidden) continue;
    if (one.key != node) out.push_back(std::move(one.key));
    for (NodeKey& name : one.names) {
      if (name != node) out.push_back(std::move(name));
    }
  }
  for (const NodeKey& name : out) ask.memory->DependsOn(name);
  return out;
}

bool DatasetName::CountsAt(Timestamp time) const {
  return is_present || std::any_of(when.begin(), when.end(), [&](const LineageWhy::Span& span) {
           return span.from <= time && (!span.until || time < *span.until);
         });
}

// Those it has, and those that were a hop away at any time: what had one of them at another time is no name of it.
Result<std::vector<DatasetName>> EveryNameOf(const MarquezAsk& ask, const NodeKey& node) {
  auto present = NamesOf(ask, node);
  if (!present) return present.error();
  std::vector<DatasetName> names;
  for (const NodeKey& name : *present) names.push_back({name});
  LineageSpec spec;
  spec.node = node;
  spec.depth = 1;
  spec.filter.level = LineageLevel::kThings;
  spec.filter.edge_types = {"same"};
  spec.filter.time.from = Timestamp::Min();
  spec.filter.time.until = Timestamp::Max();
  auto graph = ask.repository.Lineage(spec);
  if (!graph && graph.error().code() == StatusCode::kNotFound) return names;
  if (!graph) return graph.error();
  std::sort(present->begin(), present->end());
  for (LineageNode& one : graph->nodes) {
    if (one.hidden || std::binary_search(present->begin(), present->end(), one.key)) continue;
    LineageWhySpec why;
    why.from = node;
    why.to = one.key;
    why.type = "same";
    why.limit = 1;
    auto reasons = ask.repository.Why(why);
    if (!reasons && reasons.error().code() == StatusCode::kNotFound) continue;
    if (!reasons) return reasons.error();
    ask.memory->DependsOn(one.key);
    names.push_back({std::move(one.key), false, std::move(reasons->spans)});
  }
  return names;
}

Result<NodeFacts> NodeFacts::Read(const MarquezAsk& ask, const NodeKey& node) {
  auto names = NamesOf(ask, node);
  if (!names) return names.error();
  struct Named {
    KindFact fact;
    const NodeKey* name;
  };
  std::vector<Named> newest;
  for (const NodeKey& name : *names) {
    auto facts = ask.repository.Newest(name);
    if (!facts && facts.error().code() == StatusCode::kNotFound) continue;
    if (!facts) return facts.error();
    for (KindFact& one : *facts) newest.push_back({std::move(one), &name});
  }
  std::stable_sort(newest.begin(), newest.end(), [](const Named& a, const Named& b) {
    const Fact& left = a.fact.fact;
    const Fact& right = b.fact.fact;
    return std::tuple(left.produced_at(), left.seq(), a.name) < std::tuple(right.produced_at(), right.seq(), b.name);
  });
  NodeFacts out;
  for (std::size_t i = 0; i < newest.size();) {
    const Fact& fact = newest[i].fact.fact;
    const NodeKey* const name = newest[i].name;
    std::vector<std::string_view> kinds;
    for (; i < newest.size() && newest[i].fact.fact.seq() == fact.seq() && newest[i].name == name; ++i) {
      if (newest[i].fact.fact.facet() == Fact::kWholeRecord) {
        out.TakeRecord(newest[i].fact);
      } else {
        kinds.push_back(newest[i].fact.kind);
      }
    }
    if (kinds.empty()) continue;
    auto event = ask.memory->Record(fact.seq(), fact.record());
    if (event == nullptr) continue;
    out.TakeFacets(*event, *name, kinds, fact.produced_at());
    out.read_.push_back(std::move(event));
  }
  return out;
}

// Not by way of the memory: several facets of one event, each shown alone, are records of one number.
void NodeFacts::TakeRecord(const KindFact& one) {
  // Of events only the facets are asked for, and one may be long.
  if (one.kind == kKindRunEvent || one.kind == kKindJobEvent || one.kind == kKindDatasetEvent) return;
  auto record = ReadRecord::Read(one.fact.record());
  if (record == nullptr) return;
  if (record->facet().empty()) {
    records_.insert_or_assign(one.kind, record->payload());
  } else {
    facets_.insert_or_assign(std::string(record->facet()), Stated{record->payload(), one.fact.produced_at()});
  }
  read_.push_back(std::move(record));
}

void NodeFacts::TakeFacets(ReadRecord& event, const NodeKey& node, const std::vector<std::string_view>& kinds,
                           Timestamp at) {
  for (const Object& holder : event.HoldersOf(node)) {
    for (const std::string_view member : {"facets", "inputFacets", "outputFacets"}) {
      const auto facets = AsObject(Member(holder, member));
      if (!facets) continue;
      for (const auto [key, value] : *facets) {
        if (std::find(kinds.begin(), kinds.end(), PlatformKind(key)) == kinds.end() || !value.is_object()) continue;
        facets_.insert_or_assign(std::string(key), Stated{value, at});
      }
    }
  }
}

std::optional<Object> NodeFacts::Facet(std::string_view key) const {
  const auto found = facets_.find(key);
  return found == facets_.end() ? std::nullopt : AsObject(found->second.value);
}

std::optional<Timestamp> NodeFacts::StatedAt(std::string_view key) const {
  const auto found = facets_.find(key);
  return found == facets_.end() ? std::nullopt : std::optional(found->second.at);
}

std::optional<Object> NodeFacts::Record(std::string_view kind) const {
  const auto found = records_.find(kind);
  return found == records_.end() ? std::nullopt : AsObject(found->second);
}

std::string_view NodeFacts::Text(std::string_view facet, std::string_view member) const {
  const auto object = Facet(facet);
  return object ? cairn::Text(*object, member) : std::string_view();
}

std::map<std::string, std::string> NodeFacts::Facets() const {
  std::map<std::string, std::string> out;
  for (const auto& [key, stated] : facets_) out.emplace(key, simdjson::minify(stated.value));
  return out;
}

std::string NodeFacts::FacetsJson() const {
  JsonFields fields;
  for (const auto& [key, json] : Facets()) fields.Raw(key, json);
  return fields.Done();
}

std::optional<Object> SchemaOf(const NodeFacts& facts) {
  const auto facet = facts.Facet("schema");
  return facet ? facet : facts.Record("schema_snapshot");
}

std::vector<Element> ElementsOf(std::optional<Element> list) {
  const auto array = AsArray(list);
  if (!array) return {};
  return {array->begin(), array->end()};
}

std::string MarquezFieldsJson(const MarquezAsk& ask, const NodeKey& dataset, std::optional<Object> schema) {
  JsonElements list;
  if (!schema) return list.Done();
  const auto fields = Member(*schema, "fields");
  for (const Element element : ElementsOf(fields ? fields : Member(*schema, "columns"))) {
    const auto field = AsObject(element);
    const std::string_view name = field ? cairn::Text(*field, "name") : std::string_view();
    if (name.empty()) continue;
    NodeKey node = dataset;
    node.type = kTypeField;
    node.part = name;
    const auto entity = ask.repository.Entity(node);
    JsonFields out;
    out.Text("name", name).TextOrNull("type", cairn::Text(*field, "type"));
    out.Raw("tags", entity ? JsonList(entity->tags) : "[]");
    list.Raw(out.TextOrNull("description", cairn::Text(*field, "description")).Done());
  }
  return list.Done();
}

}  // namespace cairn
