#include "store/parsed_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/segment_for_test.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ParseLogBatch, GivesEachRecordWithItsPlace) {
  TestSegment segment(
      {5}, {TestFact{.second = 1}.Json(), EventWithFacets(2, R"("schema":{})"), TestFact{.second = 3}.Json()});
  // The event stands in the log as its record does.
  ParsedBatch wrapped;
  ASSERT_TRUE(RecordParser().Parse(segment.records()[1], wrapped).ok());
  TestSegment stored({5}, {segment.records()[0], std::string(wrapped.records[0].json), segment.records()[2]});
  RecordParser parser;
  const ParsedLogBatch parsed = ParseLogBatch(stored.Batch(), parser);
  EXPECT_THAT(parsed.mistakes, IsEmpty());
  ASSERT_EQ(parsed.lines.size(), 3u);
  ASSERT_EQ(parsed.parsed->records.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(parsed.lines[i].seq.value, 5 + i);
    EXPECT_EQ(parsed.lines[i].location.offset, stored.location(i).offset);
    EXPECT_EQ(parsed.lines[i].location.length, stored.location(i).length);
    EXPECT_EQ(parsed.parsed->records[i].json, stored.records()[i]);
  }
  EXPECT_EQ(parsed.parsed->records[1].form, Form::kRunEvent);
  EXPECT_EQ(parsed.parsed->records[2].produced_at, At(3));
}

TEST(ParseLogBatch, WhatCannotBeReadCostsItselfOnly) {
  TestSegment segment({1}, {TestFact{.second = 1}.Json(), R"({"kind":"k"})", TestFact{.second = 3}.Json()});
  RecordParser parser;
  const ParsedLogBatch parsed = ParseLogBatch(segment.Batch(), parser);
  ASSERT_EQ(parsed.lines.size(), 2u);
  EXPECT_EQ(parsed.lines[0].seq.value, 1u);
  EXPECT_EQ(parsed.lines[1].seq.value, 3u);
  EXPECT_EQ(parsed.parsed->records[1].produced_at, At(3));
  EXPECT_THAT(parsed.mistakes, ElementsAre(HasSubstr("record 2")));
}

TEST(ParseLogBatch, OfADamagedBatchHoldsNothing) {
  LogBatch batch;
  batch.first = {3};
  batch.last = {9};
  batch.damaged = true;
  RecordParser parser;
  const ParsedLogBatch parsed = ParseLogBatch(batch, parser);
  EXPECT_THAT(parsed.lines, IsEmpty());
  EXPECT_THAT(parsed.mistakes, IsEmpty());
  EXPECT_TRUE(parsed.batch.damaged);
}

class ParsePipelineTest : public testing::TestWithParam<std::size_t> {};

TEST_P(ParsePipelineTest, KeepsTheOrderOfTheLog) {
  // Batches of very different sizes, so that later ones are parsed before earlier ones.
  std::vector<std::unique_ptr<TestSegment>> segments;
  std::vector<LogBatch> batches;
  Seq next{1};
  for (int i = 0; i < 60; ++i) {
    std::vector<std::string> records;
    const int count = i % 7 == 0 ? 300 : 1 + i % 3;
    for (int j = 0; j < count; ++j)
      records.push_back(TestFact{.rows = i * 1000 + j, .run = std::string(1500, 'r')}.Json());
    segments.push_back(std::make_unique<TestSegment>(next, records));
    batches.push_back(segments.back()->Batch());
    next.value += records.size();
  }
  Seq expected{1};
  std::size_t taken = 0;
  ParsePipeline pipeline(GetParam(), [&](ParsedLogBatch&& parsed) {
    ASSERT_EQ(parsed.batch.first, expected);
    ASSERT_EQ(parsed.lines.size(), parsed.batch.last.value - parsed.batch.first.value + 1);
    ASSERT_EQ(parsed.parsed->records.size(), parsed.lines.size());
    expected.value = parsed.batch.last.value + 1;
    ++taken;
  });
  for (const LogBatch& batch : batches) pipeline.Submit(batch);
  pipeline.Drain();
  EXPECT_EQ(taken, batches.size());
  EXPECT_EQ(expected, next);
  pipeline.Drain();
  expected = {1};
  pipeline.Submit(batches[0]);
  pipeline.Drain();
  EXPECT_EQ(taken, batches.size() + 1) << "it goes on after a drain";
}

TEST_P(ParsePipelineTest, MayBeDroppedWithWorkInIt) {
  TestSegment segment({1}, {TestFact{}.Json()});
  std::size_t taken = 0;
  {
    ParsePipeline pipeline(GetParam(), [&](ParsedLogBatch&&) { ++taken; });
    pipeline.Submit(segment.Batch());
  }
  EXPECT_EQ(taken, 0u) << "what was not drained is not applied";
}

INSTANTIATE_TEST_SUITE_P(Threads, ParsePipelineTest, testing::Values(1, 2, 4));

}  // namespace
}  // namespace cairn
