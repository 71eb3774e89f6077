#include <gmock/gmock.h>

#include "access/tokens.h"
#include "bus/subscriber_for_test.h"
#include "bus/webhook_signature.h"
#include "lookup/server_for_test.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiWebhooksTest : public ApiTestBase {
 protected:
  void SetUp() override {
    Api::Options options;
    options.access.is_open = true;
    options.webhooks_folder = temp.Sub("store/webhooks");
    Start(options);
  }
  std::string HookJson(const std::string& more = "") {
    return R"({"name":"alerts","url":")" + server.url() + R"(/in")" + more + "}";
  }
  static std::string SecretOf(const ServerResponse& response) {
    const std::size_t at = response.body.find("whsec_");
    return at == std::string::npos ? "" : response.body.substr(at, response.body.find('"', at) - at);
  }

  TestServer server;
};

TEST_F(ApiWebhooksTest, AWebhookIsMadeListedAndDelivered) {
  server.Answer("/in", {});
  const ServerResponse made = Post(
      "/api/v1/webhooks", HookJson(R"(,"kinds":["ingestion_*"],"filter":"payload.row_count > 1","batch_records":5)"));
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(made.body, AllOf(HasSubstr(R"("name":"alerts")"), HasSubstr(R"("state":"active")")));
  EXPECT_EQ(HeaderOf(made, "Cache-Control"), "no-store");
  const auto secret = WebhookSecret::Parse(SecretOf(made));
  ASSERT_TRUE(secret) << made.body;
  ASSERT_EQ(Post("/api/v1/records", RecordJson("t", 1) + "\n" + RecordJson("t", 2)).status, 200);
  AwaitThat([&] { return !server.requests().empty(); });
  const auto request = server.requests().front();
  EXPECT_THAT(request.body, AllOf(HasSubstr(R"("row_count":2)"), Not(HasSubstr(R"("row_count":1)"))));
  EXPECT_EQ(request.headers.at("webhook-signature"),
            secret->Sign(request.headers.at("webhook-id"), request.headers.at("webhook-timestamp"), request.body));
  AwaitThat([&] { return Get("/api/v1/webhooks/alerts").body.find(R"("records":1,)") != std::string::npos; });
  const std::string listed = Get("/api/v1/webhooks").body;
  EXPECT_THAT(listed, AllOf(HasSubstr(R"("last_status":200)"), HasSubstr(R"("lag":0)"), Not(HasSubstr("whsec_"))));
  const std::string metrics = Get("/metrics").body;
  EXPECT_THAT(metrics, AllOf(HasSubstr("cairn_webhook_records_total{tenant=\"\",name=\"alerts\"} 1\n"),
                             HasSubstr("# TYPE cairn_webhook_lag_records gauge\n")));
}

TEST_F(ApiWebhooksTest, ItIsPausedAndDeleted) {
  ASSERT_EQ(Post("/api/v1/webhooks", HookJson()).status, 201);
  EXPECT_EQ(Post("/api/v1/webhooks", HookJson()).status, 409);
  EXPECT_THAT(Ask("PATCH", "/api/v1/webhooks/alerts", R"({"state":"paused"})").body, HasSubstr(R"("state":"paused")"));
  EXPECT_THAT(Get("/api/v1/webhooks/alerts").body, HasSubstr(R"("changed_by":"anybody")"));
  EXPECT_EQ(Ask("PATCH", "/api/v1/webhooks/alerts", R"({"state":"off"})").status, 400);
  EXPECT_EQ(Ask("PATCH", "/api/v1/webhooks/alerts", "").status, 400);
  EXPECT_EQ(Ask("DELETE", "/api/v1/webhooks/alerts").status, 200);
  for (const char* path : {"", "/dead-letters"}) {
    EXPECT_EQ(Get("/api/v1/webhooks/alerts" + std::string(path)).status, 404);
  }
  EXPECT_EQ(Ask("DELETE", "/api/v1/webhooks/alerts").status, 404);
  EXPECT_THAT(Get("/api/v1/webhooks").body, HasSubstr(R"({"webhooks":[]})"));
}

TEST_F(ApiWebhooksTest, WhatWasGivenUpIsToldAndSentOnceMore) {
  server.AnswerInTurn("/in", {{.status = 500}, {.status = 200}});
  ASSERT_EQ(Post("/api/v1/webhooks", HookJson(R"(,"attempts":1)")).status, 201);
  ASSERT_EQ(Post("/api/v1/records", RecordJson("t", 1)).status, 201);
  const auto letters = [&] { return Get("/api/v1/webhooks/alerts/dead-letters").body; };
  AwaitThat([&] { return letters() != R"({"dead_letters":[]})"; });
  EXPECT_THAT(letters(), AllOf(HasSubstr(R"("records":1,"attempts":1,"status":500,"reason":"it answered 500")"),
                               HasSubstr(R"("state":"dead")")));
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/retry", R"({"id":"77-78"})").status, 404);
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/retry", R"({"all":false})").status, 400);
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/retry", R"({"all":true})").body, R"({"retried":1})");
  AwaitThat([&] { return letters() == R"({"dead_letters":[]})"; });
  EXPECT_EQ(letters(), R"({"dead_letters":[]})");
}

TEST_F(ApiWebhooksTest, APingTellsWhatWasAnsweredAndNoMore) {
  server.AnswerInTurn("/in", {{.status = 204}, {.status = 403, .body = "internal page"}});
  ASSERT_EQ(Post("/api/v1/webhooks", HookJson()).status, 201);
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/test", "").body, R"({"delivered":true,"status":204,"error":null})");
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/test", "").body,
            R"({"delivered":false,"status":403,"error":"it answered 403"})");
}

TEST_F(ApiWebhooksTest, WhatIsNoWebhookIsRefused) {
  for (const char* wrong :
       {"", "[]", "{}", R"({"name":"a"})", R"({"name":"a","url":"http://example.org/"})",
        R"({"name":"a","url":"https://u:p@example.org/"})", R"({"name":"a","url":"https://x/","zebra":1})",
        R"({"name":"a","url":"https://x/","attempts":0})", R"({"name":"a","url":"https://x/","attempts":-1})",
        R"({"name":"a","url":"https://x/","from":0})", R"({"name":"a","url":"https://x/","from":"then"})",
        R"({"name":"a","url":"https://x/","kinds":[1]})", R"({"name":"a","url":"https://x/","secret":"hunter2"})",
        R"({"name":"a","url":"https://x/","filter":"payload."})", R"({"name":"a/b","url":"https://x/"})"}) {
    const ServerResponse response = Post("/api/v1/webhooks", wrong);
    EXPECT_EQ(response.status, 400) << wrong;
    EXPECT_THAT(response.body, Not(HasSubstr("hunter2")));
  }
}

TEST_F(ApiWebhooksTest, AServiceWithoutAFolderForThemSaysSo) {
  Api::Options options;
  options.access.is_open = true;
  api = std::make_unique<Api>(repository, options);
  EXPECT_EQ(Get("/api/v1/webhooks").status, 409);
}

class ApiWebhooksAccessTest : public ApiTestBase {
 protected:
  void SetUp() override {
    Api::Options options;
    options.webhooks_folder = temp.Sub("store/webhooks");
    Start(options);
  }
  void Bear(const std::vector<std::string>& scopes, const std::string& tenant = "",
            const std::vector<std::string>& kinds = {}) {
    TokenInfo info;
    info.name = "me";
    info.grant.scopes = *ParseScopes(scopes);
    info.grant.tenant = tenant;
    info.grant.kinds = kinds;
    headers["Authorization"] = "Bearer " + Tokens(*repository, *Clock::Default()).Create(info)->secret;
  }
};

TEST_F(ApiWebhooksAccessTest, OnlyWhoRulesAllOfHisTenantMayHaveOne) {
  const std::string hook = R"({"name":"alerts","url":"https://hooks.example.org/"})";
  EXPECT_EQ(Post("/api/v1/webhooks", hook).status, 401);
  Bear({"read", "write"});
  EXPECT_EQ(Post("/api/v1/webhooks", hook).status, 403);
  EXPECT_EQ(Get("/api/v1/webhooks").status, 403);
  Bear({"admin"}, "", {"volume"});
  EXPECT_EQ(Post("/api/v1/webhooks", hook).status, 403);
  Bear({"admin"}, "acme");
  ASSERT_EQ(Post("/api/v1/webhooks", hook).status, 201);
  EXPECT_THAT(Get("/api/v1/webhooks").body, AllOf(HasSubstr(R"("tenant":"acme")"), HasSubstr("(me)")));
  // Of another tenant there is nothing to be seen.
  Bear({"admin"});
  EXPECT_EQ(Get("/api/v1/webhooks").body, R"({"webhooks":[]})");
  EXPECT_EQ(Get("/api/v1/webhooks/alerts").status, 404);
  EXPECT_EQ(Post("/api/v1/webhooks/alerts/test", "").status, 404);
  EXPECT_EQ(Post("/api/v1/webhooks", hook).status, 201) << "names are each tenant's own";
}

}  // namespace
}  // namespace cairn
