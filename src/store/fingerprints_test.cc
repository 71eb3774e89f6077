#include "store/fingerprints.h"

#include <gtest/gtest.h>

#include "store/segment_for_test.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

std::vector<std::string> Records(std::int64_t from, std::int64_t to) {
  std::vector<std::string> out;
  for (std::int64_t second = from; second < to; ++second) out.push_back(TestFact{.second = second}.Json());
  return out;
}

void AddAll(Fingerprints& prints, const TestSegment& segment, std::int64_t second) {
  const auto open = segment.Open();
  for (std::size_t i = 0; i < segment.records().size(); ++i) {
    prints.Add(open, {segment.first().value + i}, segment.location(i), Fingerprint(segment.records()[i]),
               At(second + static_cast<std::int64_t>(i)));
  }
}

std::uint64_t Find(Fingerprints& prints, std::int64_t second) {
  const std::string json = TestFact{.second = second}.Json();
  const auto found = prints.Find(Fingerprint(json), json, At(second));
  return found ? found->value : 0;
}

TEST(Fingerprints, OfNothingKnowNothing) {
  Fingerprints prints;
  EXPECT_EQ(Find(prints, 1), 0u);
}

TEST(Fingerprints, FindWhatStandsInUnsealedSegments) {
  const TestSegment one({1}, Records(0, 100));
  const TestSegment two({101}, Records(100, 150));
  Fingerprints prints;
  AddAll(prints, one, 0);
  AddAll(prints, two, 100);
  for (std::int64_t second = 0; second < 150; ++second)
    ASSERT_EQ(Find(prints, second), static_cast<std::uint64_t>(second) + 1);
  EXPECT_EQ(Find(prints, 150), 0u);
  EXPECT_EQ(Find(prints, -1), 0u);
}

TEST(Fingerprints, FindWhatStandsInSealedSegments) {
  const TestSegment one({1}, Records(0, 100));
  const TestSegment two({101}, Records(100, 150));
  Fingerprints prints;
  prints.AddSealed(one.Seal());
  prints.AddSealed(two.Seal());
  for (std::int64_t second = 149; second >= 0; --second)
    ASSERT_EQ(Find(prints, second), static_cast<std::uint64_t>(second) + 1);
  EXPECT_EQ(Find(prints, 150), 0u);
}

// A hash that two records share costs a comparison, never a record.
TEST(Fingerprints, CompareTheBytesOfRecordsOfOneHash) {
  const TestSegment segment({1}, Records(0, 3));
  const auto open = segment.Open();
  Fingerprints prints;
  for (std::size_t i = 0; i < 3; ++i)
    prints.Add(open, {i + 1}, segment.location(i), 42, At(static_cast<std::int64_t>(i)));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto found = prints.Find(42, segment.records()[i], At(static_cast<std::int64_t>(i)));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->value, i + 1);
  }
  EXPECT_FALSE(prints.Find(42, TestFact{.second = 1, .rows = 9}.Json(), At(1)));
}

TEST(Fingerprints, AnswerWhereTheBytesStandFirst) {
  const TestSegment one({1}, Records(0, 5));
  const TestSegment two({6}, Records(0, 5));
  Fingerprints prints;
  AddAll(prints, one, 0);
  AddAll(prints, two, 0);
  EXPECT_EQ(Find(prints, 3), 4u);
}

TEST(Fingerprints, GoOnKnowingWhatWasSealedMeanwhile) {
  const TestSegment one({1}, Records(0, 10));
  const TestSegment two({11}, Records(10, 20));
  Fingerprints prints;
  AddAll(prints, one, 0);
  AddAll(prints, two, 10);
  prints.Replace(one.Seal());
  for (std::int64_t second = 0; second < 20; ++second)
    ASSERT_EQ(Find(prints, second), static_cast<std::uint64_t>(second) + 1);
  AddAll(prints, TestSegment({21}, Records(20, 22)), 20);
  EXPECT_EQ(Find(prints, 21), 22u);
}

}  // namespace
}  // namespace cairn
