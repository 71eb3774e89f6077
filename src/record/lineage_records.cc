#include "record/lineage_records.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "cairn/record.h"
#include "record/openlineage_json.h"
#include "record/statement_builder.h"

namespace cairn {
namespace {

Status Wrong(std::string_view member, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("payload.{}: {}", member, what)};
}

// The types that a graph knows; a constant, as `StatementBuilder::Node` asks for.
std::string_view Constant(std::string_view type, StatementBuilder& builder) {
  for (const std::string_view known : {kTypeDataset, kTypeField, kTypeJob, kTypeRun, kTypeFile}) {
    if (type == known) return known;
  }
  return builder.Keep(type);
}

// A node as an id, `dataset:crm:orders`, or as its parts.
Status ReadNode(Element value, std::string_view member, StatementBuilder& builder, std::uint32_t* out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) {
    const auto key = ParseNodeId(text);
    if (!key) return key.error().WithContext(fmt::format("payload.{}", member));
    *out = builder.Node(Constant(key->type, builder), key->ns, key->name, key->part);
    return Status::Ok();
  }
  const auto object = AsObject(value);
  if (!object) return Wrong(member, "expected a node id, or an object with namespace and name");
  const std::string_view name = Text(*object, "name");
  if (name.empty()) return Wrong(fmt::format("{}.name", member), "missing");
  const std::string_view field = Text(*object, "field");
  std::string_view type = Text(*object, "type");
  if (type.empty()) type = field.empty() ? kTypeDataset : kTypeField;
  *out = builder.Node(Constant(type, builder), Text(*object, "namespace"), name, field);
  return Status::Ok();
}

Status ReadTime(std::optional<Element> value, std::string_view member, Timestamp* out) {
  if (!value) return Status::Ok();
  std::string_view text;
  if (value->get_string().get(text) != simdjson::SUCCESS) return Wrong(member, "expected a time as text");
  const auto time = ParseTimestamp(text);
  if (!time) return time.error().WithContext(fmt::format("payload.{}", member));
  *out = *time;
  return Status::Ok();
}

struct NamedType {
  std::string_view name;
  EdgeType type;
};
constexpr std::array kTypes = {
    NamedType{"reads", EdgeType::kReads},           NamedType{"writes", EdgeType::kWrites},
    NamedType{"derives", EdgeType::kDerives},       NamedType{"triggers", EdgeType::kTriggers},
    NamedType{"influences", EdgeType::kInfluences}, NamedType{"contains", EdgeType::kContains},
};

Status ReadType(std::string_view name, const NodeView& from, const NodeView& to, EdgeType* out) {
  if (name.empty()) {
    const bool job_from = from.type == kTypeJob;
    const bool job_to = to.type == kTypeJob;
    *out = job_from && job_to ? EdgeType::kTriggers
           : job_from         ? EdgeType::kWrites
           : job_to           ? EdgeType::kReads
                              : EdgeType::kDerives;
    return Status::Ok();
  }
  for (const NamedType& known : kTypes) {
    if (!SameWord(known.name, name)) continue;
    *out = known.type;
    return Status::Ok();
  }
  return Wrong("type", "it is one of reads, writes, derives, triggers, influences, contains");
}

Status StateEdge(Element payload, const ParsedRecord& record, StatementBuilder& builder) {
  const auto members = AsObject(payload);
  if (!members) return {StatusCode::kInvalidArgument, "payload: expected an object"};
  const NodeView& target = record.target;
  const std::uint32_t own = builder.Node(Constant(target.type, builder), target.ns, target.name, target.part);
  const auto from_value = Member(*members, "from");
  if (!from_value) return Wrong("from", "missing");
  std::uint32_t from = 0;
  std::uint32_t to = own;
  if (Status status = ReadNode(*from_value, "from", builder, &from); !status.ok()) return status;
  if (const auto value = Member(*members, "to")) {
    if (Status status = ReadNode(*value, "to", builder, &to); !status.ok()) return status;
    const NodeView& stated = builder.out().nodes[to];
    const bool of_target = stated.ns == target.ns && stated.name == target.name &&
                           (stated.type == target.type || stated.type == kTypeField);
    if (!of_target) return Wrong("to", "neither the target nor a field of it");
  }
  StepStatement step;
  EdgeType type{};
  const auto& nodes = builder.out().nodes;
  if (Status status = ReadType(Text(*members, "type"), nodes[from], nodes[to], &type); !status.ok()) return status;
  if (const auto transformation = AsObject(Member(*members, "transformation"))) {
    step.subtype = Text(*transformation, "subtype");
    step.description = Text(*transformation, "description");
    if (transformation->at_key("masking").get_bool().get(step.masking) != simdjson::SUCCESS) step.masking = false;
    if (type == EdgeType::kDerives && SameWord(Text(*transformation, "type"), "INDIRECT")) {
      type = EdgeType::kInfluences;
    }
  }
  if (const auto value = Member(*members, "priority")) {
    std::int64_t priority = 0;
    if (value->get_int64().get(priority) != simdjson::SUCCESS ||
        priority != static_cast<std::int64_t>(static_cast<std::int32_t>(priority))) {
      return Wrong("priority", "expected a whole number of 32 bits");
    }
    step.priority = static_cast<std::int32_t>(priority);
  }
  DeclaredStatement declared;
  declared.valid_from = record.produced_at;
  if (Status status = ReadTime(Member(*members, "valid_from"), "valid_from", &declared.valid_from); !status.ok()) {
    return status;
  }
  if (Status status = ReadTime(Member(*members, "valid_to"), "valid_to", &declared.valid_until); !status.ok()) {
    return status;
  }
  if (declared.valid_until <= declared.valid_from) return Wrong("valid_to", "not after valid_from");
  bool deleted = false;
  if (members->at_key("_deleted").get_bool().get(deleted) == simdjson::SUCCESS) declared.stands = !deleted;
  builder.BeginClaim({ClaimScope::kDeclared, own});
  builder.Edge(type, from, to, builder.Step(step));
  builder.EndClaim();
  builder.out().declared = declared;
  return Status::Ok();
}

// A list of texts; nothing where it is none, or holds something else.
std::optional<std::vector<std::string_view>> Texts(Element value, StatementBuilder& builder) {
  const auto list = AsArray(value);
  if (!list) return std::nullopt;
  std::vector<std::string_view> out;
  for (const Element element : *list) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    out.push_back(builder.Keep(text));
  }
  return out;
}

// Tags and owners are kept as those of facets are: the newest statement counts, whoever made it.
bool StateAttribute(std::string_view key, Element value, std::uint32_t node, StatementBuilder& builder) {
  if (key != "tags" && key != "owners") return false;
  const auto what = key == "tags" ? AttributeStatement::What::kTags : AttributeStatement::What::kOwners;
  if (value.is_null()) {
    builder.out().attributes.push_back({what, node, true, {}});
    return true;
  }
  auto texts = Texts(value, builder);
  if (texts) builder.out().attributes.push_back({what, node, false, std::move(*texts)});
  return texts.has_value();
}

void StateFieldsOf(Object members, std::uint32_t node, StatementBuilder& builder) {
  for (const auto [key, value] : members) {
    if (key.empty() || StateAttribute(key, value, node, builder)) continue;
    builder.out().metadata.push_back({node, builder.Keep(key), builder.Keep(simdjson::minify(value))});
  }
}

void StateMetadata(Element payload, const ParsedRecord& record, StatementBuilder& builder) {
  const auto members = AsObject(payload);
  if (!members) return;
  const NodeView& target = record.target;
  const std::uint32_t own = builder.Node(Constant(target.type, builder), target.ns, target.name, target.part);
  StateFieldsOf(*members, own, builder);
  bool deleted = false;
  if (members->at_key(kMetadataDeleted).get_bool().get(deleted) == simdjson::SUCCESS && deleted) {
    builder.out().ends.push_back({own, false});
  }
  const auto fields = AsObject(Member(*members, kMetadataFields));
  if (!fields || target.type != kTypeDataset) return;
  for (const auto [name, value] : *fields) {
    const auto stated = AsObject(value);
    if (stated && !name.empty()) StateFieldsOf(*stated, builder.Field(own, name), builder);
  }
}

// Edges between the target and each node of a list; an empty list says that there are none any more.
Status StateList(Element payload, const ParsedRecord& record, StatementBuilder& builder) {
  const bool is_book = record.kind == kKindBook;
  const std::string_view member = is_book ? "files" : "contains";
  const auto members = AsObject(payload);
  if (!members) return {StatusCode::kInvalidArgument, "payload: expected an object"};
  const auto given = Member(*members, member);
  simdjson::dom::array list;
  if (!given || given->get_array().get(list) != simdjson::SUCCESS) return Wrong(member, "expected a list of nodes");
  const NodeView& target = record.target;
  const std::uint32_t own = builder.Node(Constant(target.type, builder), target.ns, target.name, target.part);
  builder.BeginClaim({is_book ? ClaimScope::kBook : ClaimScope::kContents, own});
  std::size_t at = 0;
  for (const Element value : list) {
    std::uint32_t other = 0;
    const Status read = ReadNode(value, fmt::format("{}[{}]", member, at++), builder, &other);
    if (!read.ok()) return read;
    if (other == own) return Wrong(fmt::format("{}[{}]", member, at - 1), "the target itself");
    if (is_book) {
      builder.Edge(EdgeType::kDerives, other, own);
    } else {
      builder.Edge(EdgeType::kContains, own, other);
    }
  }
  builder.EndClaim();
  return Status::Ok();
}

}  // namespace

bool StatesLineage(std::string_view kind) {
  return kind == kKindLineageEdge || kind == kKindMetadata || kind == kKindContents || kind == kKindBook;
}

Status StateLineageRecord(Element payload, const ParsedRecord& record, Arena& arena, EventStatements& statements) {
  StatementBuilder builder(arena, statements);
  if (record.kind == kKindLineageEdge) return StateEdge(payload, record, builder);
  if (record.kind == kKindContents || record.kind == kKindBook) return StateList(payload, record, builder);
  StateMetadata(payload, record, builder);
  return Status::Ok();
}

}  // namespace cairn
