#include "server/api_for_test.h"

namespace cairn {
namespace {

constexpr std::string_view kEvent =
    R"({"eventType":"COMPLETE","eventTime":"2026-01-10T05:45:00Z","run":{"runId":"0190-a"},"job":{"namespace":"etl","name":"load"},)"
    R"("inputs":[{"namespace":"db","name":"raw.orders"}],"outputs":[{"namespace":"db","name":"orders","facets":{"schema":)"
    R"({"_producer":"p","_schemaURL":"s","fields":[{"name":"id","type":"int"}]}}}],"producer":"p","schemaURL":"s"})";

using ApiTest = OpenApiTest;

TEST_F(ApiTest, ARecordIsStoredOnceAndReadBack) {
  const ServerResponse first = Post("/api/v1/records", RecordJson("orders", 5));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.body, R"({"seq":1,"known":false})");
  const ServerResponse again = Post("/api/v1/records", RecordJson("orders", 5));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, R"({"seq":1,"known":true})");
  const ServerResponse latest = Get("/api/v1/records/latest?kind=ingestion_volume&node=dataset:db:orders");
  EXPECT_EQ(latest.status, 200);
  EXPECT_NE(latest.body.find("\"row_count\":5"), std::string::npos);
  EXPECT_EQ(Get("/api/v1/records/1").body, latest.body);
  EXPECT_EQ(Get("/api/v1/records/2").status, 404);
  EXPECT_EQ(Get("/api/v1/records/x").status, 400);
}

TEST_F(ApiTest, ManyRecordsHaveAResultEach) {
  const std::string lines =
      RecordJson("a", 1) + "\n{\"kind\":\n" + RecordJson("b", 2) + "\n" + RecordJson("a", 1) + "\n{\"kind\":\"x\"}\n";
  const ServerResponse response = Post("/api/v1/records", lines);
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(
      response.body.starts_with(R"({"stored":2,"known":1,"refused":2,"results":[{"seq":1,"known":false},{"error")"))
      << response.body;
  EXPECT_NE(response.body.find("line 2"), std::string::npos) << response.body;
  const ServerResponse array = Post("/api/v1/records", "[" + RecordJson("c", 3) + "," + RecordJson("d", 4) + "]");
  EXPECT_TRUE(array.body.starts_with(R"({"stored":2,"known":0,"refused":0)")) << array.body;
  EXPECT_EQ(Post("/api/v1/records", " ").status, 400);
  EXPECT_EQ(Post("/api/v1/records", "{\"kind\":\"x\"}").status, 400);
}

TEST_F(ApiTest, HistoryAndQueryGoOnWhereTheyEnded) {
  for (int i = 1; i <= 9; ++i) ASSERT_EQ(Post("/api/v1/records", RecordJson("orders", i)).status, 201);
  const ServerResponse oldest = Get("/api/v1/records/history?kind=ingestion_volume&node=orders&order=oldest&limit=2");
  EXPECT_NE(oldest.body.find("\"row_count\":1"), std::string::npos);
  EXPECT_EQ(oldest.body.find("\"row_count\":3"), std::string::npos);
  const ServerResponse page = Get("/api/v1/records?kind=ingestion_volume&limit=5&filter=payload.row_count%20%3E%202");
  const std::size_t cursor = page.body.find("\"cursor\":\"");
  ASSERT_NE(cursor, std::string::npos) << page.body;
  const std::string next = page.body.substr(cursor + 10, page.body.find('"', cursor + 10) - cursor - 10);
  const ServerResponse rest =
      Get("/api/v1/records?kind=ingestion_volume&limit=5&filter=payload.row_count%20%3E%202&cursor=" + next);
  EXPECT_NE(rest.body.find("\"row_count\":4"), std::string::npos) << rest.body;
  EXPECT_NE(rest.body.find("\"row_count\":3"), std::string::npos) << rest.body;
  EXPECT_EQ(rest.body.find("\"row_count\":5"), std::string::npos) << rest.body;
  EXPECT_EQ(rest.body.find("cursor"), std::string::npos) << rest.body;
  EXPECT_EQ(Get("/api/v1/records?filter=payload.%3E").status, 400);
  EXPECT_EQ(Get("/api/v1/records?target=orders&prefix=a").status, 400);
}

TEST_F(ApiTest, AnEventIsAnsweredAsItsClientsExpect) {
  EXPECT_EQ(Post("/api/v1/lineage", kEvent).status, 201);
  EXPECT_EQ(Post("/api/v1/lineage", kEvent).status, 201) << "sent again changes nothing";
  EXPECT_EQ(Post("/api/v1/lineage", "{no json").status, 400);
  EXPECT_EQ(Post("/api/v1/lineage", R"({"eventTime":"then","run":{"runId":"a"}})").status, 422);
  EXPECT_EQ(Post("/api/v1/lineage", RecordJson("a", 1)).status, 422) << "a record is no event";
  EXPECT_EQ(repository->Stats()->records, 1U);
}

TEST_F(ApiTest, ABatchTellsWhichFailed) {
  const std::string event(kEvent);
  EXPECT_EQ(Post("/api/v1/lineage/batch", "[" + event + "]").status, 204);
  EXPECT_EQ(Post("/api/v1/lineage/batch", "[]").status, 204);
  const ServerResponse partly = Post("/api/v1/lineage/batch", "[" + event + ",{\"a\":1},7]");
  EXPECT_EQ(partly.status, 200);
  EXPECT_TRUE(partly.body.starts_with(
      R"({"status":"partial_success","summary":{"received":3,"successful":1,"failed":2},"failed_events":[{"index":1,"reason":)"))
      << partly.body;
  std::string wide = event;
  wide.insert(1, R"("max":123456789012345678901234567890,)");
  EXPECT_EQ(Post("/api/v1/lineage/batch", "[" + wide + "]").status, 204);
  // Python writes a lone surrogate so: no JSON, which is no reason to refuse the others.
  std::string broken = event;
  broken.insert(1, R"("note":"\ud800",)");
  const ServerResponse rest = Post("/api/v1/lineage/batch", "[" + broken + "," + event + "]");
  EXPECT_EQ(rest.status, 200) << rest.body;
  EXPECT_NE(rest.body.find(R"("received":2,"successful":1,"failed":1},"failed_events":[{"index":0,)"),
            std::string::npos)
      << rest.body;
  EXPECT_EQ(Post("/api/v1/lineage/batch", "[" + broken + "]").status, 400);
  EXPECT_EQ(Post("/api/v1/lineage/batch", event).status, 422);
  EXPECT_EQ(Post("/api/v1/lineage/batch", "[" + event + ",").status, 400);
}

TEST_F(ApiTest, LineageIsAnsweredOverEverything) {
  ASSERT_EQ(Post("/api/v1/lineage", kEvent).status, 201);
  const ServerResponse up = Get("/api/v1/graph/lineage?node=dataset:db:orders&direction=upstream");
  EXPECT_NE(up.body.find(R"({"node":"dataset:db:raw.orders","hops":-2,"root":true})"), std::string::npos) << up.body;
  EXPECT_EQ(Get("/api/v1/graph/lineage?node=dataset:db:orders&direction=upstream&depth=1").body.find("raw.orders"),
            std::string::npos);
  EXPECT_NE(Get("/api/v1/graph/impact?node=raw.orders").body.find("\"ranks\":["), std::string::npos);
  EXPECT_NE(Get("/api/v1/graph/paths?source=raw.orders&destination=dataset:db:orders").body.find("\"paths\":[[{"),
            std::string::npos);
  EXPECT_NE(Get("/api/v1/graph/shared?node=dataset:db:orders&node=job:etl:load").body.find("\"total\":"),
            std::string::npos);
  EXPECT_NE(Get("/api/v1/graph/diff?before=2026-01-01&after=2026-02-01").body.find("\"change\":\"came\""),
            std::string::npos);
  EXPECT_NE(Get("/api/v1/graph/why?source=job:etl:load&destination=dataset:db:orders").body.find("\"seq\":1"),
            std::string::npos);
  EXPECT_EQ(Get("/api/v1/graph/inherit?node=dataset:db:orders").status, 200);
  EXPECT_EQ(Get("/api/v1/graph/lineage?node=nowhere").status, 404);
  EXPECT_EQ(Get("/api/v1/graph/lineage").status, 400);
  EXPECT_EQ(Get("/api/v1/graph/diff").status, 400);
}

TEST_F(ApiTest, EveryQuestionAboutLineageGoesAroundWhatIsExcluded) {
  ASSERT_EQ(Post("/api/v1/lineage", kEvent).status, 201);
  const auto without = [&](const std::string& path) {
    return Get("/api/v1/graph/" + path + "&exclude=job:etl:*").body;
  };
  EXPECT_NE(without("lineage?node=dataset:db:orders").find(R"("edges":[])"), std::string::npos);
  EXPECT_NE(without("impact?node=raw.orders").find(R"("edges":[])"), std::string::npos);
  EXPECT_NE(without("paths?source=raw.orders&destination=dataset:db:orders").find(R"("paths":[])"), std::string::npos);
  EXPECT_NE(without("shared?node=dataset:db:orders&node=raw.orders").find(R"("total":0)"), std::string::npos);
  EXPECT_EQ(Get("/api/v1/graph/inherit?node=dataset:db:orders&exclude=job:etl:*").status, 200);
}

TEST_F(ApiTest, RunsAndNodesAreFound) {
  ASSERT_EQ(Post("/api/v1/lineage", kEvent).status, 201);
  EXPECT_NE(Get("/api/v1/runs?state=COMPLETED").body.find("\"run_id\":\"0190-a\""), std::string::npos);
  EXPECT_EQ(Get("/api/v1/runs?state=DONE").status, 400);
  EXPECT_NE(Get("/api/v1/runs/0190-a").body.find("\"state\":\"COMPLETED\""), std::string::npos);
  EXPECT_EQ(Get("/api/v1/runs/nix").status, 404);
  EXPECT_EQ(Get("/api/v1/runs/01").status, 200) << "a beginning that only one has";
  ASSERT_TRUE(repository->Store(
      R"({"eventType":"START","eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"0190-b"},)"
      R"("job":{"namespace":"etl","name":"load"}})"));
  EXPECT_EQ(Get("/api/v1/runs/01").status, 409) << "and one that several have";
  EXPECT_NE(Get("/api/v1/runs/0190-a/records").body.find("\"facts\":[{\"seq\":1"), std::string::npos);
  EXPECT_EQ(Get("/api/v1/nodes?q=raw").body, R"({"nodes":["dataset:db:raw.orders"]})");
  EXPECT_NE(Get("/api/v1/nodes/dataset%3Adb%3Aorders").body.find("\"kinds\":["), std::string::npos);
  EXPECT_EQ(Get("/api/v1/nodes/nix").status, 404);
  const std::string things = Get("/api/v1/things?q=RAW&type=dataset").body;
  EXPECT_NE(things.find(R"({"things":[{"node":"dataset:db:raw.orders")"), std::string::npos) << things;
  EXPECT_NE(things.find(R"("total":1,"partial":false})"), std::string::npos) << things;
  EXPECT_NE(Get("/api/v1/things?q=raw&tag=none").body.find(R"("total":0)"), std::string::npos);
}

TEST_F(ApiTest, WhatIsNotThereIsTold) {
  EXPECT_EQ(Get("/api/v1/nothing").status, 404);
  const ServerResponse wrong = Ask("DELETE", "/api/v1/lineage");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.front(), (std::pair<std::string, std::string>{"Allow", "POST, GET"}));
  EXPECT_EQ(Get("/api/v1/records/%zz").status, 400);
  EXPECT_EQ(Get("/health/ready").status, 200);
  api->Drain();
  EXPECT_EQ(Get("/health/ready").status, 503);
  EXPECT_EQ(Get("/health/live").status, 200);
}

}  // namespace
}  // namespace cairn
