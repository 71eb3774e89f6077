#include "record/parse.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "record/parse_for_test.h"

namespace cairn {
namespace {

TEST(RecordParser, ReadsARecord) {
  const TakenRecord taken(
      R"({"kind":"ingestion_volume","target":{"namespace":"crm","name":"public.orders"},)"
      R"("produced_at":"2026-01-10T05:00:00.123Z","producer_id":"ingestion.v1",)"
      R"("context":{"run_id":"r1","job_id":"load","namespace":"nightly","tenant":"acme","environment":"prod","x":1},)"
      R"("payload":{"row_count":12}})");
  const ParsedRecord& record = taken.record;
  EXPECT_EQ(record.form, Form::kRecord);
  EXPECT_EQ(record.kind, "ingestion_volume");
  EXPECT_EQ(record.target, NodeView("acme", "dataset", "crm", "public.orders"));
  EXPECT_EQ(FormatTimestamp(record.produced_at), "2026-01-10T05:00:00.123Z");
  EXPECT_EQ(record.producer_id, "ingestion.v1");
  EXPECT_EQ(record.run_id, "r1");
  EXPECT_EQ(record.job, NodeView("acme", "job", "nightly", "load"));
  EXPECT_EQ(record.run_state, RunState::kUnknown);
  EXPECT_EQ(record.event, nullptr);
}

TEST(RecordParser, ContextMayBeAbsentOrNull) {
  for (const std::string& json : {PlainRecord(), RecordWith("context", "null"), RecordWith("context", "{}"),
                                  RecordWith("context", R"({"tenant":null,"run_id":null,"job_id":null})")}) {
    const TakenRecord taken(json);
    EXPECT_EQ(taken.record.target.tenant, "") << json;
    EXPECT_EQ(taken.record.run_id, "") << json;
    EXPECT_EQ(taken.record.job.name, "") << json;
  }
}

TEST(RecordParser, KeepsTheBytesOfTheSender) {
  // Unknown members, odd spellings of numbers and strings, any order: none of it is ours to change.
  const std::string odd =
      R"({"zz":[1.50,1E2,-0,"\u0041\/é"],"payload":[],"producer_id":"p","produced_at":"2026-01-10 05:00+10",)"
      R"("extras":{"a":null},"target":{"name":"n","namespace":"s","extra":{}},"kind":"k","quality":"good","version":3})";
  EXPECT_EQ(TakenRecord(odd).record.json, odd);
}

TEST(RecordParser, DropsWhiteSpaceBetweenTokensAndNothingElse) {
  const TakenRecord taken(
      "  {\n\t\"kind\" : \"a  b\" ,\r\n \"target\":{ \"namespace\":\"c d\",\"name\":\"\\n \" }, "
      "\"produced_at\": \"2026-01-10 05:00:00\", \"producer_id\":\"p\", \"payload\" : [ 1 , 2 ] }\n");
  EXPECT_EQ(taken.record.json,
            "{\"kind\":\"a  b\",\"target\":{\"namespace\":\"c d\",\"name\":\"\\n \"},"
            "\"produced_at\":\"2026-01-10 05:00:00\",\"producer_id\":\"p\",\"payload\":[1,2]}");
}

TEST(RecordParser, TheSameRecordHasTheSameFingerprintHoweverItIsSpaced) {
  const TakenRecord spaced(" " + PlainRecord() + "\n");
  EXPECT_EQ(spaced.record.fingerprint, TakenRecord(PlainRecord()).record.fingerprint);
  EXPECT_EQ(spaced.record.fingerprint, Fingerprint(PlainRecord()));
  EXPECT_NE(spaced.record.fingerprint, Fingerprint(RecordWith("payload", R"({"row_count":13})")));
}

TEST(RecordParser, KeysAreReadInAnySpelling) {
  const TakenRecord taken(
      R"({"\u006bind":"k","t\u0061rget":{"n\u0061me":"n","namespace":"s"},"produced\u005fat":"2026-01-10",)"
      R"("producer\u005fid":"p","p\u0061yload":1,"context":{"run\u005fid":"r"}})");
  EXPECT_EQ(taken.record.kind, "k");
  EXPECT_EQ(taken.record.target.name, "n");
  EXPECT_EQ(taken.record.run_id, "r");
}

TEST(RecordParser, ReadsEscapesInNames) {
  const TakenRecord taken(RecordWith("target", R"({"namespace":"a\u003ab","name":"\"q\"\\ü😀"})"));
  EXPECT_EQ(taken.record.target, NodeView("", "dataset", "a:b", "\"q\"\\ü😀"));
}

TEST(RecordParser, ThePayloadMayBeAnything) {
  for (const std::string_view payload :
       {"null", "false", "0", R"("")", "[]", "{}", "18446744073709551615", "-1e-300"}) {
    const std::string json = RecordWith("payload", payload);
    EXPECT_EQ(TakenRecord(json).record.json, json);
  }
}

TEST(RecordParser, TellsEventsByTheirShape) {
  const std::string_view event =
      R"({ "eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"r"},"job":{"namespace":"n","name":"j"} })";
  const TakenRecord taken(event);
  EXPECT_EQ(taken.record.form, Form::kRunEvent);
  EXPECT_EQ(taken.record.kind, kKindRunEvent);
  EXPECT_NE(taken.record.event, nullptr);
  EXPECT_NE(
      taken.record.json.find(
          R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"r"},"job":{"namespace":"n","name":"j"}})"),
      std::string_view::npos)
      << "the event stands whole in the record";
  // What has a kind is a record, whatever else it has.
  EXPECT_EQ(TakenRecord(RecordWith("run", R"({"runId":"r"})")).record.form, Form::kRecord);
}

TEST(RecordParser, AnEventMayComeInARecordThatNamesItsTenant) {
  const std::string event =
      R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"r"},"job":{"namespace":"n","name":"j"}})";
  const TakenRecord plain(event);
  const TakenRecord wrapped(R"({"payload": )" + event +
                            R"(, "kind":"openlineage.event","target":7,"context":{"tenant":"acme"}})");
  EXPECT_EQ(wrapped.record.form, Form::kRunEvent);
  EXPECT_EQ(wrapped.record.kind, kKindRunEvent);
  EXPECT_EQ(wrapped.record.target, NodeView("acme", kTypeJob, "n", "j")) << "what stands around it is made anew";
  EXPECT_NE(wrapped.record.json.find(event), std::string_view::npos);
  // What the log keeps of an event is taken as the same event.
  EXPECT_EQ(TakenRecord(std::string(plain.record.json)).record.json, plain.record.json);
  EXPECT_EQ(TakenRecord(std::string(wrapped.record.json)).record.json, wrapped.record.json);
}

TEST(RecordParser, OfKeysThatStandTwiceInAnEventTheLastCounts) {
  const auto event = [](std::string_view facets) {
    return fmt::format(R"({{"eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{{"runId":"r","facets":{}}},)"
                       R"("job":{{"namespace":"n","name":"j"}}}})",
                       facets);
  };
  const std::string twice = event(R"({"engine":{"name":"a"},"other":{},"engine":{"name":"b"}})");
  const std::string once = event(R"({"other":{},"engine":{"name":"b"}})");
  const TakenRecord expected(once);
  const TakenRecord taken(twice);
  EXPECT_EQ(taken.record.json, expected.record.json);
  EXPECT_EQ(taken.record.fingerprint, expected.record.fingerprint) << "sent either way it is one event";
  const auto wrapped = [](const std::string& payload) {
    return R"({"kind":"openlineage.event","context":{"tenant":"acme"},"payload":)" + payload + "}";
  };
  EXPECT_EQ(TakenRecord(wrapped(twice)).record.json, TakenRecord(wrapped(once)).record.json);
  // Also where it says whom it is of.
  const TakenRecord of(
      R"({"eventTime":"2026-01-10","producer":"p","run":{"runId":"r"},"job":{"namespace":"x","name":"x"},)"
      R"("job":{"namespace":"n","name":"j"}})");
  EXPECT_EQ(of.record.target, NodeView("", kTypeJob, "n", "j"));
}

TEST(RecordParser, ReadsBackFromTheLogWhatItTook) {
  for (const std::string& input :
       {PlainRecord(), RecordWith("context", R"({"tenant":"t","run_id":"r","job_id":"j","namespace":"n"})"),
        RecordWith("context", R"({"tenant":null,"run\u005fid":"r\n"})"),
        RecordWith("target", R"({"type":"file","namespace":"","n\u0061me":"\u0022"})"),
        RecordWith("target", R"({"source_id":"s","schema":"a.b","table":"t","extras":{"name":"x"}})"),
        RecordWith("target", R"({"source_id":null,"namespace":"s","name":"n","type":null})"),
        std::string(
            R"({"payload":{"kind":"no"},"\u006bind":"k","target":{"name":"n","namespace":"s"},"produced\u005fat":)"
            R"("2026-01-10 05:00+10","producer_id":"p\t"})"),
        std::string(R"({"eventTime":"2026-01-10T05:00:00Z","eventType":"FAIL","producer":"p","run":{"runId":"r"},)"
                    R"("job":{"namespace":"n","name":"j"},"inputs":[{"namespace":"n","name":"d"}]})")}) {
    const TakenRecord taken(input);
    std::string stored(taken.record.json);
    stored.resize(stored.size() + kJsonPadding);
    ParsedBatch batch;
    const Status status =
        RecordParser().ParseStored(std::string_view(stored).substr(0, taken.record.json.size()), batch);
    ASSERT_TRUE(status.ok()) << status;
    const ParsedRecord& back = batch.records.front();
    EXPECT_EQ(back.json, taken.record.json);
    EXPECT_EQ(back.form, taken.record.form);
    EXPECT_EQ(back.kind, taken.record.kind);
    EXPECT_EQ(back.target, taken.record.target);
    EXPECT_EQ(back.produced_at, taken.record.produced_at);
    EXPECT_EQ(back.producer_id, taken.record.producer_id);
    EXPECT_EQ(back.run_id, taken.record.run_id);
    EXPECT_EQ(back.job, taken.record.job);
    EXPECT_EQ(back.run_state, taken.record.run_state);
    ASSERT_EQ(back.event == nullptr, taken.record.event == nullptr);
    if (back.event != nullptr) {
      EXPECT_EQ(back.event->nodes, taken.record.event->nodes);
      EXPECT_EQ(back.event->edges.size(), taken.record.event->edges.size());
    }
  }
}

TEST(RecordParser, WhatIsNoRecordInTheLogIsDamage) {
  for (std::string json : {std::string("{"), std::string("[]"), std::string(R"({"kind":"k"})"), std::string()}) {
    const std::size_t bytes = json.size();
    json.resize(bytes + kJsonPadding);
    ParsedBatch batch;
    EXPECT_EQ(RecordParser().ParseStored(std::string_view(json).substr(0, bytes), batch).code(), StatusCode::kDataLoss);
    EXPECT_TRUE(batch.records.empty());
  }
}

TEST(RecordParser, ABatchMayBeMovedWhileTheInputStays) {
  RecordParser parser;
  ParsedBatch batch;
  std::vector<std::string> inputs;
  inputs.reserve(200);
  for (int i = 0; i < 200; ++i) {
    inputs.push_back(RecordWith("target", R"({"namespace":"crm","name":"t)" + std::to_string(i) + "\"}"));
    if (i % 3 == 0) inputs.back() += ' ';
    ASSERT_TRUE(parser.Parse(inputs.back(), batch).ok());
  }
  const ParsedBatch moved = std::move(batch);
  for (int i = 0; i < 200; ++i) {
    const ParsedRecord& record = moved.records[static_cast<std::size_t>(i)];
    ASSERT_EQ(record.target.name, "t" + std::to_string(i));
    ASSERT_EQ(record.json, RecordWith("target", R"({"namespace":"crm","name":"t)" + std::to_string(i) + "\"}"));
  }
}

// A record keeps its meaning and its bytes however its tokens are spaced.
TEST(RecordParser, SpacingIsNeverPartOfARecord) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const std::string_view tokens[] = {"{",
                                     "\"kind\"",
                                     ":",
                                     "\"a b\"",
                                     ",",
                                     "\"target\"",
                                     ":",
                                     "{",
                                     "\"namespace\"",
                                     ":",
                                     "\"\\\" , :\"",
                                     ",",
                                     "\"name\"",
                                     ":",
                                     "\"n\\\\\"",
                                     "}",
                                     ",",
                                     "\"produced_at\"",
                                     ":",
                                     "\"2026-01-10\"",
                                     ",",
                                     "\"producer_id\"",
                                     ":",
                                     "\"p\"",
                                     ",",
                                     "\"payload\"",
                                     ":",
                                     "[",
                                     "1.0",
                                     ",",
                                     "true",
                                     ",",
                                     "null",
                                     ",",
                                     "{",
                                     "}",
                                     "]",
                                     "}"};
  std::string expected;
  for (const std::string_view token : tokens) expected += token;
  RecordParser parser;
  for (int i = 0; i < 500; ++i) {
    std::string spaced;
    for (const std::string_view token : tokens) {
      for (std::size_t n = random() % 4; n > 2; --n) spaced += " \t\r\n"[random() % 4];
      spaced += token;
    }
    spaced.append(random() % 3, '\n');
    ParsedBatch batch;
    const Status status = parser.Parse(spaced, batch);
    ASSERT_TRUE(status.ok()) << status << spaced;
    ASSERT_EQ(batch.records.front().json, expected) << spaced;
    ASSERT_EQ(batch.records.front().target.name, "n\\");
  }
}

// One parser reads documents of any size one after the other.
TEST(RecordParser, GrowsWithWhatItReads) {
  RecordParser parser;
  for (const std::size_t bytes : {10u, 200'000u, 50u, 3'000'000u, 1u}) {
    ParsedBatch batch;
    const std::string json = RecordWith("payload", JsonString(std::string(bytes, 'x')));
    ASSERT_TRUE(parser.Parse(json, batch).ok()) << bytes;
    EXPECT_EQ(batch.records.front().json, json);
  }
}

}  // namespace
}  // namespace cairn
