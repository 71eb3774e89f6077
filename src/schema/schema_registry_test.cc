#include "schema/schema_registry.h"

#include <gmock/gmock.h>

#include "access/access_for_test.h"
#include "cairn/kinds.h"
#include "schema/built_in_schemas.h"
#include "schema/schema_gate.h"
#include "schema/schema_program.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;

class SchemaTest : public StoreWithRights {
 protected:
  void SetUp() override {
    StoreWithRights::SetUp();
    registry = std::make_unique<SchemaRegistry>(*store, clock, "");
    gate = std::make_unique<SchemaGate>(*store, SchemaGate::Options{});
  }
  /// Registers what must be taken.
  SchemaInfo Put(const std::string& kind, const std::string& schema, std::optional<SchemaMode> mode = {}) {
    auto info = registry->Register({kind, schema, mode, {}, "me"});
    EXPECT_TRUE(info) << info.status();
    return info ? *info : SchemaInfo{};
  }
  std::vector<SchemaGate::Finding> Check(const std::vector<std::string>& jsons) {
    const std::vector<std::string_view> views(jsons.begin(), jsons.end());
    return gate->Check(views);
  }
  static std::string Volume(const std::string& payload, const std::string& more = "") {
    return RecordOf("crm", "orders", "volume", more, payload);
  }

  HandClock clock;
  std::unique_ptr<SchemaRegistry> registry;
  std::unique_ptr<SchemaGate> gate;
};

const std::string kRows = R"({"properties":{"rows":{"type":"integer"}}})";

TEST_F(SchemaTest, ASchemaIsAFactWithVersions) {
  EXPECT_EQ(registry->Get("volume").error().code(), StatusCode::kNotFound);
  const SchemaInfo first = Put("volume", kRows);
  EXPECT_EQ(first.version, 1U);
  EXPECT_EQ(first.mode, SchemaMode::kStrict);
  const SchemaInfo second = Put("volume", R"({"properties":{"rows":{"type":["integer","null"]}}})");
  EXPECT_EQ(second.version, 2U);  // The clock stands still; it is the newest all the same.
  EXPECT_EQ(registry->Get("volume")->version, 2U);
  EXPECT_EQ(registry->Get("volume", 1)->schema, kRows);
  EXPECT_THAT(registry->Get("volume", 3).error().message(), HasSubstr("no version 3; the newest is 2"));
  EXPECT_EQ(store->History(kKindRecordSchema, SchemaNodeOf("", "volume"))->size(), 2U);
}

// Of two processes that register at once the one that is later in the log may have looked at the clock first.
TEST_F(SchemaTest, ARegistrationOfAnEarlierTimeHoldsToo) {
  HandClock ahead;
  ahead.Advance(std::chrono::seconds(5));
  SchemaRegistry other(*store, ahead, "");
  ASSERT_TRUE(other.Register({"count", kRows, {}, {}, "me"}));
  EXPECT_EQ(Check({RecordOf("crm", "orders", "count", "", R"({"rows":"x"})"), Volume(R"({"rows":"x"})")}).size(), 1U);
  Put("volume", kRows);
  EXPECT_EQ(Check({RecordOf("crm", "orders", "count", "", R"({"rows":"x"})"), Volume(R"({"rows":"x"})")}).size(), 2U);
  ASSERT_TRUE(registry->SetMode("volume", SchemaMode::kOff, "me"));
  EXPECT_EQ(Check({Volume(R"({"rows":"x"})")}).size(), 0U);
}

TEST_F(SchemaTest, TheSameSchemaAgainStoresNothing) {
  Put("volume", kRows);
  const std::uint64_t records = store->Stats()->records;
  EXPECT_EQ(Put("volume", R"({ "properties" : {"rows":{"type":"integer"}} })").version, 1U);
  EXPECT_EQ(store->Stats()->records, records);
  // A mode is no version.
  EXPECT_EQ(registry->SetMode("volume", SchemaMode::kWarn, "me")->version, 1U);
  EXPECT_EQ(registry->Get("volume")->mode, SchemaMode::kWarn);
}

TEST_F(SchemaTest, ANarrowingIsRefusedUnlessAnyChangeMayBe) {
  Put("volume", kRows);
  const std::string narrow = R"({"properties":{"rows":{"type":"integer","minimum":0}}})";
  const auto refused = registry->Register({"volume", narrow, {}, {}, "me"});
  EXPECT_EQ(refused.error().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.error().message(), HasSubstr("at \"/properties/rows/minimum\""));
  EXPECT_EQ(registry->Register({"volume", narrow, {}, SchemaCompatibility::kNone, "me"})->version, 2U);
}

TEST_F(SchemaTest, KindsThatAreNoneAreRefused) {
  for (const std::string kind : {"", "openlineage.run_event", "record_schema", "access_token"}) {
    EXPECT_EQ(registry->Register({kind, "{}", {}, {}, "me"}).error().code(), StatusCode::kInvalidArgument) << kind;
  }
}

TEST_F(SchemaTest, TheGateRefusesThatRecordAlone) {
  Put("volume", kRows);
  const auto findings = Check({Volume(R"({"rows":1})"), Volume(R"({"rows":"1"})"), "no json", Volume(R"({"rows":2})"),
                               RecordOf("crm", "orders", "other", "", R"({"rows":"1"})"),
                               R"({"\u006bind":"v\u006flume","payload":{"rows":true}})"});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].index, 1U);
  EXPECT_EQ(findings[0].refused.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(findings[0].refused.message(),
            "not as version 1 of the schema of volume says: payload/rows: expected integer, found \"1\"");
  EXPECT_EQ(findings[1].index, 5U);
}

TEST_F(SchemaTest, TheModeSaysWhatBecomesOfIt) {
  Put("volume", kRows, SchemaMode::kWarn);
  const std::vector<std::string> bad{Volume(R"({"rows":"1"})")};
  auto findings = Check(bad);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(findings[0].refused.ok());
  EXPECT_THAT(findings[0].warning, HasSubstr("payload/rows"));
  ASSERT_TRUE(registry->SetMode("volume", SchemaMode::kOff, "me"));
  EXPECT_TRUE(Check(bad).empty());
  ASSERT_TRUE(registry->SetMode("volume", SchemaMode::kStrict, "me"));
  EXPECT_EQ(Check(bad).size(), 1U);
}

TEST_F(SchemaTest, ARegistrationOfAnotherProcessHoldsAtOnce) {
  const std::vector<std::string> bad{Volume(R"({"rows":"1"})")};
  EXPECT_TRUE(Check(bad).empty());
  auto other = OpenRepository(temp.Sub("store"), {});
  ASSERT_TRUE(other);
  ASSERT_TRUE(SchemaRegistry(**other, clock, "").Register({"volume", kRows, {}, {}, "they"}));
  EXPECT_EQ(Check(bad).size(), 1U);
}

TEST_F(SchemaTest, ATenantsSchemaIsItsOwn) {
  ASSERT_TRUE(SchemaRegistry(*store, clock, "acme").Register({"volume", kRows, {}, {}, "me"}));
  EXPECT_TRUE(Check({Volume(R"({"rows":"1"})")}).empty());
  EXPECT_EQ(Check({Volume(R"({"rows":"1"})", R"("context":{"tenant":"acme"},)")}).size(), 1U);
  EXPECT_EQ(registry->Get("volume").error().code(), StatusCode::kNotFound);
}

TEST_F(SchemaTest, ARecordThatStatesASchemaIsNotTaken) {
  const auto findings = Check({RecordOf("", "volume", "record_schema"), RecordOf("", "x", "record\\u005fschema"),
                               RecordOf("", "record_schema", "volume")});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_THAT(findings[0].refused.message(), HasSubstr("cairn schema register"));
  SchemaGate trusting(*store, {.takes_schemas = true});
  const std::string json = RecordOf("", "volume", "record_schema");
  const std::string_view view[] = {json};
  EXPECT_TRUE(trusting.Check(view).empty());
}

TEST_F(SchemaTest, ASchemaThatCannotBeReadIsNotPassedOver) {
  Put("volume", kRows);
  clock.Advance(std::chrono::hours(1));
  StoreWithRights::Put(
      fmt::format(R"({{"kind":"record_schema","target":{{"type":"kind","namespace":"","name":"volume"}},)"
                  R"("produced_at":"2100-01-01","producer_id":"p","payload":{{"schema":{{"zebra":1}},)"
                  R"("version":2,"mode":"strict","compatibility":"none"}}}})"));
  gate = std::make_unique<SchemaGate>(*store, SchemaGate::Options{});
  const auto findings = Check({Volume("{}")});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].refused.code(), StatusCode::kFailedPrecondition);
}

TEST_F(SchemaTest, BuiltInKindsAreOffUntilSomebodySetsThem) {
  for (const BuiltInSchema& one : BuiltInSchemas()) {
    EXPECT_TRUE(SchemaProgram::Compile(one.schema)) << one.kind << SchemaProgram::Compile(one.schema).status();
  }
  const std::string bad = RecordOf("crm", "orders", "ingestion_volume", "", R"({"row_count":-1})");
  EXPECT_TRUE(Check({bad}).empty());
  EXPECT_EQ(registry->Get("ingestion_volume")->mode, SchemaMode::kOff);
  EXPECT_EQ(registry->SetMode("ingestion_volume", SchemaMode::kStrict, "me")->version, 1U);
  EXPECT_EQ(Check({bad}).size(), 1U);
  // A field may be added to it.
  EXPECT_EQ(registry->Validate("ingestion_volume", R"({"row_count":1,"mine":2})")->size(), 0U);
  Put("volume", kRows);
  std::string kinds;
  const auto list = registry->List();
  ASSERT_TRUE(list);
  for (const SchemaInfo& info : *list) kinds += info.kind + " ";
  EXPECT_EQ(kinds,
            "book catalog_diff contents ingestion_runtime ingestion_volume lineage_edge metadata recon_result "
            "schema_snapshot statistics_snapshot volume ");
}

TEST_F(SchemaTest, WhatTheBuildersMakeIsAsTheSchemasSay) {
  const Timestamp time{1'768'000'000'000'000'000};
  StatisticsSnapshot statistics{.row_count = 3, .byte_count = 4, .file_count = 1};
  statistics.columns["a"] = {.null_count = 1, .mean = 0.5, .min = "x", .max = 3.5, .quantiles = {{"0.5", 2.0}}};
  SchemaSnapshot snapshot;
  snapshot.fields = {{"id", "int", true, "key", {}}, {"s", "struct", {}, "", {{"inner", "text", {}, "", {}}}}};
  snapshot.primary_key = {"id"};
  for (const RecordDraft& draft :
       {DraftOf(IngestionVolume{12, 13, 1, 0, "p", time, time}), DraftOf(IngestionVolume{}),
        DraftOf(IngestionRuntime{1.5, time, time, "failed", 2, "no"}), DraftOf(IngestionRuntime{}),
        DraftOf(ReconResult{"rows", true, 3, 4, 1, "dataset:crm:orders", "ok"}), DraftOf(ReconResult{"rows"}),
        DraftOf(snapshot), DraftOf(SchemaSnapshot{}), DraftOf(statistics), DraftOf(StatisticsSnapshot{}),
        DraftOf(CatalogDiff{{"a"}, {"b"}, {{"c", "type"}}, "1", "2"}), DraftOf(CatalogDiff{}),
        DraftOf(DeclaredEdge{{"", "dataset", "crm", "orders", ""}, "derives", "join", "d", 2, time, {}, false})}) {
    const auto violations = registry->Validate(draft.kind, draft.payload);
    ASSERT_TRUE(violations) << violations.status() << draft.payload;
    EXPECT_TRUE(violations->empty()) << draft.kind << draft.payload << violations->front().pointer
                                     << violations->front().words;
    RecordDraft whole = draft;
    whole.target = {"", "dataset", "crm", "report", ""};
    whole.produced_at = time;
    whole.producer_id = "p";
    StoreWithRights::Put(whole.ToJson());
  }
}

}  // namespace
}  // namespace cairn
