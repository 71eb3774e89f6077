#include "query/time_bucket.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

std::string Bucket(GroupBy::Key key, std::string_view time) {
  return FormatTimestamp(BucketStart(key, *ParseTimestamp(time)));
}

TEST(BucketStart, CutsInUtc) {
  constexpr std::string_view kTime = "2026-01-15T05:06:07.123456789Z";  // A Thursday.
  EXPECT_EQ(Bucket(GroupBy::Key::kMinute, kTime), "2026-01-15T05:06:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kHour, kTime), "2026-01-15T05:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kDay, kTime), "2026-01-15T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kWeek, kTime), "2026-01-12T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kMonth, kTime), "2026-01-01T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kDay, "2026-01-15T23:30:00-01:00"), "2026-01-16T00:00:00Z");
}

TEST(BucketStart, AWeekBeginsOnMonday) {
  EXPECT_EQ(Bucket(GroupBy::Key::kWeek, "2026-01-12T00:00:00Z"), "2026-01-12T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kWeek, "2026-01-11T23:59:59.999999999Z"), "2026-01-05T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kWeek, "1970-01-01T00:00:00Z"), "1969-12-29T00:00:00Z");
}

TEST(BucketStart, BeforeNineteenSeventyTooAndAtTheEnds) {
  EXPECT_EQ(Bucket(GroupBy::Key::kMinute, "1969-12-31T23:59:59.999999999Z"), "1969-12-31T23:59:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kDay, "1969-12-31T23:59:59.999999999Z"), "1969-12-31T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kMonth, "1900-03-01T00:00:00Z"), "1900-03-01T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kMonth, "1900-02-28T23:59:59Z"), "1900-02-01T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kMonth, "2024-02-29T12:00:00Z"), "2024-02-01T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kWeek, "1678-01-01T00:00:00Z"), "1677-12-27T00:00:00Z");
  EXPECT_EQ(Bucket(GroupBy::Key::kMonth, "2261-12-31T23:59:59Z"), "2261-12-01T00:00:00Z");
}

TEST(IsTimeBucket, TellsSpansOfTime) {
  EXPECT_TRUE(IsTimeBucket(GroupBy::Key::kMinute));
  EXPECT_TRUE(IsTimeBucket(GroupBy::Key::kMonth));
  EXPECT_FALSE(IsTimeBucket(GroupBy::Key::kTarget));
  EXPECT_FALSE(IsTimeBucket(GroupBy::Key::kPath));
}

}  // namespace
}  // namespace cairn
