// Versions of datasets as Marquez's clients see them: which there are, under which names, and which a run read.

#include "server/marquez_for_test.h"

namespace cairn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

class MarquezVersions : public MarquezTest {};

std::string RunId(int number) { return fmt::format("22222222-2222-4222-8222-{:012}", number); }

// Each run is of a job of its own.
TestEvent OnDay(int run, std::string_view day) {
  return {.time = fmt::format("2026-01-{}T05:00:00Z", day), .run = RunId(run), .job = fmt::format("j{}", run)};
}

// A facet of a dataset that has a further name.
std::string AlsoNamed(std::string_view name) {
  return fmt::format(R"("symlinks":{{"identifiers":[{{"namespace":"db","name":"{}","type":"TABLE"}}]}})", name);
}

TEST_F(MarquezVersions, ARunUnderWayMakesNoVersion) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .inputs = {"in"}, .outputs = {"out"}}.Json());
  const auto version = [&] { return Each(Get("/namespaces/etl/jobs"), "/jobs", "/currentVersion"); };
  const auto first = version();
  Store(TestEvent{.type = "START", .time = "2026-01-11T05:00:00Z", .run = RunId(2)}.Json());
  EXPECT_EQ(version(), first);
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/load/versions"), "/versions", "/version"),
              testing::ElementsAreArray(first));
  EXPECT_THAT(Each(Get("/lineage?nodeId=job:etl:load"), "/graph", "/data/currentVersion"), testing::Contains(first[0]));
  Store(TestEvent{.time = "2026-01-11T06:00:00Z", .run = RunId(2), .inputs = {"other"}, .outputs = {"out"}}.Json());
  EXPECT_NE(version(), first);
}

TEST_F(MarquezVersions, VersionsOutliveADrop) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"out"}}.Json());
  Store(TestEvent{.time = "2026-01-11T05:00:00Z", .run = RunId(2), .job = "other", .outputs = {"out"}}.Json());
  const auto runs = [&] { return Each(Get("/namespaces/db/datasets/out/versions"), "/versions", "/createdByRun/id"); };
  EXPECT_THAT(runs(), ElementsAre(RunId(2), RunId(1)));
  Store(TestEvent{.time = "2026-01-12T05:00:00Z",
                  .run = RunId(3),
                  .outputs = {"out"},
                  .output_facets = R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})"}
            .Json());
  EXPECT_THAT(runs(), testing::IsSupersetOf({RunId(2), RunId(1)}));
}

TEST_F(MarquezVersions, AThingIsOneUnderAllItsNames) {
  Store(TestEvent{
      .time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"out"}, .output_facets = AlsoNamed("alias")}
            .Json());
  Store(TestEvent{.time = "2026-01-11T05:00:00Z",
                  .run = RunId(2),
                  .outputs = {"alias"},
                  .output_facets = R"("schema":{"fields":[{"name":"id"}]})"}
            .Json());
  const std::string out = "/namespaces/db/datasets/out";
  const std::string alias = "/namespaces/db/datasets/alias";
  EXPECT_EQ(At(Get(out), "/fields/0/name"), "id");
  EXPECT_EQ(At(Get(out), "/currentVersion"), At(Get(alias), "/currentVersion"));
  for (const std::string& name : {out, alias}) {
    EXPECT_THAT(Each(Get(name + "/versions"), "/versions", "/createdByRun/id"), ElementsAre(RunId(2), RunId(1)));
    EXPECT_THAT(Each(Get(name + "/versions"), "/versions", "/fields/0/name"), ElementsAre("id", "none"));
  }
  EXPECT_EQ(At(Get("/jobs/runs/" + RunId(2)), "/outputVersions/0/version"), At(Get(out), "/currentVersion"));
}

TEST_F(MarquezVersions, ARunTellsWhichVersionsItRead) {
  const std::string fields = R"("schema":{"fields":[{"name":"id"}]})";
  const auto write = [&](int run, std::string_view time) {
    Store(TestEvent{.time = std::string(time), .run = RunId(run), .outputs = {"a"}, .output_facets = fields}.Json());
  };
  const auto read = [&](int run, std::string_view time) {
    Store(TestEvent{.time = std::string(time), .run = RunId(run), .job = "reader", .inputs = {"a", "raw", "said"}}
              .Json());
  };
  Store(R"({"eventTime":"2026-01-09T05:00:00Z","producer":"p","schemaURL":"s",)"
        R"("dataset":{"namespace":"db","name":"said","facets":{"documentation":{"description":"d"}}}})");
  write(1, "2026-01-10T05:00:00Z");
  read(2, "2026-01-10T06:00:00Z");
  write(3, "2026-01-11T05:00:00Z");
  read(4, "2026-01-11T06:00:00Z");
  const std::vector<std::string> versions = Each(Get("/namespaces/db/datasets/a/versions"), "/versions", "/version");
  const std::string said = At(Get("/namespaces/db/datasets/said"), "/currentVersion");
  ASSERT_THAT(versions, SizeIs(2));
  const auto inputs = [&](int run) { return Each(Get("/jobs/runs/" + RunId(run)), "/inputVersions", "/version"); };
  const std::string raw = At(Get("/namespaces/db/datasets/raw"), "/currentVersion");
  EXPECT_THAT(inputs(2), ElementsAre(versions[1], raw, said));
  EXPECT_THAT(inputs(4), ElementsAre(versions[0], raw, said));
  EXPECT_EQ(At(Get("/namespaces/db/datasets/a/versions/" + inputs(4)[0]), "/createdByRunId"), RunId(3));
  const std::string upstream = Get("/runlineage/upstream?runId=" + RunId(4));
  EXPECT_NE(upstream.find(versions[0]), std::string::npos) << upstream;
  const auto hot = [&] { return Get("/lineage?nodeId=job:etl:reader&depth=0"); };
  EXPECT_EQ(At(hot(), "/graph/0/data/latestRun/inputVersions/0/version"), versions[0]);
  // What was written before, and came late.
  write(5, "2026-01-11T05:30:00Z");
  EXPECT_EQ(At(hot(), "/graph/0/data/latestRun/inputVersions/0/version"), inputs(4)[0]);
  EXPECT_NE(inputs(4)[0], versions[0]);
}

TEST_F(MarquezVersions, WhatIsOnlyReadHasTheVersionThatItsFirstReaderSays) {
  const auto read = [&](int run, std::string_view time, const char* type, const char* field) {
    Store(TestEvent{.type = type,
                    .time = std::string(time),
                    .run = RunId(run),
                    .job = "reader",
                    .inputs = {"raw"},
                    .input_facets = fmt::format(R"("schema":{{"fields":[{{"name":"{}"}}]}})", field)}
              .Json());
  };
  read(1, "2026-01-10T05:00:00Z", "START", "first");
  read(1, "2026-01-10T05:10:00Z", "COMPLETE", "later");
  read(2, "2026-01-11T05:00:00Z", "COMPLETE", "later");
  const std::string raw = "/namespaces/db/datasets/raw";
  const std::string version = At(Get(raw), "/currentVersion");
  const auto versions = [&] { return Each(Get(raw + "/versions"), "/versions", "/version"); };
  const auto input = [&](int run) { return At(Get("/jobs/runs/" + RunId(run)), "/inputVersions/0/version"); };
  EXPECT_THAT(versions(), ElementsAre(version));
  EXPECT_EQ(At(Get(raw + "/versions/" + version), "/fields/0/name"), "first");
  EXPECT_EQ(At(Get(raw + "/versions/" + version), "/createdByRun"), "null");
  EXPECT_EQ(At(Get(raw + "/versions/" + version), "/createdAt"), "2026-01-10T05:00:00Z");
  EXPECT_EQ(input(1), version);
  EXPECT_EQ(input(2), version);
  // It is written after that: what was told stays.
  Store(TestEvent{.time = "2026-01-12T05:00:00Z", .run = RunId(3), .job = "writer", .outputs = {"raw"}}.Json());
  EXPECT_THAT(versions(), ElementsAre(At(Get(raw), "/currentVersion"), version));
  EXPECT_EQ(input(2), version);
  // Before that, by an event that comes late: it was not read as it came.
  Store(TestEvent{.time = "2026-01-09T05:00:00Z", .run = RunId(4), .job = "writer", .outputs = {"raw"}}.Json());
  EXPECT_THAT(Each(Get(raw + "/versions"), "/versions", "/createdByRun/id"), ElementsAre(RunId(3), RunId(4)));
  EXPECT_THAT(versions(), Contains(input(2)));
}

TEST_F(MarquezVersions, WhatAJobSaysItWritesHasAVersionWithoutARun) {
  const auto say = [&](std::string_view time, const char* field) {
    Store(
        fmt::format(R"({{"eventTime":"{}","producer":"p","schemaURL":"s","job":{{"namespace":"etl","name":"design"}},)"
                    R"("inputs":[{{"namespace":"db","name":"in"}}],"outputs":[{{"namespace":"db","name":"out",)"
                    R"("facets":{{"schema":{{"fields":[{{"name":"{}"}}]}}}}}}]}})",
                    time, field));
  };
  say("2026-01-10T05:00:00Z", "a");
  say("2026-01-11T05:00:00Z", "b");
  say("2026-01-12T05:00:00Z", "b");
  const std::string out = "/namespaces/db/datasets/out";
  const std::string list = Get(out + "/versions");
  EXPECT_THAT(Each(list, "/versions", "/fields/0/name"), ElementsAre("b", "a"));
  EXPECT_THAT(Each(list, "/versions", "/createdAt"), ElementsAre("2026-01-11T05:00:00Z", "2026-01-10T05:00:00Z"));
  EXPECT_EQ(At(Get(out), "/currentVersion"), At(list, "/versions/0/version"));
  EXPECT_NE(At(Get("/namespaces/db/datasets/in"), "/currentVersion"), "null");
  Store(TestEvent{.time = "2026-01-10T06:00:00Z", .run = RunId(1), .job = "reader", .inputs = {"out"}}.Json());
  EXPECT_EQ(At(Get("/jobs/runs/" + RunId(1)), "/inputVersions/0/version"), At(list, "/versions/1/version"));
  // The last before it was read counts, whether a run wrote it or a job says that it does; what is said again, too.
  Store(TestEvent{.time = "2026-01-10T05:30:00Z", .run = RunId(2), .job = "writer", .outputs = {"out"}}.Json());
  EXPECT_NE(At(Get("/jobs/runs/" + RunId(1)), "/inputVersions/0/version"), At(list, "/versions/1/version"));
  say("2026-01-10T05:45:00Z", "a");
  EXPECT_EQ(At(Get("/jobs/runs/" + RunId(1)), "/inputVersions/0/version"), At(list, "/versions/1/version"));
}

TEST_F(MarquezVersions, TheFirstReaderIsFoundThoughOthersSpokeBefore) {
  const auto read = [&](int run, std::string_view day, const char* dataset, const std::string& facets) {
    TestEvent event = OnDay(run, day);
    event.inputs = {dataset};
    event.input_facets = facets;
    Store(event.Json());
  };
  read(1, "05", "n", "");
  read(2, "06", "a", AlsoNamed("n"));
  read(3, "07", "b", AlsoNamed("n"));
  Store(R"({"kind":"lineage_edge","target":{"type":"job","namespace":"etl","name":"j3"},)"
        R"("produced_at":"2026-01-01T00:00:00Z","producer_id":"hand",)"
        R"("payload":{"from":{"type":"dataset","namespace":"db","name":"b"}}})");
  for (const char* name : {"a", "b"}) {
    const std::string dataset = std::string("/namespaces/db/datasets/") + name;
    const std::string version = At(Get(dataset), "/currentVersion");
    EXPECT_NE(version, "null") << name;
    EXPECT_THAT(Each(Get(dataset + "/versions"), "/versions", "/version"), Contains(version)) << name;
  }
}

TEST_F(MarquezVersions, ARunDoesNotReadWhatItWrites) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"a"}}.Json());
  Store(TestEvent{.type = "START", .time = "2026-01-10T05:10:00Z", .run = RunId(2), .inputs = {"a"}, .outputs = {"a"}}
            .Json());
  Store(TestEvent{.time = "2026-01-10T05:20:00Z", .run = RunId(2), .inputs = {"a"}, .outputs = {"a"}}.Json());
  const std::string first = Each(Get("/namespaces/db/datasets/a/versions"), "/versions", "/version").at(1);
  EXPECT_EQ(At(Get("/jobs/runs/" + RunId(2)), "/inputVersions/0/version"), first);
  const std::string upstream = Get("/runlineage/upstream?runId=" + RunId(2));
  EXPECT_NE(upstream.find("\"producedByRunId\":\"" + RunId(1)), std::string::npos) << upstream;
}

TEST_F(MarquezVersions, TheLastOfSeveralWritersWasRead) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .job = "w1", .outputs = {"a"}}.Json());
  Store(TestEvent{.time = "2026-01-10T05:10:00Z", .run = RunId(2), .job = "w2", .outputs = {"a"}}.Json());
  const auto read = [&](const char* type, const char* time, int run) {
    Store(TestEvent{.type = type, .time = time, .run = RunId(run), .job = "reader", .inputs = {"a"}}.Json());
  };
  // In either order of their coming.
  read("START", "2026-01-10T05:20:00Z", 3);
  read("COMPLETE", "2026-01-10T05:40:00Z", 3);
  read("COMPLETE", "2026-01-10T05:40:00Z", 4);
  read("START", "2026-01-10T05:20:00Z", 4);
  Store(TestEvent{.time = "2026-01-10T05:30:00Z", .run = RunId(5), .job = "w1", .outputs = {"a"}}.Json());
  for (const int run : {3, 4}) {
    const std::string upstream = Get("/runlineage/upstream?runId=" + RunId(run));
    EXPECT_NE(upstream.find("\"producedByRunId\":\"" + RunId(2)), std::string::npos) << upstream;
    const std::string version = At(Get("/jobs/runs/" + RunId(run)), "/inputVersions/0/version");
    EXPECT_EQ(At(Get("/namespaces/db/datasets/a/versions/" + version), "/createdByRunId"), RunId(2)) << run;
  }
}

TEST_F(MarquezVersions, ADropByAnotherJobIsAVersion) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"out"}}.Json());
  Store(TestEvent{.time = "2026-01-11T05:00:00Z",
                  .run = RunId(2),
                  .job = "cleaner",
                  .outputs = {"out"},
                  .output_facets = R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})"}
            .Json());
  const std::string versions = Get("/namespaces/db/datasets/out/versions");
  EXPECT_THAT(Each(versions, "/versions", "/createdByRun/id"), ElementsAre(RunId(2), RunId(1)));
  EXPECT_EQ(At(versions, "/versions/0/lifecycleState"), "DROP");
}

TEST_F(MarquezVersions, VersionsOutliveASymlink) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(1), .outputs = {"c"}, .output_facets = AlsoNamed("d")}
            .Json());
  Store(TestEvent{.time = "2026-01-10T05:10:00Z", .run = RunId(2), .job = "reader", .inputs = {"d"}}.Json());
  Store(TestEvent{.time = "2026-01-10T05:20:00Z", .run = RunId(3), .outputs = {"c"}, .output_facets = AlsoNamed("e")}
            .Json());
  const std::string version = At(Get("/jobs/runs/" + RunId(2)), "/inputVersions/0/version");
  EXPECT_THAT(Each(Get("/namespaces/db/datasets/d/versions"), "/versions", "/version"), Contains(version));
}

TEST_F(MarquezVersions, AnAliasOfTwoDatasetsIsSharedByNoneOfTheirVersions) {
  const auto write = [&](int run, std::string_view time, const char* job, const char* topic) {
    Store(TestEvent{.time = std::string(time),
                    .run = RunId(run),
                    .job = job,
                    .outputs = {topic},
                    .output_facets = AlsoNamed("alias")}
              .Json());
  };
  write(1, "2026-01-10T05:00:00Z", "one", "topic.b");
  write(2, "2026-01-10T06:00:00Z", "two", "topic.a");
  write(3, "2026-01-10T07:00:00Z", "one", "topic.b");
  const auto runs = [&](const std::string& name) {
    return Each(Get("/namespaces/db/datasets/" + name + "/versions"), "/versions", "/createdByRun/id");
  };
  EXPECT_THAT(runs("topic.a"), ElementsAre(RunId(2)));
  EXPECT_THAT(runs("topic.b"), ElementsAre(RunId(3), RunId(1)));
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/one"), "/outputs", "/name"), ElementsAre("topic.b"));
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/two"), "/outputs", "/name"), ElementsAre("topic.a"));
}

TEST_F(MarquezVersions, WhatIsWrittenUnderANameIsThatOfWhoHasItThen) {
  const auto write = [&](int run, std::string_view day, const char* dataset, const std::string& facets) {
    TestEvent event = OnDay(run, day);
    event.outputs = {dataset};
    event.output_facets = facets;
    Store(event.Json());
  };
  write(1, "05", "a", AlsoNamed("n"));
  write(2, "06", "n", R"("schema":{"fields":[]})");
  write(3, "08", "b", AlsoNamed("n"));
  write(4, "12", "n", R"("schema":{"fields":[]})");
  Store(TestEvent{.time = "2026-01-13T05:00:00Z", .run = RunId(5), .job = "reader", .inputs = {"a", "b"}}.Json());
  const auto runs = [&](const std::string& name) {
    return Each(Get("/namespaces/db/datasets/" + name + "/versions"), "/versions", "/createdByRun/id");
  };
  EXPECT_THAT(runs("a"), ElementsAre(RunId(2), RunId(1)));
  EXPECT_THAT(runs("b"), ElementsAre(RunId(4), RunId(3), RunId(2))) << "what has the name has all that is of the name";
  for (const char* name : {"a", "b"}) {
    const std::string dataset = std::string("/namespaces/db/datasets/") + name;
    EXPECT_EQ(At(Get(dataset), "/currentVersion"), At(Get(dataset + "/versions"), "/versions/0/version")) << name;
  }
  EXPECT_THAT(Each(Get("/jobs/runs/" + RunId(5)), "/inputVersions", "/version"),
              ElementsAre(At(Get("/namespaces/db/datasets/a"), "/currentVersion"),
                          At(Get("/namespaces/db/datasets/b"), "/currentVersion")));
}

TEST_F(MarquezVersions, ManyRunsUnderWayHideNoVersion) {
  Store(TestEvent{.time = "2026-01-10T05:00:00Z", .run = RunId(100), .outputs = {"out"}}.Json());
  for (int i = 0; i < 12; ++i) {
    Store(TestEvent{.type = "START", .time = fmt::format("2026-01-11T05:{:02}:00Z", i), .run = RunId(i)}.Json());
  }
  EXPECT_THAT(Each(Get("/namespaces/etl/jobs/load/versions"), "/versions", "/version"),
              ElementsAre(At(Get("/namespaces/etl/jobs/load"), "/currentVersion")));
}

TEST_F(MarquezVersions, AKeptAnswerDependsOnAllNames) {
  const auto say = [&](std::string_view time, std::string_view name, std::string_view facets) {
    Store(fmt::format(R"({{"eventTime":"2026-01-10T05:{}:00Z","producer":"p","schemaURL":"s",)"
                      R"("dataset":{{"namespace":"db","name":"{}","facets":{{{}}}}}}})",
                      time, name, facets));
  };
  say("10", "a", R"("schema":{"fields":[{"name":"old"}]})");
  say("50", "a", AlsoNamed("alias"));
  // As of then it had one name; what is told of it is today's.
  const std::string as_of = "/lineage?nodeId=dataset:db:a&as_of=2026-01-10T05:20:00Z";
  EXPECT_EQ(At(Get(as_of), "/graph/0/data/fields/0/name"), "old");
  say("55", "alias", R"("schema":{"fields":[{"name":"new"}]})");
  EXPECT_EQ(At(Get(as_of), "/graph/0/data/fields/0/name"), "new");
  // An input that was dropped since, and was written under the name it had by an event that comes late.
  Store(TestEvent{.time = "2026-01-10T05:57:00Z", .run = RunId(1), .job = "reader", .inputs = {"a"}}.Json());
  say("59", "a", R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})");
  const auto version = [&] {
    return At(Get("/lineage?nodeId=job:etl:reader"), "/graph/0/data/latestRun/inputVersions/0/version");
  };
  const std::string before = version();
  Store(TestEvent{.time = "2026-01-10T05:56:00Z", .run = RunId(2), .job = "writer", .outputs = {"alias"}}.Json());
  EXPECT_EQ(version(), At(Get("/jobs/runs/" + RunId(1)), "/inputVersions/0/version"));
  EXPECT_NE(version(), before);
}

}  // namespace
}  // namespace cairn
