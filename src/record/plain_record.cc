#include "record/plain_record.h"

#include "base/text_is.h"
#include "record/lineage_records.h"

namespace cairn {
namespace {

using Member = QuickCheck::Member;

struct Reader {
  PlainTexts& texts;
  bool payload = false;
  bool nulls = false;

  bool Required(const Member& member, PlainField field) {
    texts[static_cast<std::size_t>(field)] = member.value;
    return member.first == '"';
  }
  bool Optional(const Member& member, PlainField field) {
    if (member.first != 'n') return Required(member, field);
    return nulls = true;
  }

  bool OfRecord(const Member& member) {
    const std::string_view key = member.key;
    if (TextIs(key, "kind")) return Required(member, PlainField::kKind);
    if (TextIs(key, "target")) return member.first == '{';
    if (TextIs(key, "produced_at")) return Required(member, PlainField::kProducedAt);
    if (TextIs(key, "producer_id")) return Required(member, PlainField::kProducerId);
    if (TextIs(key, "context")) {
      nulls = nulls || member.first == 'n';
      return member.first == '{' || member.first == 'n';
    }
    payload = payload || TextIs(key, "payload");
    return true;
  }

  bool OfTarget(const Member& member) {
    const std::string_view key = member.key;
    if (TextIs(key, "namespace")) return Required(member, PlainField::kTargetNamespace);
    if (TextIs(key, "name")) return Required(member, PlainField::kTargetName);
    if (TextIs(key, "type")) return Optional(member, PlainField::kTargetType);
    return !TextIs(key, "table") && !TextIs(key, "source_id") && !TextIs(key, "schema");
  }

  bool OfContext(const Member& member) {
    const std::string_view key = member.key;
    if (TextIs(key, "run_id")) return Optional(member, PlainField::kRunId);
    if (TextIs(key, "job_id")) return Optional(member, PlainField::kJobId);
    if (TextIs(key, "tenant")) return Optional(member, PlainField::kTenant);
    if (TextIs(key, "namespace")) return Optional(member, PlainField::kJobNamespace);
    if (!TextIs(key, "environment")) return true;
    nulls = nulls || member.first == 'n';
    return member.first == 'n' || member.first == '"';
  }
};

}  // namespace

PlainAnswer FindPlainTexts(std::span<const Member> members, PlainTexts* out) {
  out->fill({});
  Reader reader{*out};
  bool in_target = false;  // Else in the context.
  for (const Member& member : members) {
    if (member.depth == 1) {
      in_target = TextIs(member.key, "target");
      if (!reader.OfRecord(member)) return PlainAnswer::kUnusual;
    } else if (!(in_target ? reader.OfTarget(member) : reader.OfContext(member))) {
      return PlainAnswer::kUnusual;
    }
  }
  if (!reader.payload) return PlainAnswer::kUnusual;
  return reader.nulls ? PlainAnswer::kWithNulls : PlainAnswer::kUsual;
}

bool FillPlainRecord(const PlainTexts& texts, ParsedRecord* out) {
  const auto text = [&](PlainField field) { return texts[static_cast<std::size_t>(field)]; };
  out->kind = text(PlainField::kKind);
  out->producer_id = text(PlainField::kProducerId);
  const std::string_view target_type = text(PlainField::kTargetType);
  out->target = NodeView(text(PlainField::kTenant), target_type.empty() ? kTypeDataset : target_type,
                         text(PlainField::kTargetNamespace), text(PlainField::kTargetName));
  if (out->kind.empty() || out->producer_id.empty() || out->target.name.empty() || out->target.ns.data() == nullptr ||
      out->kind.starts_with("openlineage.") || StatesLineage(out->kind)) {
    return false;
  }
  const auto produced_at = ParseTimestamp(text(PlainField::kProducedAt));
  if (!produced_at) return false;
  out->produced_at = *produced_at;
  out->run_id = text(PlainField::kRunId);
  const std::string_view job = text(PlainField::kJobId);
  if (!job.empty()) out->job = NodeView(out->target.tenant, kTypeJob, text(PlainField::kJobNamespace), job);
  return true;
}

}  // namespace cairn
