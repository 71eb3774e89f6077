#include "record/openlineage_edges.h"

namespace cairn {
namespace {

struct Influence {
  bool direct = false;
  bool indirect = false;
};

/// Without a transformation of a stated type it is direct: that is what the facet's first version meant.
Influence InfluenceOf(Object source) {
  Influence out;
  if (const auto transformations = AsArray(Member(source, "transformations"))) {
    for (const Element element : *transformations) {
      const auto transformation = AsObject(element);
      if (!transformation) continue;
      (SameWord(Text(*transformation, "type"), "INDIRECT") ? out.indirect : out.direct) = true;
    }
  }
  if (!out.indirect) out.direct = true;
  return out;
}

void Derive(const Influence& influence, std::uint32_t from, std::uint32_t to, StatementBuilder& builder) {
  if (influence.direct) builder.Edge(EdgeType::kDerives, from, to);
  if (influence.indirect) builder.Edge(EdgeType::kInfluences, from, to);
}

void StateInputFields(Array inputs, std::uint32_t target, StatementBuilder& builder, bool whole_dataset) {
  for (const Element element : inputs) {
    const auto input = AsObject(element);
    if (!input) continue;
    const std::string_view name = Text(*input, "name");
    const std::string_view field = Text(*input, "field");
    if (name.empty() || field.empty()) continue;
    const std::uint32_t source = builder.Node(kTypeField, Text(*input, "namespace"), name, field);
    // What affects every row does so by filtering, joining, grouping or sorting, whatever its type says.
    Derive(whole_dataset ? Influence{false, true} : InfluenceOf(*input), source, target, builder);
  }
}

/// A source or target of explicit lineage: a dataset or job, and the field of the dataset where one is named.
struct Entity {
  std::uint32_t node = 0;
  bool is_job = false;
  std::optional<std::uint32_t> field;
};

/// `own_job` stands in for a job that is not named. None where the entry names nothing.
std::optional<Entity> ReadEntity(Object entry, std::optional<std::uint32_t> own_job, StatementBuilder& builder) {
  const std::string_view type = Text(entry, "type");
  const std::string_view ns = Text(entry, "namespace");
  const std::string_view name = Text(entry, "name");
  if (SameWord(type, "JOB")) {
    if (!name.empty()) return Entity{builder.Node(kTypeJob, ns, name), true, {}};
    if (!ns.empty() || !own_job) return std::nullopt;
    return Entity{*own_job, true, {}};
  }
  if ((!type.empty() && !SameWord(type, "DATASET")) || name.empty()) return std::nullopt;
  return Entity{builder.Node(kTypeDataset, ns, name), false, {}};
}

void StateSource(const Entity& source, const Entity& target, const Influence& influence, StatementBuilder& builder) {
  const auto connect = [&](std::uint32_t from, std::uint32_t to) {
    if (source.is_job) {
      builder.Edge(target.is_job ? EdgeType::kTriggers : EdgeType::kWrites, from, to);
    } else if (target.is_job) {
      builder.Edge(EdgeType::kReads, from, to);
    } else {
      Derive(influence, from, to, builder);
    }
  };
  if (source.field || target.field) {
    connect(source.field.value_or(source.node), target.field.value_or(target.node));
  }
  connect(source.node, target.node);
}

void StateSources(std::optional<Element> inputs, const Entity& target, std::optional<std::uint32_t> own_job,
                  StatementBuilder& builder) {
  const auto entries = AsArray(inputs);
  if (!entries) return;
  for (const Element element : *entries) {
    const auto entry = AsObject(element);
    if (!entry) continue;
    auto source = ReadEntity(*entry, own_job, builder);
    if (!source) continue;
    const std::string_view field = Text(*entry, "field");
    if (!source->is_job && !field.empty()) source->field = builder.Field(source->node, field);
    StateSource(*source, target, InfluenceOf(*entry), builder);
  }
}

/// `inputs` and `fields` of a target.
void StateTarget(Object entry, const Entity& target, std::optional<std::uint32_t> own_job, StatementBuilder& builder) {
  StateSources(Member(entry, "inputs"), target, own_job, builder);
  const auto fields = AsObject(Member(entry, "fields"));
  if (!fields || target.is_job) return;
  for (const auto [name, value] : *fields) {
    const auto field = AsObject(value);
    if (!field || name.empty()) continue;
    const Entity of_field{target.node, false, builder.Field(target.node, name)};
    StateSources(Member(*field, "inputs"), of_field, own_job, builder);
  }
}

}  // namespace

void StateColumnLineage(Object facet, std::uint32_t dataset, StatementBuilder& builder) {
  if (const auto fields = AsObject(Member(facet, "fields"))) {
    for (const auto [name, value] : *fields) {
      const auto field = AsObject(value);
      const auto inputs = field ? AsArray(Member(*field, "inputFields")) : std::nullopt;
      if (inputs && !name.empty()) StateInputFields(*inputs, builder.Field(dataset, name), builder, false);
    }
  }
  if (const auto inputs = AsArray(Member(facet, "dataset"))) StateInputFields(*inputs, dataset, builder, true);
}

void StateDatasetLineage(Object facet, std::uint32_t dataset, std::optional<std::uint32_t> job,
                         StatementBuilder& builder) {
  StateTarget(facet, Entity{dataset, false, {}}, job, builder);
}

void StateJobLineage(Object facet, std::uint32_t job, StatementBuilder& builder) {
  const auto entries = AsArray(Member(facet, "entries"));
  if (!entries) return;
  for (const Element element : *entries) {
    const auto entry = AsObject(element);
    if (!entry) continue;
    if (const auto target = ReadEntity(*entry, job, builder)) StateTarget(*entry, *target, job, builder);
  }
}

}  // namespace cairn
