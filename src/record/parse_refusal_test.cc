// What is refused, and how the refusal reads: a clear error, never a crash, nothing changed in silence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "record/parse_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::string_literals;

void ExpectRefusal(std::string_view input, StatusCode code, const testing::Matcher<std::string>& message) {
  const Status status = RefusalOf(input);
  EXPECT_EQ(status.code(), code) << status << "\n" << input.substr(0, 300);
  EXPECT_THAT(status.message(), message) << input.substr(0, 300);
}

void ExpectInvalid(std::string_view input, const testing::Matcher<std::string>& message) {
  ExpectRefusal(input, StatusCode::kInvalidArgument, message);
}

std::string Nested(std::size_t depth) {
  // The record itself is the first level.
  return RecordWith("payload", std::string(depth - 1, '[') + std::string(depth - 1, ']'));
}

TEST(ParseRefusal, BrokenJson) {
  const std::string record = PlainRecord();
  for (std::size_t cut = 1; cut < record.size(); ++cut) {
    ExpectInvalid(record.substr(0, cut), StartsWith("not JSON"));
  }
  for (const std::string& input : {record + "}",
                                   record + record,
                                   record + " 1",
                                   "x" + record,
                                   RecordWith("payload", "{a:1}"),
                                   RecordWith("payload", "{'a':1}"),
                                   RecordWith("payload", "[1,]"),
                                   RecordWith("payload", R"({"a":1,})"),
                                   RecordWith("payload", "[1 2]"),
                                   RecordWith("payload", "nul"),
                                   RecordWith("payload", "True"),
                                   RecordWith("payload", "NaN"),
                                   RecordWith("payload", "Infinity"),
                                   RecordWith("payload", "01"),
                                   RecordWith("payload", "+1"),
                                   RecordWith("payload", ".5"),
                                   RecordWith("payload", "1."),
                                   RecordWith("payload", "0x10"),
                                   RecordWith("payload", "1e"),
                                   RecordWith("payload", R"("\x")"),
                                   RecordWith("payload", R"("\u12")"),
                                   RecordWith("payload", "// no\n1"),
                                   RecordWith("payload", "/* no */1")}) {
    ExpectInvalid(input, StartsWith("not JSON"));
  }
}

TEST(ParseRefusal, NothingAtAll) {
  ExpectInvalid("", HasSubstr("empty"));
  ExpectInvalid(" \n\t", HasSubstr("empty"));
}

// Minifying alone would make one token of two.
TEST(ParseRefusal, WhiteSpaceWithinAToken) {
  for (const std::string_view payload :
       {"1 2", "[1 2]", "- 1", "1 .5", "1e 5", "tr ue", "nu\nll", "[fal se]", "1\t2"}) {
    ExpectInvalid(RecordWith("payload", payload), StartsWith("not JSON"));
  }
  ExpectInvalid(RecordWith("payload", "\"a\\ n\""), StartsWith("not JSON"));
}

TEST(ParseRefusal, InvalidUtf8) {
  for (const std::string& bytes : {"\xff"s, "\x80"s, "\xc0\xaf"s, "\xe6\x97"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s}) {
    ExpectInvalid(RecordWith("payload", '"' + bytes + '"'), HasSubstr("UTF-8"));
    ExpectInvalid(RecordWith("payload", " {\"" + bytes + "\": 1}"), HasSubstr("UTF-8"));
  }
  // Half of a surrogate pair is no character either.
  ExpectInvalid(RecordWith("payload", R"("\ud800")"), StartsWith("not JSON"));
  ExpectInvalid(RecordWith("payload", R"("\udc00\ud800")"), StartsWith("not JSON"));
}

TEST(ParseRefusal, ControlCharactersAndNulBytes) {
  for (char c = 0; c < 0x20; ++c) {
    ExpectInvalid(RecordWith("payload", "\"a"s + c + "b\""), HasSubstr("control character"));
  }
  ExpectInvalid(PlainRecord() + "\0"s, StartsWith("not JSON"));
  ExpectInvalid("\0"s + PlainRecord(), StartsWith("not JSON"));
  ExpectInvalid(RecordWith("payload", "[\0]"s), StartsWith("not JSON"));
  ExpectInvalid(std::string(100, '\0'), StartsWith("not JSON"));
  ExpectInvalid(RecordWith("payload", "[\x0c]"), StartsWith("not JSON"));
}

TEST(ParseRefusal, NumbersBeyondRange) {
  for (const std::string_view number : {"1e309", "-1e309", "1e99999"}) {
    ExpectInvalid(RecordWith("payload", number), HasSubstr("number"));
  }
  for (const std::string_view number : {"18446744073709551615", "-9223372036854775808", "1.7976931348623157e308",
                                        "1e-400", "0.1234567890123456789012345678901234567890"}) {
    EXPECT_EQ(TakenRecord(RecordWith("payload", number)).record.json, RecordWith("payload", number));
  }
}

TEST(ParseRefusal, AbsurdDepth) {
  EXPECT_TRUE(RefusalOf(Nested(256)).ok()) << RefusalOf(Nested(256));
  ExpectRefusal(Nested(257), StatusCode::kResourceExhausted, HasSubstr("256"));
  ExpectRefusal(Nested(100'000), StatusCode::kResourceExhausted, HasSubstr("256"));
  EXPECT_FALSE(RefusalOf(std::string(1'000'000, '[')).ok());
  std::string objects;
  for (int i = 0; i < 5'000; ++i) objects += R"({"a":)";
  ExpectRefusal(RecordWith("payload", objects + "1" + std::string(5'000, '}')), StatusCode::kResourceExhausted,
                HasSubstr("256"));
}

TEST(ParseRefusal, TheDepthIsASetting) {
  const ParseLimits limits{.depth_max = 10};
  EXPECT_TRUE(RefusalOf(Nested(10), limits).ok()) << RefusalOf(Nested(10), limits);
  EXPECT_EQ(RefusalOf(Nested(11), limits).code(), StatusCode::kResourceExhausted);
}

TEST(ParseRefusal, TheDepthOfAnEventIsTheSameHoweverItIsSpelled) {
  const auto event = [](std::string_view text) {
    return R"({"eventTime":"2026-01-10T05:00:00Z","producer":"p","run":{"runId":"r","facets":{"f":{"a":[[[")" +
           std::string(text) + R"("]]]}}},"job":{"namespace":"n","name":"j"}})";
  };
  for (std::size_t depth_max = 8; depth_max < 70; ++depth_max) {
    const ParseLimits limits{.depth_max = depth_max};
    EXPECT_EQ(RefusalOf(event("a"), limits).code(), RefusalOf(event("\\u0061"), limits).code()) << depth_max;
  }
}

TEST(ParseRefusal, TooLong) {
  const std::string record = PlainRecord();
  EXPECT_TRUE(RefusalOf(record, {.record_bytes_max = record.size()}).ok());
  const Status status = RefusalOf(record, {.record_bytes_max = record.size() - 1});
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(status.message(), HasSubstr(std::to_string(record.size())));
  EXPECT_THAT(status.message(), HasSubstr("record_bytes_max"));
}

TEST(ParseRefusal, NoObject) {
  for (const std::string_view input : {"1", "null", "\"text\"", "[]", "[{}]", "true"}) {
    ExpectInvalid(input, HasSubstr("expected a JSON object"));
  }
}

TEST(ParseRefusal, NeitherRecordNorEvent) {
  ExpectInvalid("{}", HasSubstr("neither a record"));
  ExpectInvalid(R"({"a":1})", HasSubstr("\"kind\""));
}

TEST(ParseRefusal, MissingFieldsEachByName) {
  for (const std::string member : {"target", "produced_at", "producer_id", "payload"}) {
    ExpectInvalid(RecordWith(member, ""), testing::StrEq(member + ": missing"));
  }
  ExpectInvalid(RecordWith("kind", "null"), testing::StrEq("kind: missing"));
  ExpectInvalid(RecordWith("producer_id", "null"), testing::StrEq("producer_id: missing"));
  ExpectInvalid(RecordWith("kind", R"("")"), testing::StrEq("kind: empty"));
  ExpectInvalid(RecordWith("producer_id", R"("")"), testing::StrEq("producer_id: empty"));
}

TEST(ParseRefusal, WrongTypesEachByName) {
  for (const std::string member : {"kind", "target", "produced_at", "producer_id", "context"}) {
    for (const std::string_view value : {"1", "true", "[]", "[\"a\"]"}) {
      ExpectInvalid(RecordWith(member, value), StartsWith(member));
    }
  }
  ExpectInvalid(RecordWith("kind", "{}"), StartsWith("kind: expected a string"));
  ExpectInvalid(RecordWith("target", R"("dataset:crm:orders")"), StartsWith("target"));
  ExpectInvalid(RecordWith("produced_at", "null"), StartsWith("produced_at: expected"));
  ExpectInvalid(RecordWith("context", R"("prod")"), StartsWith("context: expected an object"));
  for (const std::string member : {"tenant", "run_id", "job_id", "namespace", "environment"}) {
    ExpectInvalid(RecordWith("context", "{\"" + member + "\":7}"),
                  StartsWith("context." + member + ": expected a string"));
  }
}

TEST(ParseRefusal, TimesThatAreNone) {
  ExpectInvalid(RecordWith("produced_at", R"("yesterday")"), StartsWith("produced_at: not a time"));
  ExpectRefusal(RecordWith("produced_at", R"("1677-01-01T00:00:00Z")"), StatusCode::kOutOfRange,
                StartsWith("produced_at"));
}

TEST(ParseRefusal, ReservedKinds) {
  for (const std::string_view kind : {kKindRunEvent, kKindJobEvent, kKindDatasetEvent}) {
    ExpectInvalid(RecordWith("kind", '"' + std::string(kind) + '"'), StartsWith("kind: \"openlineage.\""));
  }
  ExpectInvalid(RecordWith("kind", R"("openlineage.mine")"), StartsWith("kind: "));
  EXPECT_TRUE(RefusalOf(RecordWith("kind", R"("openlineage")")).ok()) << "only what stands below it";
}

TEST(ParseRefusal, KeysThatStandTwice) {
  ExpectInvalid(RecordWith("kind", R"("a","kind":"b")"), testing::StrEq("kind: the key stands twice in one object"));
  ExpectInvalid(RecordWith("payload", R"({"a":{"b":1,"c":2,"b":1}})"), StartsWith("payload.a.b:"));
  ExpectInvalid(RecordWith("payload", R"([{"a":1,"\u0061":2}])"), HasSubstr("a: the key stands twice"));
  // What stands around an event is ours, and written once.
  ExpectInvalid(
      R"({"kind":"openlineage.event","context":{"tenant":"a","tenant":"b"},"payload":{"eventTime":"2026-01-10",)"
      R"("producer":"p","run":{"runId":"r","runId":"r"},"job":{"namespace":"n","name":"j"}}})",
      StartsWith("context.tenant:"));
}

TEST(ParseRefusal, GoesOnAfterARefusal) {
  const std::string next = RecordWith("kind", R"("next")");
  RecordParser parser;
  ParsedBatch batch;
  ASSERT_TRUE(parser.Parse(PlainRecord(), batch).ok());
  for (const std::string& bad : {"{"s, Nested(300), RecordWith("target", ""), RecordWith("payload", "\"\xff\"")}) {
    EXPECT_FALSE(parser.Parse(bad, batch).ok());
    ASSERT_TRUE(parser.Parse(next, batch).ok());
    EXPECT_EQ(batch.records.back().kind, "next");
  }
  EXPECT_EQ(batch.records.size(), 5u);
}

// Whatever bytes come: an error, or a record that the log can read back.
TEST(ParseRefusal, AnyBytesAreRefusedOrReadBack) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  RecordParser parser;
  RecordParser reader;
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string input = RecordWith("context", R"({"run_id":"r\u0031","job_id":"j","x":[1.5e3,{"y":"é"}]})");
    for (std::size_t n = 1 + random() % 2; n > 0; --n) {
      const std::size_t at = random() % input.size();
      static constexpr std::string_view kBytes = "{}[]:,\" \\u0e-.1tfn\n\t";
      switch (random() % 3) {
        case 0:
          input[at] = kBytes[random() % kBytes.size()];
          break;
        case 1:
          input.erase(at, 1);
          break;
        default:
          input.insert(at, 1, random() % 4 == 0 ? static_cast<char>(random()) : kBytes[random() % kBytes.size()]);
      }
    }
    ParsedBatch batch;
    const Status status = parser.Parse(input, batch);
    if (!status.ok()) {
      ASSERT_FALSE(status.message().empty());
      continue;
    }
    ++taken;
    std::string stored(batch.records.front().json);
    const std::size_t bytes = stored.size();
    stored.resize(bytes + kJsonPadding);
    ParsedBatch back;
    const Status read = reader.ParseStored(std::string_view(stored).substr(0, bytes), back);
    ASSERT_TRUE(read.ok()) << read << input;
    const ParsedRecord& one = batch.records.front();
    const ParsedRecord& two = back.records.front();
    ASSERT_EQ(two.kind, one.kind) << input;
    ASSERT_EQ(two.target, one.target) << input;
    ASSERT_EQ(two.produced_at, one.produced_at) << input;
    ASSERT_EQ(two.producer_id, one.producer_id) << input;
    ASSERT_EQ(two.run_id, one.run_id) << input;
    ASSERT_EQ(two.job, one.job) << input;
    ASSERT_EQ(stored.find('\n'), std::string::npos) << "a line of the log is one line: " << input;
  }
  EXPECT_GT(taken, 100) << "the bytes are not changed too much";
}

}  // namespace
}  // namespace cairn
