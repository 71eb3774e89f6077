#include <gtest/gtest.h>

#include "record/parse_for_test.h"

namespace cairn {
namespace {

RecordDraft Draft() {
  RecordDraft draft;
  draft.kind = "ingestion_volume";
  draft.target = {"", "", "crm", "public.orders", ""};
  draft.produced_at = *ParseTimestamp("2026-01-10T05:00:00.123Z");
  draft.producer_id = "ingestion.v1";
  draft.payload = R"({"row_count":12})";
  return draft;
}

TEST(RecordDraft, IsTheRecordOfThePlatform) { EXPECT_EQ(Draft().ToJson(), PlainRecord()); }

TEST(RecordDraft, WritesWhatIsGivenAndNothingElse) {
  RecordDraft draft = Draft();
  draft.target.type = "file";
  draft.target.tenant = "acme";
  draft.run_id = "r";
  draft.job_id = "j";
  draft.context_namespace = "n";
  draft.environment = "prod";
  draft.context_extras = R"({"team":"data","on":[1]})";
  draft.version = "2";
  draft.quality = R"({"ok":true})";
  draft.extras = "{}";
  EXPECT_EQ(draft.ToJson(),
            R"({"kind":"ingestion_volume","target":{"type":"file","namespace":"crm","name":"public.orders"},)"
            R"("produced_at":"2026-01-10T05:00:00.123Z","producer_id":"ingestion.v1","version":"2",)"
            R"("context":{"run_id":"r","job_id":"j","namespace":"n","tenant":"acme","environment":"prod",)"
            R"("team":"data","on":[1]},"payload":{"row_count":12},"quality":{"ok":true},"extras":{}})");
}

TEST(RecordDraft, ContextExtrasMayStandAlone) {
  RecordDraft draft = Draft();
  draft.context_extras = R"({"a":1})";
  EXPECT_NE(draft.ToJson().find(R"("context":{"a":1})"), std::string::npos) << draft.ToJson();
  draft.context_extras = "{}";
  EXPECT_EQ(draft.ToJson(), PlainRecord());
}

TEST(RecordDraft, AnyNameReadsBack) {
  RecordDraft draft = Draft();
  draft.kind = "a \"kind\"";
  draft.target = {"te\nnant", "ty\\pe", "größe:%", "日\"本\x01", ""};
  draft.producer_id = "p\t";
  draft.run_id = "\"";
  draft.job_id = "😀";
  draft.context_namespace = "/";
  const TakenRecord taken(draft.ToJson());
  EXPECT_EQ(taken.record.kind, draft.kind);
  EXPECT_EQ(taken.record.target, NodeView(draft.target));
  EXPECT_EQ(taken.record.producer_id, draft.producer_id);
  EXPECT_EQ(taken.record.run_id, draft.run_id);
  EXPECT_EQ(taken.record.job, NodeView(draft.target.tenant, "job", "/", "😀"));
  EXPECT_EQ(taken.record.produced_at, draft.produced_at);
  EXPECT_EQ(taken.record.json, draft.ToJson()) << "it is minified already";
}

}  // namespace
}  // namespace cairn
