// Routes that write: everything becomes a record or an event in the log.

#include "server/marquez_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class MarquezWrites : public MarquezTest {
 protected:
  void SetUp() override {
    MarquezTest::SetUp();
    Store(TestEvent{.inputs = {"in"}, .outputs = {"out"}, .output_facets = R"("schema":{"fields":[{"name":"email"}]})"}
              .Json());
  }
  std::string Send(const std::string& method, const std::string& path, const std::string& body = {}, int status = 200) {
    const ServerResponse response = Ask(method, "/api/v1" + path, body);
    EXPECT_EQ(response.status, status) << path << "\n" << response.body;
    return response.body;
  }
};

TEST_F(MarquezWrites, ANamespaceIsDeclared) {
  const std::string declared = Send("PUT", "/namespaces/team", R"({"ownerName":"me","description":"ours"})");
  EXPECT_EQ(At(declared, "/ownerName"), "me");
  EXPECT_EQ(At(declared, "/description"), "ours");
  EXPECT_EQ(Get("/namespaces/team"), declared);
  EXPECT_THAT(Each(Get("/namespaces"), "/namespaces", "/name"), ElementsAre("db", "etl", "team"));
  EXPECT_EQ(At(Get("/namespaces/team/jobs"), "/totalCount"), "0");
  Send("PUT", "/namespaces/team", R"({"ownerName":"you"})");
  EXPECT_EQ(At(Get("/namespaces/team"), "/ownerName"), "you");
  EXPECT_EQ(At(Get("/namespaces/team"), "/description"), "null");
  EXPECT_EQ(StatusOf("PUT", "/namespaces/team", "{"), 400);
  EXPECT_EQ(StatusOf("PUT", "/namespaces/team", "[]"), 400);
  EXPECT_EQ(StatusOf("PUT", "/namespaces/team", R"({"ownerName":7})"), 400);
}

TEST_F(MarquezWrites, ADatasetThatARunDeclaresIsItsVersion) {
  const std::string run = At(Send("POST", "/namespaces/etl/jobs/load/runs", "{}", 201), "/id");
  Send("PUT", "/namespaces/db/datasets/made", R"({"fields":[{"name":"id"}],"runId":")" + run + "\"}");
  const std::string versions = Get("/namespaces/db/datasets/made/versions");
  EXPECT_THAT(Each(versions, "/versions", "/createdByRunId"), ElementsAre(run));
  EXPECT_EQ(At(versions, "/versions/0/version"), At(Get("/jobs/runs/" + run), "/outputVersions/0/version"));
}

TEST_F(MarquezWrites, WhatIsNoListOfObjectsIsRefused) {
  for (const char* body : {R"({"fields":"bad"})", R"({"fields":["id"]})", R"({"fields":[{"type":"int"}]})"}) {
    EXPECT_EQ(StatusOf("PUT", "/namespaces/db/datasets/made", body), 400) << body;
  }
  EXPECT_EQ(StatusOf("PUT", "/namespaces/etl/jobs/made", R"({"inputs":[{"namespace":"db"}]})"), 400);
  EXPECT_EQ(StatusOf("GET", "/namespaces/db/datasets/made"), 404);
  EXPECT_EQ(StatusOf("PUT", "/namespaces/db/datasets/made", R"({"fields":null})"), 200);
}

TEST_F(MarquezWrites, TagsComeAndGo) {
  EXPECT_EQ(At(Send("PUT", "/tags/PII", R"({"description":"personal"})"), "/description"), "personal");
  const std::string out = "/namespaces/db/datasets/out";
  EXPECT_EQ(At(Send("POST", out + "/tags/PII"), "/tags"), R"(["PII"])");
  EXPECT_EQ(At(Send("POST", out + "/tags/b%2Fc"), "/tags"), R"(["PII","b/c"])");
  EXPECT_EQ(At(Send("POST", out + "/tags/PII"), "/tags"), R"(["PII","b/c"])");
  EXPECT_EQ(At(Send("POST", out + "/fields/email/tags/PII"), "/fields/0/tags"), R"(["PII"])");
  EXPECT_EQ(At(Send("POST", "/namespaces/etl/jobs/load/tags/nightly"), "/tags"), R"(["nightly"])");
  EXPECT_EQ(Get("/tags"), R"({"tags":[{"name":"PII","description":"personal"},{"name":"b/c","description":null},)"
                          R"({"name":"nightly","description":null}],"totalCount":3})");
  EXPECT_EQ(At(Send("DELETE", out + "/tags/PII"), "/tags"), R"(["b/c"])");
  EXPECT_EQ(At(Send("DELETE", out + "/tags/PII"), "/tags"), R"(["b/c"])");
  EXPECT_EQ(At(Send("DELETE", out + "/fields/email/tags/PII"), "/fields/0/tags"), "[]");
  EXPECT_EQ(At(Send("DELETE", "/namespaces/etl/jobs/load/tags/nightly"), "/tags"), "[]");
  EXPECT_THAT(Each(Get("/tags"), "/tags", "/name"), ElementsAre("PII", "b/c"));
  EXPECT_EQ(StatusOf("POST", "/namespaces/db/datasets/none/tags/PII"), 404);
  EXPECT_EQ(StatusOf("POST", out + "/fields/none/tags/PII"), 404);
  Reopen();
  EXPECT_EQ(At(Get(out), "/tags"), R"(["b/c"])");
}

TEST_F(MarquezWrites, TagsOfAnEventAreTagsAsWell) {
  Store(TestEvent{.time = "2026-01-11T05:00:00Z",
                  .outputs = {"out"},
                  .output_facets = R"("tags":{"tags":[{"key":"gold"},{"key":"PII","field":"email"}]})"}
            .Json());
  const std::string dataset = Get("/namespaces/db/datasets/out");
  EXPECT_EQ(At(dataset, "/tags"), R"(["gold"])");
  EXPECT_EQ(At(dataset, "/fields/0/tags"), R"(["PII"])");
  EXPECT_EQ(At(Send("POST", "/namespaces/db/datasets/out/tags/new"), "/tags"), R"(["gold","new"])");
  EXPECT_THAT(Each(Get("/tags"), "/tags", "/name"), ElementsAre("PII", "gold", "new"));
}

TEST_F(MarquezWrites, ADeletedDatasetIsGoneUntilItIsStatedAgain) {
  EXPECT_EQ(At(Send("DELETE", "/namespaces/db/datasets/out"), "/deleted"), "true");
  EXPECT_EQ(StatusOf("GET", "/namespaces/db/datasets/out"), 404);
  EXPECT_EQ(StatusOf("DELETE", "/namespaces/db/datasets/out"), 404);
  const std::string left = Get("/namespaces/db/datasets");
  EXPECT_THAT(Each(left, "/datasets", "/name"), ElementsAre("in"));
  EXPECT_EQ(At(left, "/totalCount"), "1");
  EXPECT_THAT(Each(Get("/lineage?nodeId=job:etl:load"), "/graph", "/id"), ElementsAre("dataset:db:in", "job:etl:load"));
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/load"), "/outputs", ""), SizeIs(0));
  EXPECT_THAT(Each(Get("/search?q=out"), "/results", ""), SizeIs(0));
  Reopen();
  EXPECT_EQ(StatusOf("GET", "/namespaces/db/datasets/out"), 404);
  Store(TestEvent{.time = "2026-03-01T05:00:00Z", .outputs = {"out"}}.Json());
  EXPECT_EQ(At(Get("/namespaces/db/datasets/out"), "/deleted"), "false");
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:out&depth=1"), "/graph", "/id"),
              ElementsAre("dataset:db:out", "job:etl:load"));
}

TEST_F(MarquezWrites, ADeletedJobIsGoneUntilItRunsAgain) {
  Send("DELETE", "/namespaces/etl/jobs/load");
  EXPECT_EQ(StatusOf("GET", "/namespaces/etl/jobs/load"), 404);
  EXPECT_EQ(At(Get("/jobs"), "/totalCount"), "0");
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:out"), "/graph", "/id"), ElementsAre("dataset:db:out"));
  Store(TestEvent{.time = "2026-03-01T05:00:00Z", .inputs = {"in"}, .outputs = {"out"}}.Json());
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:out"), "/graph", "/id"),
              ElementsAre("dataset:db:in", "dataset:db:out", "job:etl:load"));
}

TEST_F(MarquezWrites, ADroppedDatasetSaysSo) {
  Store(TestEvent{.time = "2026-01-11T05:00:00Z",
                  .outputs = {"out"},
                  .output_facets = R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})"}
            .Json());
  const std::string dataset = Get("/namespaces/db/datasets/out");
  EXPECT_EQ(At(dataset, "/deleted"), "true");
  EXPECT_EQ(At(dataset, "/lastLifecycleState"), "DROP");
}

TEST_F(MarquezWrites, DatasetsJobsAndRunsOfTheOldClientBecomeEvents) {
  Send("PUT", "/sources/warehouse", R"({"type":"POSTGRESQL","connectionUrl":"jdbc:postgresql://h/db"})");
  EXPECT_EQ(At(Get("/sources/warehouse"), "/connectionUrl"), "jdbc:postgresql://h/db");
  EXPECT_EQ(StatusOf("GET", "/sources/none"), 404);
  const std::string table = "/namespaces/old/datasets/public.t";
  const std::string dataset =
      Send("PUT", table,
           R"({"type":"DB_TABLE","physicalName":"public.t","sourceName":"warehouse","description":"a table",)"
           R"("fields":[{"name":"id","type":"INTEGER","tags":["KEY"]}],"tags":["GOLD"]})");
  EXPECT_EQ(Get(table), dataset);
  EXPECT_EQ(At(dataset, "/sourceName"), "warehouse");
  EXPECT_EQ(At(dataset, "/description"), "a table");
  EXPECT_EQ(At(dataset, "/tags"), R"(["GOLD"])");
  EXPECT_EQ(At(dataset, "/fields"), R"([{"name":"id","type":"INTEGER","tags":["KEY"],"description":null}])");

  const std::string job = "/namespaces/old/jobs/j";
  Send("PUT", job,
       R"({"type":"BATCH","inputs":[{"namespace":"old","name":"public.t"}],"outputs":[],"location":"https://x/y",)"
       R"("description":"a job","context":{"sql":"SELECT 1"}})");
  EXPECT_EQ(At(Get(job), "/location"), "https://x/y");
  EXPECT_EQ(At(Get(job), "/context/sql"), "SELECT 1");
  EXPECT_THAT(Each(Get(job), "/inputs", "/name"), ElementsAre("public.t"));

  const std::string run =
      Send("POST", job + "/runs", R"({"nominalStartTime":"2026-01-10T00:00:00Z","args":{"a":"b"}})", 201);
  EXPECT_EQ(At(run, "/state"), "NEW");
  EXPECT_EQ(At(run, "/args/a"), "b");
  EXPECT_EQ(At(run, "/nominalStartTime"), "2026-01-10T00:00:00Z");
  const std::string id = At(run, "/id");
  EXPECT_EQ(At(Send("POST", "/jobs/runs/" + id + "/start?at=2026-02-01T13:00:00Z"), "/state"), "RUNNING");
  Send("PUT", "/namespaces/old/datasets/made",
       R"({"type":"STREAM","physicalName":"made","sourceName":"warehouse","runId":")" + id + "\"}");
  const std::string done = Send("POST", "/jobs/runs/" + id + "/complete?at=2026-02-01T13:00:05Z");
  EXPECT_EQ(At(done, "/state"), "COMPLETED");
  EXPECT_EQ(At(done, "/durationMs"), "5000");
  EXPECT_THAT(Each(done, "/outputVersions", "/name"), ElementsAre("made"));
  EXPECT_EQ(At(Get("/namespaces/old/datasets/made"), "/type"), "STREAM");
  EXPECT_EQ(At(Get(job + "/runs"), "/totalCount"), "1");
  EXPECT_EQ(At(Send("POST", job + "/runs", R"({"id":"33333333-3333-4333-8333-333333333333"})", 201), "/id"),
            "33333333-3333-4333-8333-333333333333");
  EXPECT_EQ(At(Send("POST", "/jobs/runs/33333333-3333-4333-8333-333333333333/fail"), "/state"), "FAILED");
  EXPECT_EQ(StatusOf("POST", "/jobs/runs/none/abort"), 404);
  EXPECT_EQ(StatusOf("POST", "/namespaces/old/jobs/none/runs"), 404);
}

}  // namespace
}  // namespace cairn
