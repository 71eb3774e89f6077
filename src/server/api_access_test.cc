#include <gmock/gmock.h>

#include "access/access_for_test.h"
#include "access/tokens.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::AllOf;
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

TEST_F(ApiAccessTest, WhoMayNotReadIsToldNoMoreThanWhatHeNamed) {
  ASSERT_TRUE(repository->Store(EventOf("load", {"sales:orders"}, {"sales:paid"}, "sales")));
  const std::string ns = "/api/v1/namespaces/sales";
  As(Info({"write"}));
  for (const std::string& path : {ns + "/jobs/load/tags/new", ns + "/datasets/paid/tags/new"}) {
    const ServerResponse tagged = Post(path, "");
    EXPECT_EQ(tagged.status, 200) << tagged.body;
    EXPECT_THAT(tagged.body, HasSubstr(R"("namespace":"sales")"));
    EXPECT_THAT(tagged.body, Not(testing::AnyOf(HasSubstr("orders"), HasSubstr("facets"), HasSubstr("tags"))));
  }
  As(Info({"write", "read"}));
  EXPECT_THAT(Post(ns + "/jobs/load/tags/new", "").body, testing::AllOf(HasSubstr("orders"), HasSubstr("facets")));
}

TEST_F(ApiAccessTest, SourcesAreToldWithoutWhatIsWithheld) {
  ASSERT_TRUE(repository->Store(
      R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","schemaURL":"s","dataset":{"namespace":"sales",)"
      R"("name":"orders","facets":{"dataSource":{"name":"wh","at":{"namespace":"hr","name":"pay"}}}}})"));
  ASSERT_TRUE(repository->Store(
      R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","schemaURL":"s","dataset":{"namespace":"sales",)"
      R"("name":"paid","facets":{"dataSource":{"name":"lake"}}}})"));
  As(Info({"read"}, {"sales"}));
  const ServerResponse sources = Get("/api/v1/sources");
  EXPECT_EQ(sources.status, 200) << sources.body;
  EXPECT_THAT(sources.body, AllOf(HasSubstr("lake"), HasSubstr("\"sales\""), Not(HasSubstr("\"wh\""))));
}

TEST_F(ApiAccessTest, ARunOfAnotherIsNotNamedAsParent) {
  const auto run = [](const char* id, const char* ns, const char* parent) {
    const std::string facets =
        *parent == 0
            ? ""
            : fmt::format(R"("parent":{{"run":{{"runId":"{}"}},"job":{{"namespace":"hr","name":"p"}}}})", parent);
    return fmt::format(
        R"({{"eventType":"START","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{{"runId":"{}",)"
        R"("facets":{{{}}}}},"job":{{"namespace":"{}","name":"j"}}}})",
        id, facets, ns);
  };
  ASSERT_TRUE(repository->Store(run("hidden-run", "hr", "")));
  ASSERT_TRUE(repository->Store(run("child-run", "sales", "hidden-run")));
  As(Info({"read"}));
  EXPECT_THAT(Get("/api/v1/runs/child-run").body, HasSubstr("hidden-run"));
  As(Info({"read"}, {"sales"}));
  EXPECT_EQ(Get("/api/v1/runs/child-run").status, 200);
  for (const char* path : {"/api/v1/runs/child-run", "/api/v1/runs"}) {
    EXPECT_THAT(Get(path).body, Not(HasSubstr("hidden-run"))) << path;
  }
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

TEST_F(ApiAccessTest, MarquezTellsANarrowedTokenEachThingAsItIs) {
  const auto dataset = [](std::string_view name, std::string_view column) {
    return fmt::format(R"({{"namespace":"sales","name":"{0}","facets":{{"schema":{{"fields":[{{"name":"{1}"}}]}},)"
                       R"("documentation":{{"description":"about {0}"}}}}}})",
                       name, column);
  };
  ASSERT_TRUE(repository->Store(fmt::format(
      R"({{"eventType":"COMPLETE","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{{"runId":"r-1"}},)"
      R"("job":{{"namespace":"sales","name":"j","facets":{{"documentation":{{"description":"about j"}}}}}},)"
      R"("inputs":[{},{{"namespace":"hr","name":"hush"}}],"outputs":[{}]}})",
      dataset("a", "of_a"), dataset("b", "of_b"))));
  std::map<std::string, std::string> whole;
  for (const bool is_narrowed : {false, true}) {
    As(Info({"read"}, is_narrowed ? std::vector<std::string>{"sales"} : std::vector<std::string>{}));
    for (const std::string name : {"datasets/a", "datasets/b", "jobs/j"}) {
      const ServerResponse response = Get("/api/v1/namespaces/sales/" + name);
      EXPECT_EQ(response.status, 200) << response.body;
      // But for its version, which is made of the whole event.
      const std::size_t version = response.body.find(R"("currentVersion":)");
      const std::string rest =
          response.body.substr(0, version) + response.body.substr(response.body.find(',', version));
      const std::string& as_whole = whole.try_emplace(name, rest).first->second;
      if (name != "jobs/j") {
        EXPECT_EQ(rest, as_whole);
      }
      EXPECT_THAT(response.body, HasSubstr("about " + name.substr(name.find('/') + 1)));
    }
  }
  EXPECT_THAT(whole["datasets/b"], HasSubstr("of_b"));
  // A stub stands in the graph for what may not be seen; a job's own inputs leave it out.
  const ServerResponse graph = Get("/api/v1/lineage?nodeId=job:sales:j");
  EXPECT_EQ(graph.status, 200) << graph.body;
  EXPECT_THAT(graph.body, AllOf(HasSubstr(R"("hidden":true)"), HasSubstr("of_b"), Not(HasSubstr("hush"))));
  EXPECT_THAT(Get("/api/v1/namespaces/sales/jobs/j").body, Not(HasSubstr(R"("name":"1")")));
  const ServerResponse upstream = Get("/api/v1/runlineage/upstream?runId=r-1");
  EXPECT_THAT(upstream.body, AllOf(HasSubstr(R"("name":"a")"), Not(HasSubstr(R"("name":"1")"))));
}

TEST_F(ApiAccessTest, WhatIsInheritedIsOfWhatTheTokenSees) {
  const auto metadata = [](std::string_view ns, std::string_view name, std::string_view payload) {
    return RecordOf(ns, name, "metadata", "", payload);
  };
  ASSERT_TRUE(repository->Store(metadata("hr", "pay", R"({"sla":"top","owners":["boss"]})")));
  ASSERT_TRUE(repository->Store(metadata("sales", "orders", R"({"tags":["daily"],"level":"gold"})")));
  ASSERT_TRUE(repository->Store(metadata("sales", "copy", R"({"level":"dataset:hr:pay"})")));
  // Whoever may write may call a foreign dataset by a name of his own: it tells him nothing.
  ASSERT_TRUE(repository->Store(
      R"({"eventType":"COMPLETE","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"t-1"},)"
      R"("job":{"namespace":"sales","name":"thief"},"outputs":[{"namespace":"sales","name":"mine","facets":)"
      R"({"symlinks":{"identifiers":[{"namespace":"hr","name":"pay","type":"TABLE"}]}}}]})"));
  As(Info({"read"}, {"sales"}));
  EXPECT_THAT(Get("/api/v1/graph/inherit?node=dataset:sales:mine").body,
              Not(AnyOf(HasSubstr("top"), HasSubstr("boss"))));
  EXPECT_THAT(Get("/api/v1/graph/inherit?node=dataset:sales:copy").body, Not(HasSubstr("hr:pay")));
  EXPECT_THAT(Get("/api/v1/graph/inherit?node=dataset:sales:orders").body, HasSubstr("gold"));
  EXPECT_THAT(Get("/api/v1/nodes/orders").body, HasSubstr("daily"));
  TokenInfo schemas = Info({"read"});
  schemas.grant.kinds = {"schema_*"};
  As(schemas);
  EXPECT_THAT(Get("/api/v1/graph/inherit?node=dataset:sales:orders").body, Not(HasSubstr("gold")));
  EXPECT_THAT(Get("/api/v1/nodes/orders").body, Not(HasSubstr("daily")));
  EXPECT_THAT(Get("/api/v1/tags").body, Not(HasSubstr("daily")));
  EXPECT_THAT(Get("/api/v1/things?tag=daily").body, HasSubstr(R"("total":0)"));
}

TEST_F(ApiAccessTest, AnAdminOfOneTenantRulesNoOther) {
  TokenInfo acme = Info({"read", "write", "admin"});
  acme.grant.tenant = "acme";
  As(acme);
  EXPECT_EQ(Get("/api/v1/records").status, 200);
  for (const char* path : {"/api/v1/admin/dump", "/api/v1/admin/verify", "/api/v1/stats"}) {
    EXPECT_EQ(Get(path).status, 403) << path;
  }
  EXPECT_EQ(Post("/api/v1/admin/seal", "").status, 403);
  EXPECT_EQ(Post("/api/v1/admin/rebuild", "").status, 403);
  As(Info({"admin", "read"}));
  EXPECT_EQ(Get("/api/v1/admin/dump").status, 200);
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
