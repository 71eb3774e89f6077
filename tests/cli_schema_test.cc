#include <gmock/gmock.h>

#include "cli_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;

class CliSchemaTest : public CliTest {};

TEST_F(CliSchemaTest, AKindIsRegisteredShownAndHeldTo) {
  ProgramEnd end = Cairn({"schema", "register", "volume", "-"}, R"({"properties":{"rows":{"type":"integer"}}})");
  EXPECT_EQ(end.out, "volume version 1, strict, compatibility backward\n") << end.err;
  end = Cairn({"schema", "register", "volume", "-"}, R"({"properties":{"rows":{"type":"string"}}})");
  EXPECT_NE(end.code, 0);
  EXPECT_THAT(end.err, HasSubstr("/properties/rows/type"));
  EXPECT_THAT(Cairn({"schema", "show", "volume"}).out, HasSubstr(R"({"properties":{"rows":{"type":"integer"}}})"));
  EXPECT_THAT(Cairn({"schema", "list"}).out, HasSubstr("ingestion_volume"));
  end = Cairn({"schema", "validate", "volume", "-"}, R"({"rows":"1"})");
  EXPECT_EQ(end.code, 3);
  EXPECT_EQ(end.out, "payload/rows: expected integer, found \"1\"\n");
  end = Cairn({"emit", "--kind", "volume", "--target", "dataset:crm:orders", "--payload", R"({"rows":"1"})"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, HasSubstr("version 1 of the schema of volume"));
}

TEST_F(CliSchemaTest, IngestRefusesOrCountsByTheMode) {
  const std::string bad =
      R"({"kind":"ingestion_volume","target":{"namespace":"crm","name":"x"},"produced_at":"2026-01-10","producer_id":"p","payload":{}})";
  EXPECT_THAT(Cairn({"schema", "mode", "ingestion_volume", "strict"}).out, HasSubstr("version 1, strict"));
  ProgramEnd end = Cairn({"ingest", "-", "--json"}, Record(1, 5) + "\n" + bad + "\n" + Record(2, 6) + "\n");
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.out, HasSubstr(R"("stored":2,"known":0,"refused":1,"warned":0)"));
  EXPECT_THAT(end.err, HasSubstr("\"row_count\" is missing"));
  EXPECT_EQ(Cairn({"schema", "mode", "ingestion_volume", "warn"}).code, 0);
  end = Cairn({"ingest", "-", "--json"}, Record(3, 5) + "\n" + bad + "\n");
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.out, HasSubstr(R"("stored":2,"known":0,"refused":0,"warned":1)"));
  EXPECT_THAT(end.err, HasSubstr("warning: "));
}

}  // namespace
}  // namespace cairn
