#include "schema/schema_gate.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "base/contains.h"
#include "record/wide_integers.h"
#include "schema/schema_program.h"
#include "schema/schema_registry.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;
constexpr std::size_t kSmallBytes = std::size_t{64} << 10;

/// A schema in force.
struct Active {
  std::uint64_t version = 0;
  SchemaMode mode = SchemaMode::kOff;
  std::shared_ptr<const SchemaProgram> program;  ///< Null: it cannot be used.
  std::string error;
};

/// One for each thread that stores: keeps its memory.
struct GateParser {
  simdjson::dom::parser parser;
  std::size_t depth = 0;

  bool Parse(std::string_view json, std::size_t depth_max, Element* out) {
    if ((depth != depth_max || parser.capacity() < json.size()) &&
        parser.allocate(std::max(json.size(), kSmallBytes), depth_max) != simdjson::SUCCESS) {
      return false;
    }
    depth = depth_max;
    const auto code = parser.parse(json.data(), json.size(), true).get(*out);
    if (code != simdjson::NUMBER_ERROR) return code == simdjson::SUCCESS;
    const auto widened = WidenIntegers(json);  // As the store takes it.
    return widened && Parse(*widened, depth_max, out);
  }
};

std::string ViolationsText(const std::vector<SchemaViolation>& violations) {
  constexpr std::size_t kTold = 3;
  std::string out;
  for (std::size_t i = 0; i < violations.size() && i < kTold; ++i) {
    out += fmt::format("{}payload{}: {}", i == 0 ? "" : "; ", violations[i].pointer, violations[i].words);
  }
  if (violations.size() > kTold) out += fmt::format("; and {} more", violations.size() - kTold);
  return out;
}

}  // namespace

struct SchemaGate::Table {
  std::map<std::string, std::map<std::string, Active, std::less<>>, std::less<>> by_tenant;
  /// Where there are few kinds: what a record of one of them must contain, so that others need not be read.
  std::vector<std::string> words;
  static constexpr std::size_t kWordsMax = 4;

  [[nodiscard]] const Active* Find(std::string_view tenant, std::string_view kind) const {
    const auto kinds = by_tenant.find(tenant);
    if (kinds == by_tenant.end()) return nullptr;
    const auto found = kinds->second.find(kind);
    return found == kinds->second.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool MayConcern(std::string_view json) const {
    if (by_tenant.empty()) return false;
    if (words.empty()) return true;
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return JsonMayContain(json, word); });
  }
};

SchemaGate::SchemaGate(Repository& repository, const Options& options)
    : repository_(repository), changes_(ChangesOf(repository)), options_(options) {}
SchemaGate::~SchemaGate() = default;

// Decided by what was said about the node of changes at all: of two registrations the later one may bear the earlier
// time, and be no latest fact.
Result<std::shared_ptr<const SchemaGate::Table>> SchemaGate::Current() {
  if (changes_ == nullptr) return Load();
  {
    const std::shared_lock lock(mutex_);
    if (table_ != nullptr && changes_->Unchanged(mark_)) return table_;
  }
  const auto mark = changes_->Mark();
  if (!mark) return mark.error();
  const auto places = changes_->PlacesOf(std::array{SchemaChangeNode()});
  {
    const std::unique_lock lock(mutex_);
    bool stands = table_ != nullptr && !places;
    if (table_ != nullptr && places && places_) {
      auto touched = changes_->Touched(mark_, *places_);
      if (!touched) return touched.error();
      stands = !*touched;
    }
    if (stands) {
      mark_ = std::max(mark_, *mark);
      return table_;
    }
  }
  auto loaded = Load();
  if (!loaded) return loaded.error();
  const std::unique_lock lock(mutex_);
  if (table_ == nullptr || mark_ <= *mark) {
    table_ = *loaded;
    mark_ = *mark;
    places_ = places;
  }
  return *loaded;
}

Result<std::shared_ptr<const SchemaGate::Table>> SchemaGate::Load() {
  if (const auto newest = repository_.Latest(kKindSchemaChange, SchemaChangeNode()); !newest) {
    const StatusCode code = newest.error().code();
    // A service that does not tell holds to them itself.
    if (code != StatusCode::kNotFound && code != StatusCode::kPermissionDenied) return newest.error();
    return std::make_shared<const Table>();
  }
  auto table = std::make_shared<Table>();
  auto changes = SchemaChanges(repository_);
  if (!changes) return changes.error();
  bool is_plain = true;
  for (const SchemaChange& change : *changes) {
    auto fact = repository_.Latest(kKindRecordSchema, SchemaNodeOf(change.tenant, change.kind));
    if (!fact && fact.error().code() == StatusCode::kNotFound) continue;
    Active active;
    Status status = fact.status();
    if (fact) {
      auto info = ReadSchemaFact(*fact);
      status = info.status();
      if (info && info->mode == SchemaMode::kOff) continue;
      if (info) {
        active.version = info->version;
        active.mode = info->mode;
        auto program = SchemaProgram::Compile(info->schema);
        status = program.status();
        if (program) active.program = std::move(*program);
      }
    }
    // A schema that cannot be used is not passed over.
    if (active.program == nullptr) {
      active.mode = SchemaMode::kStrict;
      active.error = status.message();
    }
    is_plain = is_plain && change.kind.find_first_of("\"\\/") == std::string::npos;
    table->words.push_back(change.kind + '"');
    table->by_tenant[change.tenant].emplace(change.kind, std::move(active));
  }
  if (!is_plain || table->words.size() > Table::kWordsMax) table->words.clear();
  return std::shared_ptr<const Table>(std::move(table));
}

std::vector<SchemaGate::Finding> SchemaGate::Check(std::span<const std::string_view> jsons) {
  static thread_local GateParser parser;
  std::vector<Finding> out;
  auto current = Current();
  const auto say = [&](std::size_t index, StatusCode code, std::string words) {
    out.push_back({index, Status(code, std::move(words)), {}});
  };
  if (!current) {
    for (std::size_t i = 0; i < jsons.size(); ++i) out.push_back({i, current.error().WithContext("schemas"), {}});
    return out;
  }
  const Table& table = **current;
  for (std::size_t i = 0; i < jsons.size(); ++i) {
    const std::string_view json = jsons[i];
    const bool may_be_schema = !options_.takes_schemas && JsonMayContain(json, kKindRecordSchema);
    if (!may_be_schema && !table.MayConcern(json)) continue;
    Element record;
    std::string_view kind;
    // What cannot be read is the store's to refuse; events have no kind.
    if (!parser.Parse(json, options_.depth_max, &record) || record["kind"].get_string().get(kind) != simdjson::SUCCESS)
      continue;
    if (may_be_schema && (kind == kKindRecordSchema || kind == kKindSchemaChange)) {
      say(i, StatusCode::kInvalidArgument,
          "a schema is registered: PUT /api/v1/kinds/KIND, or `cairn schema register`");
      continue;
    }
    std::string_view tenant;
    if (record["context"]["tenant"].get_string().get(tenant) != simdjson::SUCCESS) tenant = {};
    const Active* active = table.Find(tenant, kind);
    Element payload;
    if (active == nullptr || record["payload"].get(payload) != simdjson::SUCCESS) continue;
    if (active->program == nullptr) {
      say(i, StatusCode::kFailedPrecondition, fmt::format("the schema of {} cannot be used: {}", kind, active->error));
      continue;
    }
    const auto violations = active->program->Check(payload, json.size());
    if (violations.empty()) continue;
    std::string words = fmt::format("not as version {} of the schema of {} says: {}", active->version, kind,
                                    ViolationsText(violations));
    if (active->mode == SchemaMode::kWarn) {
      out.push_back({i, Status::Ok(), std::move(words)});
    } else {
      say(i, StatusCode::kInvalidArgument, std::move(words));
    }
  }
  return out;
}

}  // namespace cairn
