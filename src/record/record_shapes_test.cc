#include "record/record_shapes.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>

#include "record/duplicate_keys.h"
#include "record/json_tokens.h"
#include "record/parse_for_test.h"

namespace cairn {
namespace {

constexpr std::string_view kRecord =
    R"({"kind":"volume","target":{"namespace":"crm","name":"orders"},"produced_at":"2026-01-10T05:00:00.123Z",)"
    R"("producer_id":"p","context":{"run_id":"r1","job_id":"load"},"payload":{"row_count":12,"ok":true,"a_long_key_of_more_than_32_bytes":[1,"x"]}})";

// A record of which one part is written otherwise.
std::string With(std::string_view part, std::string_view other) {
  std::string out(kRecord);
  const std::size_t at = out.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return out.replace(at, part.size(), other);
}

class RecordShapesTest : public testing::Test {
 protected:
  void SetUp() override {
    Learn(kRecord);
    Learn(kRecord);
  }

  void Learn(std::string_view json) {
    ASSERT_TRUE(tokens_.Find(json));
    QuickCheck check;
    ASSERT_EQ(check.Check(json, tokens_.places(), 8), QuickCheck::Answer::kMinified);
    PlainTexts texts;
    ASSERT_EQ(FindPlainTexts(check.members(), &texts), PlainAnswer::kUsual);
    shapes_.Learn(json, tokens_.places(), texts);
  }
  bool Finds(std::string_view json) {
    return tokens_.Find(json) && shapes_.Find(json, tokens_.places(), false, &texts_);
  }
  [[nodiscard]] std::string_view Text(PlainField field) const { return texts_[static_cast<std::size_t>(field)]; }

  JsonTokens tokens_;
  RecordShapes shapes_;
  PlainTexts texts_;
};

TEST_F(RecordShapesTest, ReadsARecordWithOtherValues) {
  const std::string other = With("\"orders\"", "\"a longer name\"");
  ASSERT_TRUE(Finds(other));
  EXPECT_EQ(Text(PlainField::kKind), "volume");
  EXPECT_EQ(Text(PlainField::kTargetNamespace), "crm");
  EXPECT_EQ(Text(PlainField::kTargetName), "a longer name");
  EXPECT_EQ(Text(PlainField::kProducedAt), "2026-01-10T05:00:00.123Z");
  EXPECT_EQ(Text(PlainField::kProducerId), "p");
  EXPECT_EQ(Text(PlainField::kRunId), "r1");
  EXPECT_EQ(Text(PlainField::kJobId), "load");
  EXPECT_EQ(Text(PlainField::kTenant).data(), nullptr);
  EXPECT_TRUE(Finds(With(":12", ":0.5")));
  EXPECT_TRUE(Finds(With("true", "-3")));
}

TEST_F(RecordShapesTest, KnowsNoRecordWithOtherKeysBracketsOrSpace) {
  EXPECT_FALSE(Finds(With("row_count", "row_counT")));
  EXPECT_FALSE(Finds(With("more_than_32_bytes", "more_than_32_byteS")));
  EXPECT_FALSE(Finds(With("[1,\"x\"]", "{1,\"x\"]")));
  EXPECT_FALSE(Finds(With("[1,\"x\"]", "[1:\"x\"]")));
  EXPECT_FALSE(Finds(With("[1,\"x\"]", "[1 ,\"x\"]")));
  EXPECT_FALSE(Finds(With("[1,\"x\"]", "[1,\"x\" ]")));
  EXPECT_FALSE(Finds(With("[1,\"x\"]", "[1,\"x\"")));
  EXPECT_FALSE(Finds(std::string(kRecord) + " "));
  EXPECT_FALSE(Finds(" " + std::string(kRecord)));
  EXPECT_FALSE(Finds(std::string(kRecord) + "}"));
}

TEST_F(RecordShapesTest, KnowsNoRecordWithBrokenValues) {
  EXPECT_FALSE(Finds(With(":12", ":012")));
  EXPECT_FALSE(Finds(With(":12", ":1e400"))) << "to be checked with care";
  EXPECT_FALSE(Finds(With(":12", ":12x")));
  EXPECT_FALSE(Finds(With(":12", ":\"12\""))) << "a string where a number was";
  EXPECT_FALSE(Finds(With("\"r1\"", "7"))) << "a number where a string was";
  EXPECT_FALSE(Finds(With("\"r1\"", "null")));
  EXPECT_FALSE(Finds(With("true", "True")));
}

TEST_F(RecordShapesTest, LooksAtEachByteOfAString) {
  const std::string longer =
      With("\"orders\"", "\"Bücher und mehr als sechzehn Bytes\"");  // What is found points into it.
  EXPECT_TRUE(Finds(longer));
  EXPECT_EQ(Text(PlainField::kTargetName), "Bücher und mehr als sechzehn Bytes");
  EXPECT_FALSE(Finds(With("\"orders\"", "\"B\xc3 und mehr als sechzehn Bytes\""))) << "broken UTF-8";
  EXPECT_FALSE(Finds(With("\"orders\"", "\"an escape \\u0041\"")));
  EXPECT_FALSE(Finds(With("\"orders\"", "\"a line\nbreak\"")));
  EXPECT_FALSE(Finds(With("\"orders\"", std::string("\"a NUL \0\"", 9))));
}

TEST_F(RecordShapesTest, EndsWithTheText) {
  for (std::size_t size = 0; size < kRecord.size(); ++size) {
    const std::string cut(kRecord.substr(0, size));  // On the heap, so that a sanitizer sees a read behind it.
    ASSERT_FALSE(Finds(cut)) << cut;
  }
}

TEST_F(RecordShapesTest, LearnsFromTheSecondOfASize) {
  const std::string longer = With("\"orders\"", "\"orders\",\"more\":1");
  Learn(longer);
  EXPECT_FALSE(Finds(longer)) << "it may never come again";
  Learn(longer);
  EXPECT_TRUE(Finds(longer));
}

TEST_F(RecordShapesTest, RemembersABoundedNumber) {
  for (int i = 0; i < 50; ++i) Learn(With("row_count", "key" + std::to_string(i)));
  EXPECT_TRUE(Finds(With("row_count", "key49"))) << "the newest is there";
  for (int i = 0; i < 500; ++i) Learn(With("row_count", "other" + std::to_string(i)));
  EXPECT_FALSE(Finds(With("row_count", "other499"))) << "many in a row have no shape in common";
  shapes_.Clear();
  EXPECT_FALSE(Finds(kRecord));
}

std::string Minified(std::string_view json) {
  std::string out(json.size() + kJsonPadding, '\0');
  std::size_t bytes = 0;
  EXPECT_EQ(simdjson::minify(json.data(), json.size(), out.data(), bytes), simdjson::SUCCESS);
  out.resize(bytes);
  return out;
}

// Whatever a parser that knows many shapes takes is what a parser into a tree finds in it.
TEST(RecordShapes, TakeNothingThatAParserRefuses) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  RecordParser parser;
  simdjson::dom::parser tree;
  DuplicateKeys duplicates;
  ParsedBatch batch;
  const std::string_view bytes = "{}[]:,\" 0159.-eE+tfnulrsax\x01\xc3\\";
  int taken = 0;
  for (int i = 0; i < 40000; ++i) {
    std::string json(kRecord);
    for (std::size_t changes = random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % json.size();
      switch (random() % 4) {
        case 0:
          json[at] = bytes[random() % bytes.size()];
          break;
        case 1:
          json.insert(at, 1, bytes[random() % bytes.size()]);
          break;
        case 2:
          json.erase(at, 1 + random() % 3);
          break;
        default:
          json.insert(at, json, random() % json.size(), random() % 20);
      }
    }
    batch.Clear();
    if (!parser.Parse(json, batch).ok()) continue;
    ++taken;
    simdjson::dom::element root;
    ASSERT_EQ(tree.parse(json).get(root), simdjson::SUCCESS) << json;
    ASSERT_TRUE(duplicates.Check(tree.doc).ok()) << json;
    const ParsedRecord& record = batch.records.front();
    ASSERT_EQ(record.json, Minified(json)) << json;
    ASSERT_EQ(std::string_view(root["kind"]), record.kind) << json;
    ASSERT_EQ(std::string_view(root["producer_id"]), record.producer_id) << json;
    std::string_view run;
    if (root["context"]["run_id"].get(run) == simdjson::SUCCESS) {
      ASSERT_EQ(run, record.run_id) << json;
    }
  }
  EXPECT_GT(taken, 5000) << "the test says little where little is taken";
}

}  // namespace
}  // namespace cairn
