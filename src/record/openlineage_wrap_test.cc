#include "record/openlineage_wrap.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "fixtures.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

TEST(WrapEvent, OfARun) {
  const EventUnderTest event(
      R"({"producer":"https://p","run":{"runId":"r"},"job":{"namespace":"k","name":"pie"},"eventTime":"2020-08-30T09:00:00.000+10:00"})");
  const std::string wrapped = Wrapped(event, "acme");
  EXPECT_EQ(wrapped, R"({"kind":"openlineage.run_event","target":{"type":"job","namespace":"k","name":"pie"},)"
                     R"("produced_at":"2020-08-30T09:00:00.000+10:00","producer_id":"https://p",)"
                     R"("context":{"run_id":"r","job_id":"pie","namespace":"k","tenant":"acme"},"payload":)" +
                         event.json + "}");
  EXPECT_EQ(WrappedEvent(wrapped), event.json);
}

TEST(WrapEvent, OfADatasetNamesNoTypeAndNoContext) {
  const EventUnderTest event(R"({"eventTime":"2026-01-10","producer":"p","dataset":{"namespace":"n","name":"d"}})");
  EXPECT_EQ(Wrapped(event, ""),
            R"({"kind":"openlineage.dataset_event","target":{"namespace":"n","name":"d"},"produced_at":"2026-01-10",)"
            R"("producer_id":"p","payload":)" +
                event.json + "}");
}

TEST(WrapEvent, TakesNoMoreThanItNeeds) {
  const EventUnderTest event(R"({"eventTime":"2026-01-10","producer":"p","dataset":{"namespace":"n","name":"d"}})");
  Arena arena;
  const std::string_view wrapped = WrapEvent(event.json, event.record, "", arena);
  EXPECT_EQ(arena.Allocate(1), wrapped.data() + wrapped.size());
}

TEST(WrapEvent, TextsOfWhichEachByteIsEscaped) {
  const std::string name(400, '\x01');
  const EventUnderTest event(R"({"eventTime":"2026-01-10","producer":)" + JsonString(name) +
                             R"(,"run":{"runId":"r"},)" + R"("job":{"namespace":)" + JsonString(name) + R"(,"name":)" +
                             JsonString(name) + "}}");
  ASSERT_TRUE(event.status.ok()) << event.status;
  const std::string wrapped = Wrapped(event, name);
  EXPECT_EQ(WrappedEvent(wrapped), event.json);
  simdjson::dom::parser parser;
  std::string_view read;
  ASSERT_EQ(parser.parse(wrapped).at_pointer("/context/tenant").get_string().get(read), simdjson::SUCCESS);
  EXPECT_EQ(read, name);
}

TEST(WrapEvent, TextsThatLookLikeAPayloadMisleadNobody) {
  const EventUnderTest event(
      R"({"eventTime":"2026-01-10","producer":"\",\"payload\":{\"a\":1},\"x\":\"","dataset":{"namespace":"\"payload\":7","name":"{\\"},
          "payload":{"payload":{}}})",
      "t");
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_EQ(WrappedEvent(Wrapped(event, "\"payload\":")), event.json);
}

TEST(WrapEvent, EveryFixtureIsARecordThatReadsBack) {
  CAIRN_NEED_FIXTURES(fixtures);
  simdjson::dom::parser parser;
  for (const auto& fixture : FixtureEvents(fixtures)) {
    SCOPED_TRACE(fixture.name);
    const EventUnderTest event(fixture.json);
    const std::string wrapped = Wrapped(event, "ü");
    EXPECT_EQ(WrappedEvent(wrapped), event.json);
    EXPECT_EQ(Wrapped(EventUnderTest(fixture.json), "ü"), wrapped);
    simdjson::dom::element record;
    ASSERT_EQ(parser.parse(wrapped).get(record), simdjson::SUCCESS);
    const auto text = [&](std::string_view pointer) {
      std::string_view out;
      EXPECT_EQ(record.at_pointer(pointer).get_string().get(out), simdjson::SUCCESS) << pointer;
      return out;
    };
    EXPECT_EQ(text("/kind"), event.record.kind);
    EXPECT_EQ(text("/target/name"), event.record.target.name);
    EXPECT_EQ(text("/produced_at"), text("/payload/eventTime"));
    EXPECT_EQ(text("/producer_id"), text("/payload/producer"));
    EXPECT_EQ(text("/context/tenant"), "ü");
    if (event.record.form == Form::kRunEvent) {
      EXPECT_EQ(text("/context/run_id"), text("/payload/run/runId"));
    }
  }
}

TEST(WrappedEvent, OfOtherTextIsEmpty) {
  for (const std::string_view text :
       {"", "{}", "}", "[]", R"({"kind":"a"})", R"({"payload":1)", R"({"x":{"payload":1}})"}) {
    EXPECT_EQ(WrappedEvent(text), "") << text;
  }
}

}  // namespace
}  // namespace cairn
