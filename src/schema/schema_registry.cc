#include "schema/schema_registry.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "access/tokens.h"
#include "base/json.h"
#include "base/nearest.h"
#include "record/wide_integers.h"
#include "schema/built_in_schemas.h"
#include "schema/json_canonical.h"
#include "schema/schema_program.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;
constexpr std::size_t kKindBytesMax = 200;
constexpr std::string_view kTypeKind = "kind";

/// Of this process: two that register the same kind follow each other. Between processes the later one stands.
std::mutex& WriteMutex() {
  static std::mutex mutex;
  return mutex;
}

std::string_view TextOf(Element payload, const char* key) {
  std::string_view text;
  return payload[key].get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

Status CheckKind(std::string_view kind) {
  const auto wrong = [](std::string_view what) { return Status(StatusCode::kInvalidArgument, std::string(what)); };
  if (kind.empty() || kind.size() > kKindBytesMax || !IsUtf8(kind)) return wrong("a kind is a text of 1 to 200 bytes");
  if (kind.starts_with("openlineage."))
    return wrong("OpenLineage's events have schemas of their own; a schema here is for the payloads of records");
  if (kind == kKindRecordSchema || kind == kKindSchemaChange || kind == kKindAccessToken)
    return wrong(fmt::format("the kind {} is the service's own", kind));
  return Status::Ok();
}

/// Whether two texts are the same schema.
bool AreSame(std::string_view a, std::string_view b) {
  simdjson::dom::parser parser;
  Element element;
  if (parser.parse(a.data(), a.size(), true).get(element) != simdjson::SUCCESS) return false;
  const std::string canonical = CanonicalJson(element);
  return parser.parse(b.data(), b.size(), true).get(element) == simdjson::SUCCESS &&
         canonical == CanonicalJson(element);
}

SchemaInfo InfoOf(const BuiltInSchema& built_in) {
  SchemaInfo info;
  info.kind = built_in.kind;
  info.schema = built_in.schema;
  info.changed_by = "cairn";
  return info;
}

}  // namespace

std::string_view SchemaModeName(SchemaMode mode) {
  constexpr std::array<std::string_view, 3> kNames{"off", "warn", "strict"};
  return kNames[static_cast<std::size_t>(mode)];
}

Result<SchemaMode> ParseSchemaMode(std::string_view word) {
  for (const SchemaMode mode : {SchemaMode::kOff, SchemaMode::kWarn, SchemaMode::kStrict}) {
    if (SchemaModeName(mode) == word) return mode;
  }
  return Status(StatusCode::kInvalidArgument, fmt::format("mode \"{}\": it is strict, warn or off", word));
}

std::string_view SchemaCompatibilityName(SchemaCompatibility compatibility) {
  return compatibility == SchemaCompatibility::kBackward ? "backward" : "none";
}

Result<SchemaCompatibility> ParseSchemaCompatibility(std::string_view word) {
  if (word == "backward") return SchemaCompatibility::kBackward;
  if (word == "none") return SchemaCompatibility::kNone;
  return Status(StatusCode::kInvalidArgument, fmt::format("compatibility \"{}\": it is backward or none", word));
}

std::string SchemaInfoJson(const SchemaInfo& info, bool with_schema) {
  return fmt::format(
      R"({{"kind":{},"version":{},"mode":"{}","compatibility":"{}","changed_by":{},"changed_at":{}{}{}}})",
      JsonString(info.kind), info.version, SchemaModeName(info.mode), SchemaCompatibilityName(info.compatibility),
      JsonString(info.changed_by), info.changed_at ? '"' + FormatTimestamp(*info.changed_at) + '"' : "null",
      with_schema ? ",\"schema\":" : "", with_schema ? info.schema : "");
}

NodeKey SchemaNodeOf(std::string_view tenant, std::string_view kind) {
  return {std::string(tenant), std::string(kTypeKind), "", std::string(kind), ""};
}

NodeKey SchemaChangeNode() { return SchemaNodeOf(kSystemTenant, "*"); }

Result<SchemaInfo> ReadSchemaFact(const Fact& fact) {
  const Status damaged(StatusCode::kDataLoss,
                       fmt::format("record {} is no schema; register it anew", fact.seq().value));
  auto details = fact.Parse();
  if (!details) return details.error();
  simdjson::dom::parser parser;
  Element payload;
  Element schema;
  SchemaInfo info;
  info.kind = details->node.name;
  if (parser.parse(details->payload).get(payload) != simdjson::SUCCESS ||
      payload["schema"].get(schema) != simdjson::SUCCESS ||
      payload["version"].get_uint64().get(info.version) != simdjson::SUCCESS) {
    return damaged;
  }
  const auto mode = ParseSchemaMode(TextOf(payload, "mode"));
  const auto compatibility = ParseSchemaCompatibility(TextOf(payload, "compatibility"));
  if (!mode || !compatibility) return damaged;
  info.schema = simdjson::minify(schema);
  info.mode = *mode;
  info.compatibility = *compatibility;
  info.changed_by = TextOf(payload, "changed_by");
  info.changed_at = fact.produced_at();
  return info;
}

Result<std::vector<SchemaChange>> SchemaChanges(Repository& repository) {
  auto facts = repository.History(kKindSchemaChange, SchemaChangeNode());
  if (!facts) return facts.error();
  std::set<std::pair<std::string, std::string>> all;
  simdjson::dom::parser parser;
  for (const Fact& fact : *facts) {
    auto details = fact.Parse();
    if (!details) return details.error();
    Element payload;
    if (parser.parse(details->payload).get(payload) != simdjson::SUCCESS) continue;
    all.emplace(TextOf(payload, "tenant"), TextOf(payload, "kind"));
  }
  std::vector<SchemaChange> out;
  for (const auto& [tenant, kind] : all) out.push_back({tenant, kind});
  return out;
}

Result<std::optional<SchemaInfo>> SchemaRegistry::Newest(const std::string& kind) {
  auto fact = repository_.Latest(kKindRecordSchema, SchemaNodeOf(tenant_, kind));
  if (fact) {
    auto info = ReadSchemaFact(*fact);
    if (!info) return info.error();
    return std::optional<SchemaInfo>(std::move(*info));
  }
  if (fact.error().code() != StatusCode::kNotFound) return fact.error();
  const BuiltInSchema* built_in = FindBuiltInSchema(kind);
  if (built_in == nullptr) return std::optional<SchemaInfo>();
  return std::optional<SchemaInfo>(InfoOf(*built_in));
}

Status SchemaRegistry::Write(const SchemaInfo& info, Timestamp at) {
  RecordDraft draft;
  draft.kind = kKindRecordSchema;
  draft.target = SchemaNodeOf(tenant_, info.kind);
  draft.produced_at = at;
  draft.producer_id = "cairn.schema";
  draft.payload = fmt::format(R"({{"schema":{},"version":{},"mode":"{}","compatibility":"{}","changed_by":{}}})",
                              info.schema, info.version, SchemaModeName(info.mode),
                              SchemaCompatibilityName(info.compatibility), JsonString(info.changed_by));
  RecordDraft change = draft;
  change.kind = kKindSchemaChange;
  change.target = SchemaChangeNode();
  change.payload = fmt::format(R"({{"tenant":{},"kind":{},"version":{}}})", JsonString(tenant_), JsonString(info.kind),
                               info.version);
  const std::string jsons[] = {draft.ToJson(), change.ToJson()};
  const std::string_view views[] = {jsons[0], jsons[1]};
  for (const auto& stored : repository_.BulkStore(views)) {
    if (!stored) return stored.error();
  }
  return Status::Ok();
}

Result<SchemaInfo> SchemaRegistry::Register(const Request& request) {
  if (Status status = CheckKind(request.kind); !status.ok()) return status;
  auto program = SchemaProgram::Compile(request.schema);
  if (!program) return program.error();
  const std::lock_guard lock(WriteMutex());
  auto newest = Newest(request.kind);
  if (!newest) return newest.error();
  SchemaInfo info;
  info.kind = request.kind;
  info.mode = SchemaMode::kStrict;
  const bool is_new = !newest->has_value();
  if (!is_new) info = **newest;
  info.mode = request.mode.value_or(info.mode);
  info.compatibility = request.compatibility.value_or(info.compatibility);
  const bool is_same = !is_new && AreSame(info.schema, request.schema);
  if (is_same && info.mode == (*newest)->mode && info.compatibility == (*newest)->compatibility) return info;
  if (!is_new && !is_same) {
    auto before = SchemaProgram::Compile(info.schema);
    if (!before) return before.error().WithContext("the version before");
    const auto narrowing = info.compatibility == SchemaCompatibility::kBackward ? FindNarrowing(**before, **program)
                                                                                : std::optional<SchemaViolation>();
    if (narrowing) {
      return Status(StatusCode::kFailedPrecondition,
                    fmt::format("it does not take all that version {} of {} takes: at \"{}\": {}; compatibility none "
                                "takes it all the same",
                                info.version, info.kind, narrowing->pointer, narrowing->words));
    }
    ++info.version;
  }
  if (!is_same) info.schema = request.schema;
  info.changed_by = request.changed_by;
  // Clocks go back; this must be the newest.
  Timestamp at = clock_.Now();
  if (!is_new && (*newest)->changed_at) at = std::max(at, Timestamp{(*newest)->changed_at->ns + 1});
  info.changed_at = at;
  if (Status status = Write(info, at); !status.ok()) return status;
  return info;
}

Result<SchemaInfo> SchemaRegistry::SetMode(const std::string& kind, SchemaMode mode, const std::string& by) {
  auto standing = Get(kind);
  if (!standing) return standing.error();
  return Register({kind, standing->schema, mode, {}, by});
}

Result<SchemaInfo> SchemaRegistry::Get(const std::string& kind, std::optional<std::uint64_t> version) {
  auto newest = Newest(kind);
  if (!newest) return newest.error();
  if (!*newest) {
    std::vector<std::string> words;
    for (const BuiltInSchema& one : BuiltInSchemas()) words.emplace_back(one.kind);
    const auto near = Nearest(kind, words, 1);
    return Status(StatusCode::kNotFound,
                  fmt::format("the kind \"{}\" has no schema{}", kind,
                              near.empty() ? "" : fmt::format("; did you mean {}?", near.front())));
  }
  if (!version || (*newest)->version == *version) return std::move(**newest);
  const BuiltInSchema* built_in = FindBuiltInSchema(kind);
  auto facts = repository_.History(kKindRecordSchema, SchemaNodeOf(tenant_, kind));
  if (!facts) return facts.error();
  std::optional<SchemaInfo> found;
  if (built_in != nullptr && *version == 1) found = InfoOf(*built_in);
  for (const Fact& fact : *facts) {
    auto info = ReadSchemaFact(fact);
    if (info && info->version == *version) found = std::move(*info);
  }
  if (found) return std::move(*found);
  return Status(StatusCode::kNotFound, fmt::format("the schema of {} has no version {}; the newest is {}", kind,
                                                   *version, (*newest)->version));
}

Result<std::vector<SchemaInfo>> SchemaRegistry::List() {
  std::set<std::string> kinds;
  for (const BuiltInSchema& one : BuiltInSchemas()) kinds.emplace(one.kind);
  auto changes = SchemaChanges(repository_);
  if (!changes) return changes.error();
  for (const SchemaChange& change : *changes) {
    if (change.tenant == tenant_) kinds.insert(change.kind);
  }
  std::vector<SchemaInfo> out;
  for (const std::string& kind : kinds) {
    auto newest = Newest(kind);
    if (!newest) return newest.error();
    if (*newest) out.push_back(std::move(**newest));
  }
  return out;
}

Result<std::vector<SchemaViolation>> SchemaRegistry::Validate(const std::string& kind, std::string_view payload) {
  auto info = Get(kind);
  if (!info) return info.error();
  auto program = SchemaProgram::Compile(info->schema);
  if (!program) return program.error();
  simdjson::dom::parser parser;
  Element value;
  simdjson::error_code error = parser.parse(payload.data(), payload.size(), true).get(value);
  if (error == simdjson::NUMBER_ERROR) {
    const auto widened = WidenIntegers(payload);  // As the store takes it.
    if (widened) error = parser.parse(*widened).get(value);
  }
  if (error != simdjson::SUCCESS) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("the payload is no JSON: {}", simdjson::error_message(error)));
  }
  return (*program)->Check(value, payload.size());
}

}  // namespace cairn
