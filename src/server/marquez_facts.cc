#include "server/marquez_facts.h"

#include <algorithm>

#include "base/json_fields.h"
#include "record/facet_map.h"
#include "record/openlineage_json.h"
#include "service/answer_json.h"

namespace cairn {

Result<NodeFacts> NodeFacts::Read(const MarquezAsk& ask, const NodeKey& node) {
  NodeFacts out;
  auto newest = ask.repository.Newest(node);
  if (!newest && newest.error().code() == StatusCode::kNotFound) return out;
  if (!newest) return newest.error();
  std::stable_sort(newest->begin(), newest->end(),
                   [](const KindFact& a, const KindFact& b) { return a.fact.seq() < b.fact.seq(); });
  for (std::size_t i = 0; i < newest->size();) {
    const Fact& fact = (*newest)[i].fact;
    std::vector<std::string_view> kinds;
    for (; i < newest->size() && (*newest)[i].fact.seq() == fact.seq(); ++i) {
      if ((*newest)[i].fact.facet() == Fact::kWholeRecord) {
        out.TakeRecord((*newest)[i]);
      } else {
        kinds.push_back((*newest)[i].kind);
      }
    }
    if (kinds.empty()) continue;
    auto event = ask.memory->Record(fact.seq(), newest->at(i - 1).fact.record());
    if (event == nullptr) continue;
    out.TakeFacets(*event, node, kinds, fact.produced_at());
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

std::string NodeFacts::FacetsJson() const {
  JsonFields fields;
  for (const auto& [key, stated] : facets_) fields.Raw(key, simdjson::minify(stated.value));
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
