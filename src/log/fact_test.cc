#include <gtest/gtest.h>

#include "cairn/record.h"
#include "log/log_for_test.h"
#include "record/parse.h"

namespace cairn {
namespace {

constexpr std::string_view kRecord =
    R"({"kind":"ingestion_volume","target":{"source_id":"crm","schema":"public","table":"orders"},"produced_at":"2026-01-10T05:00:00.5+01:00","producer_id":"p","context":{"run_id":"r","job_id":"j","namespace":"jobs","tenant":"acme"},"payload":{"row_count":12}})";

constexpr std::string_view kEvent =
    R"({"eventTime":"2026-01-10T05:00:02Z","producer":"https://example.com","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent","dataset":{"namespace":"crm","name":"orders","facets":{"schema":{"_producer":"https://example.com","fields":[{"name":"id"}]},"ownership":{"_deleted":true}}}})";

// The fact that the log would give for JSON from outside, and the parsed record it came from.
class FactUnderTest {
 public:
  explicit FactUnderTest(std::string_view json, Seq seq = {7}, std::uint32_t facet = Fact::kWholeRecord) {
    const Status status = RecordParser().Parse(json, batch_);
    EXPECT_TRUE(status.ok()) << status;
    const ParsedRecord& record = batch_.records.front();
    stored_ = record.json;
    auto line = std::make_shared<std::string>();
    AppendRecordLine(*line, seq, kTestTime, record.json);
    const std::size_t bytes = line->size() - 1;
    line->append(kJsonPadding, '\0');
    fact = Fact(seq, record.produced_at, std::string_view(*line).substr(0, bytes), facet, line);
  }

  [[nodiscard]] const std::string& stored() const { return stored_; }

  Fact fact;

 private:
  ParsedBatch batch_;
  std::string stored_;
};

TEST(Fact, IsItsLine) {
  for (const Seq seq : {Seq{1}, Seq{99}, Seq{1'000'000}}) {
    const FactUnderTest test(kRecord, seq);
    EXPECT_EQ(test.fact.record(), kRecord);
    EXPECT_EQ(FormatTimestampFixed(test.fact.ingested_at()), kTestTime);
    EXPECT_EQ(FormatTimestamp(test.fact.produced_at()), "2026-01-10T04:00:00.500Z");
  }
}

TEST(Fact, SaysWhatItIsAbout) {
  auto details = FactUnderTest(kRecord).fact.Parse();
  ASSERT_TRUE(details.has_value()) << details.status();
  EXPECT_EQ(details->kind, "ingestion_volume");
  EXPECT_EQ(details->node, (NodeKey{"acme", "dataset", "crm", "public.orders", ""}));
  EXPECT_EQ(details->producer_id, "p");
  EXPECT_EQ(details->run_id, "r");
  EXPECT_EQ(details->job, (NodeKey{"acme", "job", "jobs", "j", ""}));
  EXPECT_EQ(details->payload, R"({"row_count":12})");
  EXPECT_FALSE(details->deleted);
}

TEST(Fact, IsGivenBackAsItWasSent) {
  EXPECT_EQ(*FactUnderTest(kRecord).fact.AsSent(), kRecord);
  const FactUnderTest event(kEvent);
  EXPECT_NE(event.fact.record(), kEvent) << "the log wraps it";
  EXPECT_EQ(*event.fact.AsSent(), kEvent);
}

TEST(Fact, WhitespaceBetweenTokensGoes) {
  EXPECT_EQ(*FactUnderTest(std::string(" ") + std::string(kRecord) + "\n").fact.AsSent(), kRecord);
}

TEST(Fact, AFacetIsTheEventsOwnBytes) {
  const FactUnderTest test(kEvent, {7}, 0);
  auto details = test.fact.Parse();
  ASSERT_TRUE(details.has_value()) << details.status();
  EXPECT_EQ(details->kind, "schema_snapshot") << "the platform's name for it";
  EXPECT_EQ(details->node, (NodeKey{"", "dataset", "crm", "orders", ""}));
  EXPECT_EQ(details->payload, R"({"_producer":"https://example.com","fields":[{"name":"id"}]})");
  EXPECT_FALSE(details->deleted);
  auto deleted = FactUnderTest(kEvent, {7}, 1).fact.Parse();
  ASSERT_TRUE(deleted.has_value()) << deleted.status();
  EXPECT_EQ(deleted->kind, "ownership");
  EXPECT_TRUE(deleted->deleted);
}

TEST(Fact, AFacetAsSentIsARecordAboutItsNode) {
  auto sent = FactUnderTest(kEvent, {7}, 0).fact.AsSent();
  ASSERT_TRUE(sent.has_value()) << sent.status();
  const FactUnderTest again(*sent);
  auto details = again.fact.Parse();
  ASSERT_TRUE(details.has_value()) << details.status();
  EXPECT_EQ(details->kind, "schema_snapshot");
  EXPECT_EQ(details->node, (NodeKey{"", "dataset", "crm", "orders", ""}));
  EXPECT_EQ(details->payload, R"({"_producer":"https://example.com","fields":[{"name":"id"}]})");
  EXPECT_EQ(FormatTimestamp(again.fact.produced_at()), "2026-01-10T05:00:02Z");
}

TEST(Fact, AFacetThatTheEventDoesNotHave) {
  EXPECT_EQ(FactUnderTest(kEvent, {7}, 2).fact.Parse().status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(FactUnderTest(kRecord, {7}, 0).fact.Parse().status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(FactUnderTest(kRecord, {7}, 0).fact.AsSent().status().code(), StatusCode::kDataLoss);
}

TEST(Fact, CutAtEveryByte) {
  const FactUnderTest whole(kRecord);
  for (std::size_t bytes = 0; bytes < whole.fact.line().size(); ++bytes) {
    const GuardedBytes cut(std::string(whole.fact.line().substr(0, bytes)) + std::string(kJsonPadding, '\0'));
    const Fact fact({7}, {}, {cut.data(), bytes}, Fact::kWholeRecord, nullptr);
    EXPECT_EQ(fact.Parse().status().code(), StatusCode::kDataLoss) << bytes;
    (void)fact.ingested_at();
    (void)fact.AsSent();
  }
}

TEST(Fact, ACopyKeepsTheBytes) {
  Fact kept;
  {
    const FactUnderTest test(kRecord);
    kept = test.fact;
  }
  EXPECT_EQ(kept.record(), kRecord);
}

TEST(Fact, OfNothing) {
  const Fact none;
  EXPECT_EQ(none.record(), "");
  EXPECT_EQ(none.ingested_at(), Timestamp::Min());
  EXPECT_EQ(none.Parse().status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cairn
