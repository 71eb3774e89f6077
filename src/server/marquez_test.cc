// What the routes for Marquez's clients promise beyond their shapes: names of any kind, and what users of other
// backends complain about.

#include <algorithm>

#include "base/percent.h"
#include "server/marquez_for_test.h"

namespace cairn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

std::string RunId(int number) { return fmt::format("22222222-2222-4222-8222-{:012}", number); }

TEST_F(MarquezTest, NamesHoldWhatTheyLike) {
  const std::string names[] = {
      "a:b:c",     "postgres://host:5432/db.t", "x/y/z", "ünï.côde", "100%", "with space", "#hash", "?q=1&r", "a+b",
      "\"quoted\""};
  for (const std::string& name : names) {
    Store(TestEvent{.job = "job of " + name, .outputs = {name}, .ns = "s3://bucket:9000"}.Json());
  }
  const std::string ns = "/namespaces/" + Escaped("s3://bucket:9000");
  EXPECT_EQ(At(Get(ns), "/name"), "s3://bucket:9000");
  for (const std::string& name : names) {
    EXPECT_EQ(At(Get(ns + "/datasets/" + Escaped(name)), "/name"), name);
    EXPECT_EQ(At(Get("/namespaces/etl/jobs/" + Escaped("job of " + name)), "/outputs/0/name"), name);
    const std::string id = "dataset:s3://bucket:9000:" + name;
    const std::string graph = Get("/lineage?nodeId=" + Escaped(id));
    EXPECT_THAT(Each(graph, "/graph", "/id"), Contains(id)) << graph;
    EXPECT_THAT(Each(Get("/search?q=" + Escaped(name)), "/results", "/nodeId"), Contains(id));
    EXPECT_THAT(Each(Get(ns + "/datasets/" + Escaped(name) + "/versions"), "/versions", "/name"), ElementsAre(name));
  }
}

TEST_F(MarquezTest, AnIdIsReadByWhatIsKnown) {
  Store(TestEvent{.outputs = {"b:c"}, .ns = "a"}.Json());
  EXPECT_EQ(At(Get("/lineage?nodeId=dataset:a:b:c&depth=0"), "/graph/0/data/name"), "b:c");
  // The shorter namespace first; our own form tells them apart.
  Store(TestEvent{.outputs = {"c"}, .ns = "a:b"}.Json());
  EXPECT_EQ(At(Get("/lineage?nodeId=dataset:a:b:c&depth=0"), "/graph/0/data/name"), "b:c");
  EXPECT_EQ(At(Get("/lineage?nodeId=dataset:a%253Ab:c&depth=0"), "/graph/0/data/name"), "c");
  const std::string version = At(Get("/namespaces/a/datasets/b:c"), "/currentVersion");
  EXPECT_EQ(At(Get("/lineage?nodeId=dataset:a:b:c%23" + version + "&depth=0"), "/graph/0/data/name"), "b:c");
}

TEST_F(MarquezTest, AJobKeepsOutputsThatOneRunLeavesOut) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"a", "b"}}.Json());
  Store(TestEvent{.time = "2026-01-11T05:00:00Z", .run = RunId(2), .outputs = {"a"}}.Json());
  const std::string job = Get("/namespaces/etl/jobs/load");
  EXPECT_THAT(Each(job, "/outputs", "/name"), testing::UnorderedElementsAre("a", "b"));
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:b"), "/graph", "/id"), ElementsAre("dataset:db:b", "job:etl:load"));
  EXPECT_THAT(Each(job, "/latestRuns", "/id"), ElementsAre(RunId(2), RunId(1)));
  EXPECT_THAT(Each(Get("/namespaces/db/datasets/a/versions"), "/versions", "/createdByRun/id"),
              ElementsAre(RunId(2), RunId(1)));
  EXPECT_THAT(Each(Get("/namespaces/db/datasets/b/versions"), "/versions", "/createdByRun/id"), ElementsAre(RunId(1)));
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/load/versions"), "/versions", ""), SizeIs(2));
}

TEST_F(MarquezTest, AnEventSentAgainChangesNothing) {
  const std::string event = TestEvent{.inputs = {"in"}, .outputs = {"out"}}.Json();
  Store(event);
  const std::vector<std::string> paths{"/jobs",
                                       "/namespaces/db/datasets",
                                       "/events/lineage",
                                       "/lineage?nodeId=job:etl:load",
                                       "/namespaces/etl/jobs/load/runs",
                                       "/namespaces/db/datasets/out/versions"};
  std::vector<std::string> before;
  for (const std::string& path : paths) before.push_back(Get(path));
  Store(event);
  for (std::size_t i = 0; i < paths.size(); ++i) EXPECT_EQ(Get(paths[i]), before[i]);
}

TEST_F(MarquezTest, RunningTakesNothingBack) {
  const std::string schema = R"("schema":{"fields":[{"name":"id","type":"int","description":"key"}]})";
  Store(TestEvent{
      .type = "START",
      .time = "2026-01-10T05:00:00Z",
      .inputs = {"in"},
      .outputs = {"out"},
      .output_facets = schema,
      .run_facets = R"("nominalTime":{"nominalStartTime":"2026-01-10T06:00:00+01:00","nominalEndTime":"soon"})"}
            .Json());
  const std::string lineage = Get("/lineage?nodeId=dataset:db:out&depth=1");
  Store(TestEvent{.type = "RUNNING", .time = "2026-01-10T05:01:00Z"}.Json());
  const std::string job = Get("/namespaces/etl/jobs/load");
  EXPECT_THAT(Each(job, "/inputs", "/name"), ElementsAre("in"));
  EXPECT_EQ(At(job, "/latestRun/state"), "RUNNING");
  EXPECT_EQ(At(job, "/latestRun/nominalStartTime"), "2026-01-10T05:00:00Z") << "in UTC, as every time there";
  EXPECT_EQ(At(job, "/latestRun/nominalEndTime"), "null") << "as what is no time";
  EXPECT_EQ(At(job, "/latestRun/endedAt"), "null");
  EXPECT_EQ(At(job, "/latestRun/durationMs"), "null");
  EXPECT_EQ(Each(Get("/lineage?nodeId=dataset:db:out&depth=1"), "/graph", "/id"), Each(lineage, "/graph", "/id"));
  EXPECT_EQ(At(Get("/namespaces/db/datasets/out"), "/fields"),
            R"([{"name":"id","type":"int","tags":[],"description":"key"}])");
}

TEST_F(MarquezTest, CompleteMayComeBeforeStart) {
  Store(TestEvent{.type = "COMPLETE", .time = "2026-01-10T05:09:00Z", .outputs = {"out"}}.Json());
  Store(TestEvent{.type = "START", .time = "2026-01-10T05:00:00Z", .outputs = {"out"}}.Json());
  const std::string run = Get("/jobs/runs/11111111-1111-4111-8111-111111111111");
  EXPECT_EQ(At(run, "/state"), "COMPLETED");
  EXPECT_EQ(At(run, "/durationMs"), "540000");
  EXPECT_THAT(Each(Get("/namespaces/db/datasets/out/versions"), "/versions", ""), SizeIs(1));
}

TEST_F(MarquezTest, StatesAreMarquezsWords) {
  const std::pair<const char*, const char*> states[] = {{"START", "RUNNING"},      {"RUNNING", "RUNNING"},
                                                        {"COMPLETE", "COMPLETED"}, {"FAIL", "FAILED"},
                                                        {"ABORT", "ABORTED"},      {"OTHER", "NEW"}};
  int number = 0;
  for (const auto& [type, state] : states) {
    Store(TestEvent{.type = type, .run = RunId(++number)}.Json());
    EXPECT_EQ(At(Get("/jobs/runs/" + RunId(number)), "/state"), state);
  }
}

TEST_F(MarquezTest, AnEventOverTenMegabytesIsTold) {
  const std::string big(11 << 20, 'x');
  Store(TestEvent{.outputs = {"out"}, .job_facets = R"("sql":{"query":")" + big + "\"}"}.Json());
  EXPECT_EQ(At(Get("/namespaces/etl/jobs/load"), "/facets/sql/query").size(), big.size());
  EXPECT_EQ(At(Get("/events/lineage"), "/events/0/job/facets/sql/query").size(), big.size());
}

TEST_F(MarquezTest, LineageHasADirectionAndAnInstant) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .job = "first", .inputs = {"a"}, .outputs = {"b"}}
            .Json());
  Store(TestEvent{.time = "2026-01-12T05:00:00Z", .run = RunId(2), .job = "second", .inputs = {"b"}, .outputs = {"c"}}
            .Json());
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:b&direction=upstream"), "/graph", "/id"),
              ElementsAre("dataset:db:a", "dataset:db:b", "job:etl:first"));
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:b&direction=downstream"), "/graph", "/id"),
              ElementsAre("dataset:db:b", "dataset:db:c", "job:etl:second"));
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:b&as_of=2026-01-11"), "/graph", "/id"),
              ElementsAre("dataset:db:a", "dataset:db:b", "job:etl:first"));
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=dataset:db:b&direction=sideways"), 400);
}

TEST_F(MarquezTest, DepthCountsEdges) {
  for (int i = 0; i < 5; ++i) {
    Store(TestEvent{.run = RunId(i),
                    .job = fmt::format("job{}", i),
                    .inputs = {fmt::format("d{}", i)},
                    .outputs = {fmt::format("d{}", i + 1)}}
              .Json());
  }
  for (std::size_t depth = 0; depth <= 10; ++depth) {
    EXPECT_THAT(Each(Get(fmt::format("/lineage?nodeId=dataset:db:d0&depth={}", depth)), "/graph", ""),
                SizeIs(depth + 1));
  }
  EXPECT_THAT(Each(Get("/lineage?nodeId=dataset:db:d0"), "/graph", ""), SizeIs(11));
}

TEST_F(MarquezTest, ALargeGraphIsCapped) {
  std::vector<std::string> outputs;
  for (int i = 0; i < 1500; ++i) outputs.push_back(fmt::format("d{}", i));
  Store(TestEvent{.outputs = outputs}.Json());
  const std::string capped = Get("/lineage?nodeId=job:etl:load");
  EXPECT_EQ(At(capped, "/partial"), "true");
  EXPECT_THAT(Each(Get("/lineage?nodeId=job:etl:load&nodes=10"), "/graph", ""), SizeIs(10));
  const std::string whole = Get("/lineage?nodeId=job:etl:load&nodes=2000");
  EXPECT_EQ(At(whole, "/partial"), "false");
}

TEST_F(MarquezTest, ParametersThatAreNotKnownArePassedOver) {
  Store(TestEvent{.outputs = {"out"}}.Json());
  Get("/jobs?x=y");
  Get("/lineage?nodeId=job:etl:load&aggregateByParent=true");
}

TEST_F(MarquezTest, ErrorsHaveACodeAndAMessage) {
  const ServerResponse response = Ask("GET", "/api/v1/namespaces/nowhere");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(At(response.body, "/code"), "404");
  EXPECT_NE(At(response.body, "/message").find("nowhere"), std::string::npos);
}

TEST_F(MarquezTest, AFacetThatIsTakenBackIsNotTold) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z",
                  .job_facets = R"("sql":{"query":"q"},"documentation":{"description":"d"})"}
            .Json());
  Store(TestEvent{.time = "2026-01-10T06:00:00Z", .job_facets = R"("sql":{"_deleted":true})"}.Json());
  const std::string job = Get("/namespaces/etl/jobs/load");
  EXPECT_EQ(At(job, "/facets/sql"), "none");
  EXPECT_EQ(At(job, "/description"), "d");
  EXPECT_EQ(At(job, "/latestRun/jobVersion/name"), "load");
}

TEST_F(MarquezTest, WhatWasDroppedStandsWhenItIsWrittenAgain) {
  const auto write = [&](int minute, std::string_view facets) {
    const std::string event = fmt::format(
        R"({{"eventType":"COMPLETE","eventTime":"2026-01-10T05:{:02}:00Z","producer":"p","run":{{"runId":"w-{}"}},)"
        R"("job":{{"namespace":"n","name":"j"}},"outputs":[{{"namespace":"n","name":"t","facets":{{{}}}}}]}})",
        minute, minute, facets);
    Store(event);
  };
  const auto dataset = [&] { return Get("/namespaces/n/datasets/t"); };
  write(1, "");
  write(2, R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})");
  EXPECT_NE(dataset().find(R"("lastLifecycleState":"DROP")"), std::string::npos) << dataset();
  EXPECT_NE(dataset().find(R"("deleted":true)"), std::string::npos);
  write(3, "");
  EXPECT_NE(dataset().find(R"("lastLifecycleState":null)"), std::string::npos) << dataset();
  EXPECT_NE(dataset().find(R"("deleted":false)"), std::string::npos);
}

TEST_F(MarquezTest, StaticLineageIsTold) {
  Store(R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","schemaURL":"s","job":{"namespace":"etl","name":"view"},)"
        R"("inputs":[{"namespace":"db","name":"in"}],"outputs":[{"namespace":"db","name":"out"}]})");
  Store(
      R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","schemaURL":"s","dataset":{"namespace":"db","name":"alone",)"
      R"("facets":{"schema":{"fields":[{"name":"id"}]},"datasetType":{"datasetType":"TOPIC"}}}})");
  const std::string job = Get("/namespaces/etl/jobs/view");
  EXPECT_EQ(At(job, "/latestRun"), "null");
  EXPECT_THAT(Each(job, "/inputs", "/name"), ElementsAre("in"));
  const std::string dataset = Get("/namespaces/db/datasets/alone");
  EXPECT_EQ(At(dataset, "/type"), "STREAM");
  EXPECT_THAT(Each(dataset, "/fields", "/type"), ElementsAre("null"));
  const std::string versions = Get("/namespaces/db/datasets/alone/versions");
  EXPECT_EQ(At(versions, "/versions/0/createdByRun"), "null");
  EXPECT_EQ(At(versions, "/versions/0/version"), At(dataset, "/currentVersion"));
  EXPECT_EQ(At(Get("/events/lineage"), "/totalCount"), "2");
}

TEST_F(MarquezTest, AParentWithoutEventsIsTold) {
  Store(TestEvent{.job = "dag.task",
                  .run_facets = R"("parent":{"run":{"runId":"33333333-3333-4333-8333-333333333333"},)"
                                R"("job":{"namespace":"etl","name":"dag"}})"}
            .Json());
  const std::string job = Get("/namespaces/etl/jobs/dag.task");
  EXPECT_EQ(At(job, "/parentJobName"), "dag");
  EXPECT_EQ(At(job, "/simpleName"), "task");
}

TEST_F(MarquezTest, TheParentIsTheJobThatTheRunNames) {
  const std::string parent =
      R"("parent":{"run":{"runId":")" + RunId(1) + R"("},"job":{"namespace":"etl","name":"dag"}})";
  Store(TestEvent{.run = RunId(1), .job = "other"}.Json());
  Store(TestEvent{.run = RunId(2), .job = "dag.task", .run_facets = parent}.Json());
  EXPECT_EQ(At(Get("/namespaces/etl/jobs/dag.task"), "/parentJobName"), "dag");
  EXPECT_EQ(At(Get("/namespaces/etl/jobs/dag.task"), "/simpleName"), "task");
}

TEST_F(MarquezTest, AJobWithoutRunsHasTheVersionThatWasStated) {
  Store(R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","schemaURL":"s","job":{"namespace":"etl","name":"view",)"
        R"("facets":{"sourceCodeLocation":{"type":"git","url":"https://x/y"}}},)"
        R"("inputs":[{"namespace":"db","name":"in"}],"outputs":[{"namespace":"db","name":"out"}]})");
  const std::string job = "/namespaces/etl/jobs/view";
  const std::string version = At(Get(job), "/currentVersion");
  const std::string list = Get(job + "/versions");
  EXPECT_THAT(Each(list, "/versions", "/version"), ElementsAre(version));
  EXPECT_EQ(At(list, "/totalCount"), "1");
  const std::string one = Get(job + "/versions/" + version);
  EXPECT_EQ(At(one, "/location"), "https://x/y");
  EXPECT_EQ(At(one, "/inputs/0/name"), "in");
  EXPECT_EQ(At(one, "/latestRun"), "null");
}

TEST_F(MarquezTest, JobsAreListedByTheStateOfTheirNewestRun) {
  Store(TestEvent{.type = "COMPLETE", .run = RunId(1), .job = "a"}.Json());
  Store(TestEvent{.type = "FAIL", .run = RunId(2), .job = "b"}.Json());
  Store(TestEvent{.type = "START", .run = RunId(3), .job = "c"}.Json());
  Store(TestEvent{.type = "FAIL", .time = "2026-01-11T05:00:00Z", .run = RunId(4), .job = "a"}.Json());
  const auto names = [&](const std::string& query) { return Each(Get("/jobs?" + query), "/jobs", "/name"); };
  EXPECT_THAT(names("lastRunStates=FAILED"), ElementsAre("a", "b"));
  EXPECT_THAT(names("lastRunStates=RUNNING&lastRunStates=failed&limit=2&offset=1"), ElementsAre("b", "c"));
  EXPECT_THAT(names("lastRunStates=COMPLETED,ABORTED"), ElementsAre());
  EXPECT_EQ(At(Get("/namespaces/etl/jobs?lastRunStates=FAILED&limit=1"), "/totalCount"), "2");
  EXPECT_EQ(StatusOf("GET", "/jobs?lastRunStates=LATE"), 400);
}

TEST_F(MarquezTest, SourcesAreThoseThatDatasetsName) {
  Store(TestEvent{.outputs = {"out"}, .output_facets = R"("dataSource":{"name":"warehouse","uri":"pg://h:5432"})"}
            .Json());
  Store(TestEvent{.run = RunId(2), .outputs = {"other"}, .ns = "s3://bucket"}.Json());
  EXPECT_THAT(Each(Get("/sources"), "/sources", "/name"), ElementsAre("s3://bucket", "warehouse"));
  const std::string source = Get("/sources/" + At(Get("/namespaces/db/datasets/out"), "/sourceName"));
  EXPECT_EQ(At(source, "/connectionUrl"), "pg://h:5432");
  EXPECT_EQ(At(source, "/type"), "PG");
}

TEST_F(MarquezTest, LineageIsOfDatasetsAndJobsThatAreThere) {
  Store(TestEvent{.run = RunId(1), .outputs = {"out"}}.Json());
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=run:" + RunId(1)), 400);
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=dataset:db:out"), 200);
  EXPECT_EQ(StatusOf("DELETE", "/namespaces/db/datasets/out"), 200);
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=dataset:db:out"), 404);
}

TEST_F(MarquezTest, TheSameContentIsTheSameVersion) {
  const auto version = [&] { return At(Get("/namespaces/db/datasets/out"), "/currentVersion"); };
  const std::string fields = R"("schema":{"fields":[{"name":"id","type":"int"}]})";
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"out"}, .output_facets = fields}.Json());
  const std::string first = version();
  Reopen();
  EXPECT_EQ(version(), first);
  Store(TestEvent{.time = "2026-01-11T05:00:00Z", .run = RunId(2), .outputs = {"out"}, .output_facets = fields}.Json());
  EXPECT_NE(version(), first);
}

}  // namespace
}  // namespace cairn
