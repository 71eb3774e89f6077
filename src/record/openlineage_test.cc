#include "record/openlineage.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kRun =
    R"("eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"r1"},"job":{"namespace":"n","name":"j"})";

std::string RunEvent(std::string_view more) { return fmt::format("{{{},{}}}", kRun, more); }

TEST(OpenLineageForm, IsToldByShape) {
  const auto form = [](std::string_view text) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    EXPECT_EQ(parser.parse(text.data(), text.size()).get_object().get(object), simdjson::SUCCESS);
    return EventForm(object);
  };
  EXPECT_EQ(form(R"({"run":{},"job":{},"dataset":{}})"), Form::kRunEvent);
  EXPECT_EQ(form(R"({"dataset":{},"job":{}})"), Form::kJobEvent);
  EXPECT_EQ(form(R"({"dataset":{}})"), Form::kDatasetEvent);
  EXPECT_EQ(form(R"({"run":null,"job":null,"dataset":{}})"), Form::kDatasetEvent);
  EXPECT_EQ(form(R"({"inputs":[],"eventTime":"2026-01-10"})"), std::nullopt);
  EXPECT_EQ(form(R"({})"), std::nullopt);
}

TEST(OpenLineage, EveryFixtureEventIsTaken) {
  CAIRN_NEED_FIXTURES(fixtures);
  const auto events = FixtureEvents(fixtures);
  EXPECT_EQ(events.size(), 14U + 15U + 8U + 26U + 1U);
  for (const auto& event : events) {
    const EventUnderTest stated(event.json);
    EXPECT_TRUE(stated.status.ok()) << event.name << ": " << stated.status;
  }
}

TEST(OpenLineage, RunEventFillsTheKeysOfItsRecord) {
  const EventUnderTest event(R"({
    "eventType":"COMPLETE","eventTime":"2020-12-28T19:52:00.001+10:00","producer":"https://p",
    "run":{"runId":"r-1","facets":{"parent":{"run":{"runId":"up"},"job":{"namespace":"n","name":"dag"},
           "root":{"run":{"runId":"top"}}}}},
    "job":{"namespace":"n s","name":"j.t"},"inputs":[],"outputs":[]})",
                             "acme");
  ASSERT_TRUE(event.status.ok()) << event.status;
  const ParsedRecord& record = event.record;
  EXPECT_EQ(record.form, Form::kRunEvent);
  EXPECT_EQ(record.kind, kKindRunEvent);
  EXPECT_EQ(record.target, NodeView("acme", "job", "n s", "j.t"));
  EXPECT_EQ(record.job, record.target);
  EXPECT_EQ(FormatTimestamp(record.produced_at), "2020-12-28T09:52:00.001Z");
  EXPECT_EQ(record.producer_id, "https://p");
  EXPECT_EQ(record.run_id, "r-1");
  EXPECT_EQ(record.parent_run_id, "up");
  EXPECT_EQ(record.run_state, RunState::kCompleted);
  EXPECT_THAT(event.Nodes(), ElementsAre("job:n s:j.t", "run::r-1"));
  for (const NodeView& node : event.statements.nodes) EXPECT_EQ(node.tenant, "");
}

TEST(OpenLineage, JobAndDatasetEventsNameNoRun) {
  const EventUnderTest job(
      R"({"eventTime":"2026-01-10","producer":"p","eventType":"COMPLETE","job":{"namespace":"n","name":"j"}})");
  ASSERT_TRUE(job.status.ok()) << job.status;
  EXPECT_EQ(job.record.kind, kKindJobEvent);
  EXPECT_EQ(job.record.target, NodeView("", "job", "n", "j"));
  EXPECT_EQ(job.record.run_state, RunState::kUnknown);
  EXPECT_EQ(job.record.run_id, "");

  const EventUnderTest dataset(
      R"({"eventTime":"2026-01-10","producer":"p","dataset":{"namespace":"n","name":"d","facets":{"x":{}}},
          "inputs":"not read, since dataset events have none"})");
  ASSERT_TRUE(dataset.status.ok()) << dataset.status;
  EXPECT_EQ(dataset.record.kind, kKindDatasetEvent);
  EXPECT_EQ(dataset.record.target, NodeView("", "dataset", "n", "d"));
  EXPECT_EQ(dataset.record.job.name, "");
  EXPECT_THAT(dataset.Facets(), ElementsAre("x @ dataset:n:d"));
}

TEST(OpenLineage, EventTypeIsTheRunsState) {
  const auto state = [](std::string_view type) {
    const EventUnderTest event(RunEvent(fmt::format(R"("eventType":{})", type)));
    EXPECT_TRUE(event.status.ok()) << event.status;
    return event.record.run_state;
  };
  EXPECT_EQ(state(R"("START")"), RunState::kStarted);
  EXPECT_EQ(state(R"("RUNNING")"), RunState::kRunning);
  EXPECT_EQ(state(R"("COMPLETE")"), RunState::kCompleted);
  EXPECT_EQ(state(R"("FAIL")"), RunState::kFailed);
  EXPECT_EQ(state(R"("ABORT")"), RunState::kAborted);
  EXPECT_EQ(state(R"("OTHER")"), RunState::kOther);
  EXPECT_EQ(state(R"("complete")"), RunState::kCompleted);
  EXPECT_EQ(state("null"), RunState::kOther);
  EXPECT_EQ(EventUnderTest(RunEvent(R"("x":1)")).record.run_state, RunState::kOther);
}

TEST(OpenLineage, RealClientsAreForgiven) {
  for (const std::string_view time :
       {"2026-01-10T05:00:00.123456789Z", "2026-01-10T05:00:00", "2026-01-10T05:00:00.1+0100"}) {
    const EventUnderTest event(fmt::format(
        R"({{"eventTime":"{}","producer":"p","run":{{"runId":"no uuid: 7/ü"}},"job":{{"namespace":"n","name":"j"}}}})",
        time));
    EXPECT_TRUE(event.status.ok()) << event.status;
    EXPECT_EQ(event.record.run_id, "no uuid: 7/ü");
  }
  for (const std::string_view more :
       {R"("inputs":null,"outputs":null)", R"("inputs":[],"eventType":null,"schemaURL":null)",
        R"("outputs":[{"namespace":"n","name":"d","facets":null,"outputFacets":null}])", R"("dataset":{"odd":true})"}) {
    const EventUnderTest event(RunEvent(more));
    EXPECT_TRUE(event.status.ok()) << more << ": " << event.status;
  }
}

TEST(OpenLineage, RefusalNamesTheField) {
  const auto refusal = [](std::string_view text) {
    const EventUnderTest event(text);
    EXPECT_EQ(event.status.code(), StatusCode::kInvalidArgument) << text;
    return event.status.message();
  };
  const std::string tail = R"("producer":"p","run":{"runId":"r"},"job":{"namespace":"n","name":"j"}})";
  EXPECT_EQ(refusal("{" + tail), "eventTime: missing");
  EXPECT_EQ(refusal(R"({"eventTime":7,)" + tail), "eventTime: not a string");
  EXPECT_THAT(refusal(R"({"eventTime":"yesterday",)" + tail), HasSubstr(R"(eventTime: not a time: "yesterday")"));
  const std::string head = R"({"eventTime":"2026-01-10T05:00:00Z",)";
  EXPECT_EQ(refusal(head + R"("run":{"runId":"r"},"job":{"namespace":"n","name":"j"}})"), "producer: missing");
  EXPECT_EQ(refusal(head + R"("producer":"","run":{"runId":"r"},"job":{"namespace":"n","name":"j"}})"),
            "producer: empty");
  const std::string start = head + R"("producer":"p",)";
  EXPECT_EQ(refusal(start + R"("run":{},"job":{"namespace":"n","name":"j"}})"), "run.runId: missing");
  EXPECT_EQ(refusal(start + R"("run":{"runId":null},"job":{"namespace":"n","name":"j"}})"), "run.runId: missing");
  EXPECT_EQ(refusal(start + R"("run":{"runId":7},"job":{"namespace":"n","name":"j"}})"), "run.runId: not a string");
  EXPECT_EQ(refusal(start + R"("run":"r","job":{"namespace":"n","name":"j"}})"), "run: not an object");
  EXPECT_EQ(refusal(start + R"("run":{"runId":"r"}})"), "job: missing");
  EXPECT_EQ(refusal(start + R"("run":{"runId":"r"},"dataset":{"namespace":"n","name":"d"}})"), "job: missing");
  EXPECT_EQ(refusal(start + R"("job":[]})"), "job: not an object");
  EXPECT_EQ(refusal(start + R"("job":{"name":"j"}})"), "job.namespace: missing");
  EXPECT_EQ(refusal(start + R"("job":{"namespace":"n"}})"), "job.name: missing");
  EXPECT_EQ(refusal(start + R"("job":{"namespace":"n","name":""}})"), "job.name: empty");
  EXPECT_EQ(refusal(start + R"("dataset":{"namespace":"n"}})"), "dataset.name: missing");
  EXPECT_EQ(refusal(start + R"("dataset":{"namespace":"n","name":"d","facets":[]}})"), "dataset.facets: not an object");
  EXPECT_EQ(refusal(RunEvent(R"("eventType":"PAUSED")")),
            R"(eventType: not one of START, RUNNING, COMPLETE, ABORT, FAIL, OTHER: "PAUSED")");
  EXPECT_EQ(refusal(RunEvent(R"("eventType":1)")), "eventType: not a string");
  EXPECT_EQ(refusal(RunEvent(R"("inputs":{"namespace":"n","name":"d"})")), "inputs: not an array");
  EXPECT_EQ(refusal(RunEvent(R"("outputs":[{"namespace":"n","name":"d"},"x"])")), "outputs[1]: not an object");
  EXPECT_EQ(refusal(RunEvent(R"("inputs":[null])")), "inputs[0]: not an object");
  EXPECT_EQ(refusal(RunEvent(R"("outputs":[{"namespace":"n"}])")), "outputs[0].name: missing");
  EXPECT_EQ(refusal(RunEvent(R"("inputs":[{"namespace":"n","name":"d","inputFacets":5}])")),
            "inputs[0].inputFacets: not an object");
}

TEST(OpenLineage, ATimeThatCannotBeKeptIsRefused) {
  const EventUnderTest event(
      R"({"eventTime":"1500-01-01T00:00:00Z","producer":"p","job":{"namespace":"n","name":"j"}})");
  EXPECT_EQ(event.status.code(), StatusCode::kOutOfRange);
  EXPECT_THAT(event.status.message(), HasSubstr("eventTime: "));
}

TEST(OpenLineage, FacetsStandInTheStatedOrder) {
  // The members stand the other way round on purpose.
  const EventUnderTest event(R"({
    "outputs":[{"outputFacets":{"outputStatistics":{"rowCount":1}},"facets":{"o2":{},"o1":{}},"name":"out","namespace":"n"}],
    "inputs":[{"inputFacets":{"dataQualityMetrics":{}},"facets":{"i1":{}},"name":"in1","namespace":"n"},
              {"namespace":"n","name":"in2","facets":{"schema":{}}, "outputFacets":{"stray":{}}}],
    "job":{"facets":{"sql":{}},"namespace":"n","name":"j"},
    "run":{"facets":{"nominalTime":{}},"runId":"r"},
    "producer":"p","eventTime":"2026-01-10"})");
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Facets(),
              ElementsAre("nominalTime @ run::r", "sql @ job:n:j", "i1 @ dataset:n:in1",
                          "statistics_snapshot @ dataset:n:in1", "schema_snapshot @ dataset:n:in2",
                          "o2 @ dataset:n:out", "o1 @ dataset:n:out", "ingestion_volume @ dataset:n:out"));
}

TEST(OpenLineage, AFacetIsKeptWhateverItsShape) {
  const EventUnderTest event(RunEvent(R"("outputs":[{"namespace":"n","name":"d","facets":{
    "none":null,"array":[1],"number":7,"text":"t","truth":true,"schema":[],"columnLineage":7,"tags":"x","ownership":{"owners":3},
    "lineage":{"inputs":{}},"gone":{"_deleted":true},"kept":{"_deleted":false},"odd":{"_deleted":"yes"}}}])"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  const std::string d = " @ dataset:n:d";
  EXPECT_THAT(event.Facets(), ElementsAre("array" + d, "number" + d, "text" + d, "truth" + d, "schema_snapshot" + d,
                                          "columnLineage" + d, "tags" + d, "ownership" + d, "lineage" + d, "-gone" + d,
                                          "kept" + d, "odd" + d));
  EXPECT_THAT(event.Attributes(), IsEmpty());
  EXPECT_THAT(event.Edges(), ElementsAre("job:n:j -writes-> dataset:n:d"));
}

TEST(OpenLineage, ADatasetNamedSeveralTimesIsOneNode) {
  const EventUnderTest event(RunEvent(R"(
    "inputs":[{"namespace":"n","name":"d"},{"namespace":"n","name":"d","facets":{"x":{}}},{"namespace":"n2","name":"d"}],
    "outputs":[{"namespace":"n","name":"d"},{"namespace":"n","name":"d"}])"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Nodes(), ElementsAre("job:n:j", "dataset:n:d", "dataset:n2:d"));
  EXPECT_THAT(event.Edges(), ElementsAre("dataset:n2:d -reads-> job:n:j", "dataset:n:d -reads-> job:n:j",
                                         "job:n:j -writes-> dataset:n:d"));
}

TEST(OpenLineage, NamesAreAnyText) {
  const EventUnderTest event(RunEvent(R"("inputs":[
    {"namespace":"s3://bucket:443","name":"/a.b/c:d"},{"namespace":"ü","name":"🕷 \"q\" \u0000 \\"},
    {"namespace":"s3://bucket","name":"443:/a.b/c:d"},{"namespace":"s3","name":"//bucket:443:/a.b/c:d"}])"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  ASSERT_EQ(event.statements.nodes.size(), 5U) << "names with separators in them must not meet";
  EXPECT_EQ(event.statements.nodes[1], NodeView("", "dataset", "s3://bucket:443", "/a.b/c:d"));
  EXPECT_EQ(event.statements.nodes[2], NodeView("", "dataset", "ü", std::string_view("🕷 \"q\" \0 \\", 12)));
}

TEST(OpenLineage, StatementsAreEmptiedBeforeTheyAreFilled) {
  simdjson::dom::parser parser;
  Arena arena;
  ParsedRecord record;
  EventStatements statements;
  const auto state = [&](std::string_view text) {
    simdjson::dom::object event;
    EXPECT_EQ(parser.parse(text.data(), text.size()).get_object().get(event), simdjson::SUCCESS);
    EXPECT_TRUE(StateEvent(event, *EventForm(event), {}, arena, record, statements).ok());
  };
  state(RunEvent(R"("eventType":"START","inputs":[{"namespace":"n","name":"d","facets":{"tags":{"tags":[]}}}])"));
  EXPECT_EQ(statements.nodes.size(), 2U);
  state(R"({"eventTime":"2026-01-10","producer":"p","dataset":{"namespace":"n","name":"d"}})");
  EXPECT_EQ(statements.nodes.size(), 1U);
  EXPECT_TRUE(statements.facets.empty() && statements.edges.empty() && statements.attributes.empty());
  EXPECT_EQ(record.run_id, "");
  EXPECT_EQ(record.job.name, "");
  EXPECT_EQ(record.run_state, RunState::kUnknown);
}

}  // namespace
}  // namespace cairn
