#include "base/json.h"
#include "cairn/record.h"
#include "log/line.h"
#include "record/facet_at.h"
#include "record/facet_map.h"
#include "record/json_scan.h"
#include "record/openlineage_wrap.h"
#include "record/parse.h"

namespace cairn {
namespace {

Status NoRecord(Seq seq) {
  return {StatusCode::kDataLoss, "record " + std::to_string(seq.value) + " cannot be read; run cairn verify"};
}

// What a record's own keys say, and its payload.
Result<Fact::Details> ReadRecord(Seq seq, std::string_view record) {
  RecordParser parser;
  ParsedBatch batch;
  if (!parser.ParseStored(record, batch).ok()) return NoRecord(seq);
  const ParsedRecord& parsed = batch.records.front();
  Fact::Details out;
  out.kind = parsed.kind;
  out.node = parsed.target.Own();
  out.producer_id = parsed.producer_id;
  out.run_id = parsed.run_id;
  if (!parsed.job.name.empty()) {
    out.job = parsed.job.Own();
    out.job.tenant = out.node.tenant;
  }
  if (parsed.form != Form::kRecord) {
    out.payload = WrappedEvent(record);
    return out;
  }
  JsonCursor cursor(record);
  std::string_view payload;
  const bool whole = WalkObject(cursor, [&](std::string_view key) {
    return KeyIs(key, "payload") ? TakeValue(cursor, &payload) : SkipValue(cursor);
  });
  if (!whole || payload.empty()) return NoRecord(seq);
  out.payload = payload;
  return out;
}

}  // namespace

Timestamp Fact::ingested_at() const {
  const auto line = ParseRecordLine(line_);
  return line ? line->ingested_at : Timestamp::Min();
}

std::string_view Fact::record() const {
  const std::size_t offset = RecordOffset(seq_);
  return line_.size() > offset ? line_.substr(offset, line_.size() - offset - 1) : std::string_view();
}

Result<Fact::Details> Fact::Parse() const {
  auto out = ReadRecord(seq_, record());
  if (!out || facet_ == kWholeRecord) return out;
  FacetRef ref;
  const auto facet = FacetAt(WrappedEvent(record()), facet_, &ref, out->node.tenant);
  if (!facet) return NoRecord(seq_);
  out->kind = PlatformKind(ref.key);
  out->facet = std::move(ref.key);
  out->node = ref.node;
  out->deleted = ref.deleted;
  out->payload = *facet;
  return out;
}

Result<std::string> Fact::AsSent() const {
  if (facet_ == kWholeRecord) {
    const std::string_view event = WrappedEvent(record());
    return std::string(event.empty() ? record() : event);
  }
  auto details = Parse();
  if (!details) return details.error();
  RecordDraft draft;
  draft.kind = details->kind;
  draft.target = details->node;
  draft.produced_at = produced_at_;
  draft.producer_id = details->producer_id;
  draft.run_id = details->run_id;
  draft.job_id = details->job.name;
  draft.context_namespace = details->job.ns;
  draft.payload = details->payload;
  return draft.ToJson();
}

}  // namespace cairn
