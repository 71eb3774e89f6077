#include "random_facts.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "cairn/record.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"ingestion_volume", "ingestion_runtime", "recon_result",
                                                    "schema_snapshot"};
constexpr std::array<std::string_view, 5> kTables = {"public.orders", "public.lines", "a:b%c", "größe", "raw"};
constexpr std::array<std::string_view, 6> kStates = {"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"};
constexpr std::string_view kFacetHead =
    R"("_producer":"https://example.com/etl","_schemaURL":"https://openlineage.io/spec/facets/1-0-0/Facet.json")";
constexpr std::int64_t kStart = 1'767'225'600'000'000'000;  // 2026-01-01
constexpr std::uint64_t kMonthMs = std::uint64_t{30} * 24 * 3600 * 1000;

}  // namespace

std::string RandomFacts::Time() {
  return FormatTimestamp({kStart + static_cast<std::int64_t>(UpTo(kMonthMs)) * 1'000'000});
}

std::string RandomFacts::RunId() { return fmt::format("0190d3a0-0000-7000-8000-{:012}", UpTo(19)); }

std::string RandomFacts::Job() { return fmt::format(R"("namespace":"shop","name":"job_{}")", UpTo(4)); }

std::string RandomFacts::Dataset() {
  std::string facets;
  if (OneIn(2)) {
    facets = OneIn(6) ? fmt::format(R"("schema":{{{},"_deleted":true}})", kFacetHead)
                      : fmt::format(
                            R"("schema":{{{},"fields":[{{"name":"id","type":"int"}},{{"name":"c{}","type":"text"}}]}})",
                            kFacetHead, UpTo(3));
  }
  if (OneIn(4)) {
    facets += fmt::format(R"({}"tags":{{{},"tags":[{{"key":"t{}","value":"v"}}]}})", facets.empty() ? "" : ",",
                          kFacetHead, UpTo(3));
  }
  const auto add = [&](std::string_view facet) { facets += fmt::format("{}{}", facets.empty() ? "" : ",", facet); };
  if (OneIn(4)) {
    add(OneIn(5)
            ? fmt::format(R"("columnLineage":{{{},"_deleted":true,"fields":{{}}}})", kFacetHead)
            : fmt::format(R"("columnLineage":{{{},"fields":{{"c{}":{{"inputFields":[{{"namespace":"crm","name":"{}",)"
                          R"("field":"id","transformations":[{{"type":"{}","masking":{}}}]}}]}}}}}})",
                          kFacetHead, UpTo(3), kTables[UpTo(kTables.size() - 1)], OneIn(3) ? "INDIRECT" : "DIRECT",
                          OneIn(2)));
  }
  if (OneIn(8)) {
    add(fmt::format(
        R"("lifecycleStateChange":{{{},"lifecycleStateChange":"{}","previousIdentifier":{{"namespace":"crm",)"
        R"("name":"{}"}}}})",
        kFacetHead,
        OneIn(3)   ? "DROP"
        : OneIn(2) ? "TRUNCATE"
                   : "RENAME",
        kTables[UpTo(kTables.size() - 1)]));
  }
  if (OneIn(8)) {
    add(fmt::format(R"("symlinks":{{{},"identifiers":[{{"namespace":"glue","name":"{}","type":"TABLE"}}]}})",
                    kFacetHead, kTables[UpTo(kTables.size() - 1)]));
  }
  return fmt::format(R"("namespace":"crm","name":"{}","facets":{{{}}})", kTables[UpTo(kTables.size() - 1)], facets);
}

std::string RandomFacts::Declared() {
  RecordDraft draft;
  draft.target = {"", "", "crm", std::string(kTables[UpTo(kTables.size() - 1)]), ""};
  draft.produced_at = {kStart + static_cast<std::int64_t>(UpTo(kMonthMs)) * 1'000'000};
  draft.producer_id = "catalog";
  if (OneIn(2)) {
    draft.kind = kKindMetadata;
    draft.payload = fmt::format(R"({{"sla":{},"groups":["g{}"],"made":{}}})",
                                OneIn(4) ? "null" : std::to_string(UpTo(9)), UpTo(3), ++made_);
  } else {
    draft.kind = kKindLineageEdge;
    // From what is never a target: a cycle would be refused.
    draft.payload = fmt::format(R"({{"from":"dataset:lake:raw{}","priority":{},"_deleted":{},"made":{}}})", UpTo(2),
                                UpTo(2), OneIn(4), ++made_);
  }
  return draft.ToJson();
}

std::string RandomFacts::Record() {
  if (OneIn(5)) return Declared();
  RecordDraft draft;
  draft.kind = kKinds[UpTo(kKinds.size() - 1)];
  draft.target = {OneIn(5) ? "tenant" : "", "", "crm", std::string(kTables[UpTo(kTables.size() - 1)]), ""};
  draft.produced_at = {kStart + static_cast<std::int64_t>(UpTo(kMonthMs)) * 1'000'000};
  draft.producer_id = "ingestion.v1";
  if (OneIn(2)) draft.run_id = RunId();
  if (OneIn(3)) draft.job_id = fmt::format("job_{}", UpTo(4));
  draft.payload =
      fmt::format(R"({{"row_count":{},"made":{},"note":"{}"}})", UpTo(100'000), ++made_, std::string(UpTo(200), 'x'));
  return draft.ToJson();
}

std::string RandomFacts::Event() {
  const std::string head = fmt::format(R"("eventTime":"{}","producer":"https://example.com/etl","schemaURL":")"
                                       R"(https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/)",
                                       Time());
  const std::string unique = fmt::format(R"("made":{{{},"made":{}}})", kFacetHead, ++made_);
  switch (UpTo(5)) {
    case 0:
      return fmt::format(R"({{{}DatasetEvent","dataset":{{"namespace":"crm","name":"raw","facets":{{{}}}}}}})", head,
                         unique);
    case 1:
      return fmt::format(R"({{{}JobEvent","job":{{{},"facets":{{{}}}}},"inputs":[{{{}}}],"outputs":[{{{}}}]}})", head,
                         Job(), unique, Dataset(), Dataset());
    default:
      break;
  }
  const std::string parent =
      OneIn(4) ? fmt::format(R"("parent":{{{},"run":{{"runId":"{}"}},"job":{{{}}}}},)", kFacetHead, RunId(), Job())
               : "";
  const std::string deleted = OneIn(6)
                                  ? fmt::format(R"("documentation":{{{},"_deleted":true}})", kFacetHead)
                                  : fmt::format(R"("documentation":{{{},"description":"d{}"}})", kFacetHead, UpTo(3));
  return fmt::format(
      R"({{"eventType":"{}",{}RunEvent","run":{{"runId":"{}","facets":{{{}{}}}}},"job":{{{},"facets":{{{}}}}},)"
      R"("inputs":[{{{}}}],"outputs":[{{{},"outputFacets":{{"outputStatistics":{{{},"rowCount":{}}}}}}}]}})",
      kStates[UpTo(kStates.size() - 1)], head, RunId(), parent, unique, Job(), deleted, Dataset(), Dataset(),
      kFacetHead, UpTo(100'000));
}

std::vector<std::string> RandomFacts::Batch(std::size_t most) {
  std::vector<std::string> batch;
  const std::size_t count = 1 + UpTo(most - 1);
  while (batch.size() < count) {
    if (OneIn(6) && !earlier_.empty()) {
      batch.push_back(earlier_[UpTo(earlier_.size() - 1)]);
      continue;
    }
    batch.push_back(OneIn(3) ? Event() : Record());
    earlier_.push_back(batch.back());
  }
  return batch;
}

}  // namespace cairn
