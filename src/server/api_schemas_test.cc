#include <gmock/gmock.h>

#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;

class ApiSchemasTest : public OpenApiTest {
 protected:
  ServerResponse Put(std::string target, std::string_view body) { return Ask("PUT", std::move(target), body); }
};

const std::string kBad =
    R"({"kind":"ingestion_volume","target":{"namespace":"db","name":"t"},"produced_at":"2026-01-10","producer_id":"p","payload":{"row_count":"1"}})";

TEST_F(ApiSchemasTest, AKindIsRegisteredAndRead) {
  EXPECT_EQ(Get("/api/v1/kinds/volume").status, 404);
  const ServerResponse put = Put("/api/v1/kinds/volume", R"({"schema":{"required":["a"]},"mode":"warn"})");
  EXPECT_EQ(put.status, 200);
  EXPECT_THAT(put.body, HasSubstr(R"("version":1,"mode":"warn","compatibility":"backward","changed_by":"anybody")"));
  EXPECT_EQ(Put("/api/v1/kinds/volume", R"({"schema":{}})").status, 200);
  EXPECT_THAT(Get("/api/v1/kinds/volume").body, HasSubstr(R"("version":2)"));
  EXPECT_THAT(Get("/api/v1/kinds/volume/versions/1").body, HasSubstr(R"("schema":{"required":["a"]})"));
  EXPECT_EQ(Get("/api/v1/kinds/volume/versions/9").status, 404);
  EXPECT_EQ(Get("/api/v1/kinds/volume/versions/x").status, 400);
  EXPECT_THAT(Get("/api/v1/kinds").body, HasSubstr(R"("kind":"volume")"));
  EXPECT_EQ(Put("/api/v1/kinds/volume", R"({"schema":{"minimum":1}})").status, 409) << "a narrowing";
  for (const char* wrong : {"", "[]", "{}", R"({"schema":{"zebra":1}})", R"({"mode":"loud"})", R"({"more":1})"}) {
    EXPECT_EQ(Put("/api/v1/kinds/volume", wrong).status, 400) << wrong;
  }
}

TEST_F(ApiSchemasTest, StrictRefusesThatRecordAlone) {
  EXPECT_EQ(Post("/api/v1/records", kBad).status, 201);
  ASSERT_EQ(Put("/api/v1/kinds/ingestion_volume", R"({"mode":"strict"})").status, 200);
  const std::string other = kBad.substr(0, kBad.size() - 2) + R"(,"x":1}})";
  const ServerResponse refused = Post("/api/v1/records", other);
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("version 1 of the schema of ingestion_volume says: payload/row_count: expected "
                                      "integer, found \\\"1\\\""));
  const ServerResponse many = Post("/api/v1/records", RecordJson("t", 1) + "\n" + other + "\n" + RecordJson("t", 2));
  EXPECT_THAT(many.body, HasSubstr(R"("stored":2,"known":0,"refused":1)"));
}

TEST_F(ApiSchemasTest, StrictHoldsForIntegersBeyond64Bits) {
  ASSERT_EQ(
      Put("/api/v1/kinds/volume", R"({"schema":{"properties":{"rows":{"maximum":1e25}}},"mode":"strict"})").status,
      200);
  const auto record = [](const std::string& rows) {
    return R"({"kind":"volume","target":{"namespace":"db","name":"t"},"produced_at":"2026-01-10","producer_id":"p",)"
           R"("payload":{"rows":)" +
           rows + "}}";
  };
  EXPECT_EQ(Post("/api/v1/records", record("99999999999999999999")).status, 201);
  EXPECT_EQ(Post("/api/v1/records", record("99999999999999999999999999")).status, 400);
}

TEST_F(ApiSchemasTest, WarnStoresAndSaysSo) {
  ASSERT_EQ(Put("/api/v1/kinds/ingestion_volume", R"({"mode":"warn"})").status, 200);
  const ServerResponse one = Post("/api/v1/records", kBad);
  EXPECT_EQ(one.status, 201);
  EXPECT_THAT(one.body, HasSubstr(R"("warning":"not as version 1)"));
  const ServerResponse many = Post("/api/v1/records", RecordJson("t", 1) + "\n" + kBad);
  EXPECT_THAT(many.body, HasSubstr(R"("known":false},{)"));
  EXPECT_THAT(many.body, HasSubstr(R"("known":true,"warning":)"));
}

TEST_F(ApiSchemasTest, APayloadIsHeldAgainstItsSchemaWithoutBeingStored) {
  EXPECT_THAT(Post("/api/v1/kinds/ingestion_volume/validate", R"({"row_count":1})").body,
              HasSubstr(R"("valid":true,"violations":[])"));
  EXPECT_THAT(Post("/api/v1/kinds/ingestion_volume/validate", R"({"row_count":-1})").body,
              HasSubstr(R"({"valid":false,"violations":[{"pointer":"/row_count","message":"expected at least 0)"));
  EXPECT_EQ(Post("/api/v1/kinds/ingestion_volume/validate", "{").status, 400);
  EXPECT_EQ(Post("/api/v1/kinds/zebra/validate", "{}").status, 404);
}

TEST_F(ApiSchemasTest, ASchemaIsNoRecordThatAnybodyMaySend) {
  EXPECT_EQ(Post("/api/v1/records", R"({"kind":"record_schema","target":{"namespace":"","name":"x"},)"
                                    R"("produced_at":"2026-01-10","producer_id":"p","payload":{}})")
                .status,
            400);
}

}  // namespace
}  // namespace cairn
