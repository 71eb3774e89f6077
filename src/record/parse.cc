#include "record/parse.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>
#include <string>

#include "base/hash.h"
#include "record/duplicate_keys.h"
#include "record/json_scan.h"
#include "record/json_tokens.h"
#include "record/last_keys.h"
#include "record/lineage_records.h"
#include "record/openlineage.h"
#include "record/openlineage_wrap.h"
#include "record/plain_record.h"
#include "record/quick_check.h"
#include "record/record_shapes.h"
#include "record/target.h"
#include "record/wide_integers.h"

namespace cairn {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kReservedKinds = "openlineage.";

Status Wrong(std::string_view field, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("{}: {}", field, what)};
}

Status JsonError(simdjson::error_code code, std::size_t depth_max) {
  switch (code) {
    case simdjson::DEPTH_ERROR:
      return {StatusCode::kResourceExhausted, fmt::format("nested deeper than {} levels", depth_max)};
    case simdjson::UTF8_ERROR:
      return {StatusCode::kInvalidArgument, "not JSON: invalid UTF-8"};
    case simdjson::UNESCAPED_CHARS:
      return {StatusCode::kInvalidArgument, "not JSON: a control character stands unescaped in a string"};
    case simdjson::UNCLOSED_STRING:
      return {StatusCode::kInvalidArgument, "not JSON: a string is not closed"};
    case simdjson::NUMBER_ERROR:
      return {StatusCode::kInvalidArgument, "not JSON: a number is malformed, or beyond a double's range"};
    case simdjson::STRING_ERROR:
      return {StatusCode::kInvalidArgument, "not JSON: a string has a bad escape"};
    case simdjson::EMPTY:
      return {StatusCode::kInvalidArgument, "empty"};
    case simdjson::MEMALLOC:
      return {StatusCode::kResourceExhausted, "out of memory"};
    default:
      return {StatusCode::kInvalidArgument, fmt::format("not JSON: {}", simdjson::error_message(code))};
  }
}

// A string member that may be absent or null.
Status ReadOptional(element value, std::string_view field, Arena& arena, std::string_view* out) {
  if (value.is_null()) return Status::Ok();
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Wrong(field, "expected a string");
  *out = arena.Copy(text);
  return Status::Ok();
}

Status ReadRequired(element value, std::string_view field, Arena& arena, std::string_view* out) {
  if (value.is_null()) return Wrong(field, "missing");
  if (Status status = ReadOptional(value, field, arena, out); !status.ok()) return status;
  return out->empty() ? Wrong(field, "empty") : Status::Ok();
}

struct ContextView {
  std::string_view tenant;
  std::string_view run_id;
  std::string_view job_id;
  std::string_view ns;
};

Status ReadContext(element value, Arena& arena, ContextView* out) {
  if (value.is_null()) return Status::Ok();
  object members;
  if (value.get_object().get(members) != simdjson::SUCCESS) return Wrong("context", "expected an object");
  for (const auto [key, member] : members) {
    Status status;
    if (key == "tenant") status = ReadOptional(member, "context.tenant", arena, &out->tenant);
    if (key == "run_id") status = ReadOptional(member, "context.run_id", arena, &out->run_id);
    if (key == "job_id") status = ReadOptional(member, "context.job_id", arena, &out->job_id);
    if (key == "namespace") status = ReadOptional(member, "context.namespace", arena, &out->ns);
    if (key == "environment") {
      std::string_view unused;
      status = ReadOptional(member, "context.environment", arena, &unused);
    }
    if (!status.ok()) return status;
  }
  return Status::Ok();
}

// The members of a record, found in one pass.
struct Members {
  element kind, target, payload, produced_at, producer_id, context;
  bool has_kind = false, has_target = false, has_payload = false, has_produced_at = false, has_producer_id = false,
       has_context = false;
};

Members FindMembers(object record) {
  Members out;
  for (const auto [key, value] : record) {
    if (key == "kind") {
      out.kind = value;
      out.has_kind = true;
    } else if (key == "target") {
      out.target = value;
      out.has_target = true;
    } else if (key == "payload") {
      out.payload = value;
      out.has_payload = true;
    } else if (key == "produced_at") {
      out.produced_at = value;
      out.has_produced_at = true;
    } else if (key == "producer_id") {
      out.producer_id = value;
      out.has_producer_id = true;
    } else if (key == "context") {
      out.context = value;
      out.has_context = true;
    }
  }
  return out;
}

Status ReadKeys(const Members& members, Arena& arena, ParsedRecord* out) {
  if (!members.has_kind) return Wrong("kind", "missing");
  if (Status status = ReadRequired(members.kind, "kind", arena, &out->kind); !status.ok()) return status;
  ContextView context;
  if (members.has_context) {
    if (Status status = ReadContext(members.context, arena, &context); !status.ok()) return status;
  }
  if (!members.has_target) return Wrong("target", "missing");
  auto target = ReadTarget(members.target, context.tenant, arena);
  if (!target) return target.error();
  out->target = *target;
  if (!members.has_produced_at) return Wrong("produced_at", "missing");
  std::string_view time;
  if (members.produced_at.get_string().get(time) != simdjson::SUCCESS) {
    return Wrong("produced_at", "expected a time as text, like \"2026-01-10T05:00:00.123Z\"");
  }
  auto produced_at = ParseTimestamp(time);
  if (!produced_at) return produced_at.error().WithContext("produced_at");
  out->produced_at = *produced_at;
  if (!members.has_producer_id) return Wrong("producer_id", "missing");
  if (Status status = ReadRequired(members.producer_id, "producer_id", arena, &out->producer_id); !status.ok()) {
    return status;
  }
  if (!members.has_payload) return Wrong("payload", "missing");
  out->run_id = context.run_id;
  if (!context.job_id.empty()) out->job = NodeView(context.tenant, kTypeJob, context.ns, context.job_id);
  return Status::Ok();
}

}  // namespace

std::uint64_t Fingerprint(std::string_view json) { return Hash64(json); }

struct RecordParser::Impl {
  explicit Impl(const ParseLimits& given) : limits(given) {}

  // The document at `text`, which has `kJsonPadding` readable bytes behind it.
  simdjson::error_code ParseJson(std::string_view text, element* out) {
    // A lower bound on the depth is the careful parser's.
    const bool is_sound = checked == QuickCheck::Answer::kMinified && text.data() == tokens_of &&
                          limits.depth_max > QuickCheck::kDepthMax;
    if (is_sound && tokens.Read(out)) return simdjson::SUCCESS;
    if (parser.capacity() < text.size() || parser.max_depth() != limits.depth_max) {
      if (const auto code = parser.allocate(std::max<std::size_t>(text.size() + 1, 64 << 10), limits.depth_max)) {
        return code;
      }
    }
    return parser.parse(text.data(), text.size(), false).get(*out);
  }

  // Appends what is known to be a minified plain record; `stored` ones were checked when they came and need no
  // fingerprint. Where it returns false, `checked` says what is known of the text.
  bool TakePlain(std::string_view json, bool stored, std::vector<ParsedRecord>& out) {
    checked = QuickCheck::Answer::kUnsure;
    tokens_of = json.data();
    if (!tokens.Find(json)) return false;
    PlainTexts texts;
    if (!shapes.Find(json, tokens.places(), stored, &texts)) {
      checked = quick.Check(json, tokens.places(), limits.depth_max);
      if (checked != QuickCheck::Answer::kMinified) return false;
      const auto understood = FindPlainTexts(quick.members(), &texts);
      if (understood == PlainAnswer::kUnusual) return false;
      if (understood == PlainAnswer::kUsual) shapes.Learn(json, tokens.places(), texts);
    }
    ParsedRecord& record = out.emplace_back();  // In place: it is large.
    if (!FillPlainRecord(texts, &record)) {
      out.pop_back();
      return false;
    }
    record.json = json;
    if (!stored) record.fingerprint = Fingerprint(json);
    return true;
  }

  ParseLimits limits;
  JsonTokens tokens;
  const char* tokens_of = nullptr;
  RecordShapes shapes;
  QuickCheck quick;
  QuickCheck::Answer checked = QuickCheck::Answer::kUnsure;
  simdjson::dom::parser parser;
  DuplicateKeys duplicates;
  std::string scratch;
};

RecordParser::RecordParser(const ParseLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RecordParser::~RecordParser() = default;
RecordParser::RecordParser(RecordParser&&) noexcept = default;
RecordParser& RecordParser::operator=(RecordParser&&) noexcept = default;

void RecordParser::SetLimits(const ParseLimits& limits) {
  if (limits.depth_max != impl_->limits.depth_max) impl_->shapes.Clear();  // They were checked against the other.
  impl_->limits = limits;
}

Status RecordParser::Parse(std::string_view input, ParsedBatch& batch) {
  if (input.size() > impl_->limits.record_bytes_max) {
    return {StatusCode::kResourceExhausted, fmt::format("{} bytes long, and at most {} are taken: set record_bytes_max",
                                                        input.size(), impl_->limits.record_bytes_max)};
  }
  const auto padded = [&](std::string_view text) {
    char* const out = batch.arena.Allocate(text.size() + kJsonPadding);
    std::memcpy(out, text.data(), text.size());
    return std::string_view(out, text.size());
  };
  // What begins like an event is read into a tree: at once from where that can be done.
  const bool may_be_event = input.starts_with("{\"event");
  if (may_be_event) input = padded(input);
  if (impl_->TakePlain(input, false, batch.records)) return Status::Ok();
  if (impl_->checked == QuickCheck::Answer::kMinified) {
    const std::string_view json = may_be_event ? input : padded(input);
    return ParseWithCare(json, json, batch);
  }
  char* const kept = batch.arena.Allocate(input.size() + kJsonPadding);
  // Minifying drops white space without looking ("1 2" becomes "12"), so what is checked is the input itself.
  std::size_t kept_bytes = 0;
  if (const auto code = simdjson::minify(input.data(), input.size(), kept, kept_bytes)) {
    return JsonError(code, impl_->limits.depth_max);
  }
  const std::string_view json(kept, kept_bytes);
  if (impl_->checked != QuickCheck::Answer::kSpaced) return ParseWithCare(input, json, batch);
  if (impl_->TakePlain(json, false, batch.records)) return Status::Ok();
  return ParseWithCare(impl_->checked == QuickCheck::Answer::kMinified ? json : input, json, batch);
}

namespace {

bool IsReserved(const Members& members) {
  std::string_view kind;
  return members.has_kind && members.kind.get_string().get(kind) == simdjson::SUCCESS &&
         kind.starts_with(kReservedKinds);
}

/// Where the event stands in a record that carries one.
std::string_view PayloadText(std::string_view json) {
  std::string_view payload;
  JsonCursor cursor(json);
  WalkObject(cursor, [&](std::string_view key) {
    if (!KeyIs(key, "payload")) return SkipValue(cursor);
    return TakeValue(cursor, &payload);
  });
  return payload;
}

/// `json`: the event's bytes, minified.
Status ParseEvent(object event, Form form, std::string_view json, std::string_view tenant, ParsedBatch& batch) {
  ParsedRecord record;
  EventStatements& statements = batch.events.Take();
  if (Status status = StateEvent(event, form, tenant, batch.arena, record, statements); !status.ok()) {
    batch.events.GiveBack();
    return status;
  }
  record.form = form;
  record.event = &statements;
  record.json = WrapEvent(json, record, tenant, batch.arena);
  record.fingerprint = Fingerprint(record.json);
  batch.records.push_back(record);
  return Status::Ok();
}

/// An event as the log keeps it, so that what one store told can be told to another, and its tenant can be named: what
/// stands around it is made anew.
Status ParseWrappedEvent(const Members& members, std::string_view json, ParsedBatch& batch) {
  ContextView context;
  if (members.has_context) {
    if (Status status = ReadContext(members.context, batch.arena, &context); !status.ok()) return status;
  }
  object event;
  const bool has_event = members.has_payload && members.payload.get_object().get(event) == simdjson::SUCCESS;
  const auto form = has_event ? EventForm(event) : std::nullopt;
  if (!form) {
    return Wrong("kind",
                 "\"openlineage.\" is kept for events, and this is none: it has no \"run\", "
                 "\"job\" or \"dataset\"");
  }
  return ParseEvent(event, *form, PayloadText(json), context.tenant, batch).WithContext("payload");
}

/// Clients of OpenLineage write keys of an event twice (a class has the member that a map of all others has too), and
/// what reads events takes the last: the event without those before. None where it is no event, or where keys of what
/// stands around it are meant.
std::optional<std::string> EventWithLastKeys(const Members& members, object root, std::string_view json) {
  std::string_view event = json;
  if (members.has_kind) {
    if (!IsReserved(members)) return std::nullopt;
    event = PayloadText(json);
  } else if (!EventForm(root)) {
    return std::nullopt;
  }
  const std::string last = KeepLastKeys(event);
  if (last.size() == event.size()) return std::nullopt;
  const auto begin = static_cast<std::size_t>(event.data() - json.data());
  return fmt::format("{}{}{}", json.substr(0, begin), last, json.substr(begin + event.size()));
}

}  // namespace

Status RecordParser::ParseWithCare(std::string_view input, std::string_view json, ParsedBatch& batch) {
  std::string_view checked = json;  // The same as the input where nothing was dropped.
  if (json.size() != input.size()) {
    impl_->scratch.reserve(input.size() + kJsonPadding);
    checked = impl_->scratch.assign(input);
  }
  element root;
  if (const auto code = impl_->ParseJson(checked, &root)) {
    if (code == simdjson::NUMBER_ERROR) {
      // It holds none the second time.
      if (const auto widened = WidenIntegers(input)) return Parse(batch.arena.Copy(*widened), batch);
    }
    return JsonError(code, impl_->limits.depth_max);
  }
  object members_object;
  if (root.get_object().get(members_object) != simdjson::SUCCESS) {
    return {StatusCode::kInvalidArgument, "expected a JSON object: a record or an OpenLineage event"};
  }
  const Members members = FindMembers(members_object);
  // The quick check has looked for keys that stand twice.
  const bool is_checked = impl_->checked == QuickCheck::Answer::kMinified;
  if (Status status = is_checked ? Status::Ok() : impl_->duplicates.Check(impl_->parser.doc); !status.ok()) {
    const auto event = EventWithLastKeys(members, members_object, json);
    if (!event) return status;
    return Parse(batch.arena.Copy(*event), batch);  // It holds none the second time.
  }
  ParsedRecord record;
  if (members.has_kind) {
    if (IsReserved(members)) return ParseWrappedEvent(members, json, batch);
    if (Status status = ReadKeys(members, batch.arena, &record); !status.ok()) return status;
    if (StatesLineage(record.kind)) {
      EventStatements& statements = batch.events.Take();
      if (Status status = StateLineageRecord(members.payload, record, batch.arena, statements); !status.ok()) {
        batch.events.GiveBack();
        return status;
      }
      record.event = &statements;
    }
  } else if (const auto form = EventForm(members_object)) {
    return ParseEvent(members_object, *form, json, {}, batch);
  } else {
    return {
        StatusCode::kInvalidArgument,
        "neither a record (it has no \"kind\") nor an OpenLineage event (it has no \"run\", \"job\" or \"dataset\")"};
  }
  record.json = json;
  record.fingerprint = Fingerprint(json);
  batch.records.push_back(record);
  return Status::Ok();
}

Status RecordParser::ParseStored(std::string_view json, ParsedBatch& batch) {
  if (impl_->TakePlain(json, true, batch.records)) return Status::Ok();
  element root;
  // The wrapper of an event is one level deeper than what was let in.
  const std::size_t depth = impl_->limits.depth_max;
  impl_->limits.depth_max = std::max<std::size_t>(depth, 1024);
  const auto code = impl_->ParseJson(json, &root);
  impl_->limits.depth_max = depth;
  object members_object;
  if (code != simdjson::SUCCESS || root.get_object().get(members_object) != simdjson::SUCCESS) {
    return {StatusCode::kDataLoss, "a record of the log is not JSON"};
  }
  ParsedRecord record;
  const Members members = FindMembers(members_object);
  if (Status status = ReadKeys(members, batch.arena, &record); !status.ok()) {
    return {StatusCode::kDataLoss, "a record of the log is not one: " + status.message()};
  }
  object event;
  if (record.kind.substr(0, kReservedKinds.size()) == kReservedKinds &&
      members.payload.get_object().get(event) == simdjson::SUCCESS) {
    const auto form = EventForm(event);
    if (form) {
      EventStatements& statements = batch.events.Take();
      const std::string_view tenant = record.target.tenant;
      if (Status status = StateEvent(event, *form, tenant, batch.arena, record, statements); !status.ok()) {
        batch.events.GiveBack();
        return {StatusCode::kDataLoss, "an event of the log is not one: " + status.message()};
      }
      record.form = *form;
      record.event = &statements;
    }
  }
  if (StatesLineage(record.kind)) {
    EventStatements& statements = batch.events.Take();
    // What is no edge was stored before the kind meant anything, and still means nothing.
    if (StateLineageRecord(members.payload, record, batch.arena, statements).ok()) {
      record.event = &statements;
    } else {
      batch.events.GiveBack();
    }
  }
  if (record.event != nullptr) record.fingerprint = Fingerprint(json);  // Statements of one instant are ordered by it.
  record.json = json;
  batch.records.push_back(record);
  return Status::Ok();
}

}  // namespace cairn
