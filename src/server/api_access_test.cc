#include <gmock/gmock.h>

#include "access/access_for_test.h"
#include "access/tokens.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiAccessTest : public ApiTestBase {
 protected:
  void SetUp() override {
    Api::Options options;
    options.access.clock = &clock;
    Start(options);
    tokens = std::make_unique<Tokens>(*repository, clock);
    ASSERT_TRUE(repository->Store(RecordOf("sales", "orders", "volume")));
    ASSERT_TRUE(repository->Store(RecordOf("hr", "pay", "volume")));
  }
  TokenInfo Info(std::vector<std::string> scopes, std::vector<std::string> namespaces = {}) {
    TokenInfo info;
    info.name = "test";
    info.grant.scopes = *ParseScopes(scopes);
    info.grant.namespaces = std::move(namespaces);
    return info;
  }
  /// From now on asks with a new token.
  Tokens::Created As(const TokenInfo& info) {
    auto created = tokens->Create(info);
    EXPECT_TRUE(created) << created.error();
    headers["Authorization"] = "Bearer " + created->secret;
    return *created;
  }

  HandClock clock;
  std::unique_ptr<Tokens> tokens;
};

TEST_F(ApiAccessTest, WithoutATokenNobodyIsLetInButToAskForHealth) {
  for (const auto& route : api->router().routes()) {
    const ServerResponse response = Ask(route->method, route->pattern, "{}");
    const bool is_open = route->needs == HttpRoute::Needs::kNothing;
    EXPECT_EQ(response.status == 401, !is_open) << route->method << ' ' << route->pattern << ' ' << response.status;
    if (!is_open) {
      EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Bearer realm=\"cairn\"");
    }
  }
  EXPECT_EQ(Get("/health/live").status, 200);
  EXPECT_EQ(Get("/health/ready").body, R"({"status":"ready"})") << "and nothing about the store";
  headers["Authorization"] = "Basic YTpi";
  EXPECT_EQ(Get("/api/v1/records").status, 401);
  headers["Authorization"] = "Bearer cairn_0123456789abcdef_" + std::string(64, 'a');
  EXPECT_EQ(Get("/api/v1/records").status, 401);
}

TEST_F(ApiAccessTest, SchemasAreRegisteredByWhoMayChangeThem) {
  const std::string_view wanted = R"({"schema":{"type":"object"},"mode":"warn"})";
  const auto put = [&](const TokenInfo& info, const std::string& kind) {
    As(info);
    return Ask("PUT", "/api/v1/kinds/" + kind, wanted);
  };
  EXPECT_EQ(put(Info({"read"}), "volume").status, 403);
  EXPECT_EQ(put(Info({"write"}), "volume").status, 200);
  // Of kinds that it does not see, or of tables beside its own.
  const ServerResponse narrowed = put(Info({"write"}, {"sales"}), "volume");
  EXPECT_EQ(narrowed.status, 403);
  EXPECT_THAT(narrowed.body, HasSubstr("narrowed"));
  TokenInfo of_kinds = Info({"read", "write"});
  of_kinds.grant.kinds = {"schema_*"};
  EXPECT_EQ(put(of_kinds, "volume").status, 403);
  EXPECT_EQ(put(of_kinds, "schema_of_ours").status, 200);
  EXPECT_EQ(Get("/api/v1/kinds/volume").status, 404) << "nor does it see others";
  EXPECT_THAT(Get("/api/v1/kinds").body,
              testing::AllOf(HasSubstr("schema_of_ours"), testing::Not(HasSubstr("volume"))));
}

TEST_F(ApiAccessTest, EachRouteNeedsItsScope) {
  As(Info({"read"}));
  EXPECT_EQ(Get("/api/v1/records").status, 200);
  const ServerResponse refused = Post("/api/v1/records", RecordJson("a", 1));
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("needs the scope write"));
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {})).status, 403);
  EXPECT_EQ(Get("/metrics").status, 403);
  As(Info({"write"}));
  EXPECT_EQ(Post("/api/v1/records", RecordJson("a", 1)).status, 201);
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {})).status, 201);
  EXPECT_EQ(Get("/api/v1/records").status, 403);
  As(Info({"admin"}));
  EXPECT_EQ(Get("/metrics").status, 200);
}

TEST_F(ApiAccessTest, TheSchemeIsReadInAnyCase) {
  const auto created = As(Info({"read"}));
  headers["Authorization"] = "bEARER " + created.secret;
  EXPECT_EQ(Get("/api/v1/records").status, 200);
}

TEST_F(ApiAccessTest, EveryAnswerIsOfWhatTheTokenSees) {
  ASSERT_TRUE(repository->Store(EventOf("load", {"sales:orders"}, {"hr:secret_table"}, "sales")));
  As(Info({"read"}, {"sales"}));
  for (const char* path :
       {"/api/v1/records", "/api/v1/records?kind=openlineage.run_event", "/api/v1/records/tail", "/api/v1/nodes",
        "/api/v1/runs", "/api/v1/runs/load-1/records", "/api/v1/graph/lineage?node=orders&direction=both",
        "/api/v1/graph/impact?node=orders", "/api/v1/graph/diff?before=2020-01-01", "/api/v1/nodes/pay",
        "/api/v1/records/latest?kind=volume&node=pay", "/api/v1/records/2", "/api/v1/graph/lineage?node=secret_table",
        "/api/v1/graph/why?source=load&destination=secret_table"}) {
    const ServerResponse response = Get(path);
    EXPECT_NE(response.status, 500) << path << response.body;
    EXPECT_THAT(response.body, Not(AnyOf(HasSubstr("hr:"), HasSubstr("\"hr\"")))) << path;
  }
  EXPECT_THAT(Get("/api/v1/graph/lineage?node=orders&direction=both").body, HasSubstr(R"("hidden":1)"));
  EXPECT_THAT(Get("/api/v1/records").body, HasSubstr(R"("withheld":1)"));
}

TEST_F(ApiAccessTest, WhatIsSentIsHeldAgainstTheGrant) {
  As(Info({"write", "read"}, {"sales"}));
  EXPECT_EQ(Post("/api/v1/records", RecordOf("sales", "x")).status, 201);
  EXPECT_EQ(Post("/api/v1/records", RecordOf("hr", "x")).status, 403);
  const ServerResponse many = Post("/api/v1/records", RecordOf("sales", "y") + "\n" + RecordOf("hr", "y"));
  EXPECT_EQ(many.status, 200);
  EXPECT_THAT(many.body, HasSubstr(R"("stored":1,"known":0,"refused":1)"));
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {}, "hr")).status, 403);
  const ServerResponse batch =
      Post("/api/v1/lineage/batch", "[" + EventOf("j", {}, {}, "hr") + "," + EventOf("j", {}, {}, "sales") + "]");
  EXPECT_EQ(batch.status, 200);
  EXPECT_THAT(batch.body, HasSubstr(R"("index":0)"));
  EXPECT_THAT(batch.body, HasSubstr(R"("retriable":false)"));
}

TEST_F(ApiAccessTest, EventsGoIntoTheTenantOfTheToken) {
  TokenInfo info = Info({"read", "write"});
  info.grant.tenant = "acme";
  As(info);
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("load", {"db:a"}, {"db:b"})).status, 201);
  EXPECT_THAT(Get("/api/v1/nodes?q=db").body, HasSubstr("dataset:db:b"));
  As(Info({"read"}));
  EXPECT_THAT(Get("/api/v1/nodes?q=db").body, Not(HasSubstr("dataset:db:b")));
}

TEST_F(ApiAccessTest, ARevokedTokenIsRefusedWithTheNextRequest) {
  const auto created = As(Info({"read"}));
  EXPECT_EQ(Get("/api/v1/records").status, 200);
  ASSERT_TRUE(tokens->Revoke(created.info.id, "me"));
  EXPECT_EQ(Get("/api/v1/records").status, 401);
}

TEST_F(ApiAccessTest, WhoAsksTooOftenWaits) {
  TokenInfo info = Info({"read", "write"});
  info.requests_per_second = 2;
  As(info);
  EXPECT_EQ(Get("/api/v1/records").status, 200);
  EXPECT_EQ(Get("/api/v1/records").status, 200);
  const ServerResponse refused = Get("/api/v1/records");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(HeaderOf(refused, "Retry-After"), "1");
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {})).status, 503) << "clients of OpenLineage give up after 429";
  clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {})).status, 201);
}

TEST_F(ApiAccessTest, TheQuotaOfADayIsKept) {
  TokenInfo info = Info({"write"});
  info.records_per_day = 2;
  As(info);
  EXPECT_EQ(Post("/api/v1/records", RecordJson("a", 1) + "\n" + RecordJson("a", 2)).status, 200);
  const ServerResponse refused = Post("/api/v1/records", RecordJson("a", 3));
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(HeaderOf(refused, "Retry-After"), "");
  EXPECT_EQ(Post("/api/v1/lineage", EventOf("j", {}, {})).status, 503);
}

TEST_F(ApiAccessTest, TheTokensThemselvesAreReadByNobody) {
  const auto created = As(Info({"read", "write", "admin"}));
  for (const char* path : {"/api/v1/records", "/api/v1/records?kind=access_token", "/api/v1/records/tail?limit=1000",
                           "/api/v1/nodes?q=token", "/api/v1/records/3", "/metrics"}) {
    EXPECT_THAT(Get(path).body, Not(HasSubstr(created.info.id))) << path;
    EXPECT_THAT(Get(path).body, Not(HasSubstr("sha256"))) << path;
  }
}

}  // namespace
}  // namespace cairn
