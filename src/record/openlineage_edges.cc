#include "record/openlineage_edges.h"

namespace cairn {
namespace {

struct Influence {
  bool direct = false;
  bool indirect = false;
  std::uint32_t direct_step = 0;
  std::uint32_t indirect_step = 0;
};

/// What several transformations of one source say together.
struct StepTexts {
  std::string subtype;
  std::string description;
  bool masking = false;

  void Add(Object transformation) {
    Append(Text(transformation, "subtype"), subtype);
    Append(Text(transformation, "description"), description);
    bool masks = false;
    if (transformation.at_key("masking").get_bool().get(masks) == simdjson::SUCCESS) masking = masking || masks;
  }
  static void Append(std::string_view text, std::string& to) {
    if (text.empty()) return;
    if (!to.empty()) to += ", ";
    to += text;
  }
  std::uint32_t In(StatementBuilder& builder) const { return builder.Step({subtype, description, masking}); }
};

/// Without a transformation of a stated type it is direct: that is what the facet's first version meant. `field` is the
/// entry that held its transformation then.
Influence InfluenceOf(Object source, std::optional<Object> field, StatementBuilder& builder) {
  Influence out;
  StepTexts direct;
  StepTexts indirect;
  if (const auto transformations = AsArray(Member(source, "transformations"))) {
    for (const Element element : *transformations) {
      const auto transformation = AsObject(element);
      if (!transformation) continue;
      const bool is_indirect = SameWord(Text(*transformation, "type"), "INDIRECT");
      (is_indirect ? out.indirect : out.direct) = true;
      (is_indirect ? indirect : direct).Add(*transformation);
    }
  }
  if (!out.indirect) out.direct = true;
  if (field && direct.subtype.empty() && direct.description.empty()) {
    direct.subtype = Text(*field, "transformationType");
    direct.description = Text(*field, "transformationDescription");
    direct.masking = direct.masking || SameWord(direct.subtype, "MASKED");
  }
  if (out.direct) out.direct_step = direct.In(builder);
  if (out.indirect) out.indirect_step = indirect.In(builder);
  return out;
}

void Derive(const Influence& influence, std::uint32_t from, std::uint32_t to, StatementBuilder& builder) {
  if (influence.direct) builder.Edge(EdgeType::kDerives, from, to, influence.direct_step);
  if (influence.indirect) builder.Edge(EdgeType::kInfluences, from, to, influence.indirect_step);
}

/// `of_field` is the target's entry; none where the target is the whole dataset.
void StateInputFields(Array inputs, std::optional<Object> of_field, std::uint32_t target, StatementBuilder& builder) {
  for (const Element element : inputs) {
    const auto input = AsObject(element);
    if (!input) continue;
    const std::string_view name = Text(*input, "name");
    const std::string_view field = Text(*input, "field");
    if (name.empty() || field.empty()) continue;
    const std::uint32_t source = builder.Node(kTypeField, Text(*input, "namespace"), name, field);
    if (source == target) continue;  // A field that is what it was.
    Influence influence = InfluenceOf(*input, of_field, builder);
    if (!of_field) {
      // What affects every row does so by filtering, joining, grouping or sorting, whatever its type says.
      const std::uint32_t step = influence.indirect ? influence.indirect_step : influence.direct_step;
      influence = {false, true, 0, step};
    }
    Derive(influence, source, target, builder);
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
  // Between fields of one dataset there is nothing to say of the dataset, nor of a job and itself.
  const bool says_nothing = source.node == target.node && (source.is_job || source.field || target.field);
  if (!says_nothing) connect(source.node, target.node);
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
    StateSource(*source, target, InfluenceOf(*entry, std::nullopt, builder), builder);
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
      if (inputs && !name.empty()) StateInputFields(*inputs, *field, builder.Field(dataset, name), builder);
    }
  }
  if (const auto inputs = AsArray(Member(facet, "dataset"))) StateInputFields(*inputs, std::nullopt, dataset, builder);
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

void StateSymlinks(Object facet, std::uint32_t dataset, StatementBuilder& builder) {
  const auto identifiers = AsArray(Member(facet, "identifiers"));
  if (!identifiers) return;
  for (const Element element : *identifiers) {
    const auto identifier = AsObject(element);
    if (!identifier) continue;
    const std::string_view name = Text(*identifier, "name");
    if (name.empty()) continue;
    const std::uint32_t other = builder.Node(kTypeDataset, Text(*identifier, "namespace"), name);
    if (other == dataset) continue;
    builder.Edge(EdgeType::kSame, dataset, other);
    builder.Edge(EdgeType::kSame, other, dataset);
  }
}

void StateLifecycle(Object facet, std::uint32_t dataset, StatementBuilder& builder) {
  const std::string_view change = Text(facet, "lifecycleStateChange");
  if (SameWord(change, "DROP") || SameWord(change, "TRUNCATE")) {
    builder.out().ends.push_back({dataset, SameWord(change, "TRUNCATE")});
  }
  if (!SameWord(change, "RENAME")) return;
  const auto before = AsObject(Member(facet, "previousIdentifier"));
  const std::string_view name = before ? Text(*before, "name") : std::string_view{};
  if (name.empty()) return;
  const std::uint32_t previous = builder.Node(kTypeDataset, Text(*before, "namespace"), name);
  if (previous == dataset) return;
  builder.BeginClaim({ClaimScope::kRename, dataset});
  builder.Edge(EdgeType::kRenames, previous, dataset);
  builder.EndClaim();
}

}  // namespace cairn
