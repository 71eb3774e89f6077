#include "cairn/time.h"

#include <gtest/gtest.h>

#include <random>

namespace cairn {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
// 2026-01-10T05:00:00Z, from `date -u -d 2026-01-10T05:00:00 +%s`.
constexpr std::int64_t kFive = 1'768'021'200 * kSecond;

std::int64_t Read(std::string_view text) {
  const auto time = ParseTimestamp(text);
  EXPECT_TRUE(time) << time.status();
  return time ? time->ns : 0;
}

StatusCode Refusal(std::string_view text) {
  const auto time = ParseTimestamp(text);
  return time ? StatusCode::kOk : time.error().code();
}

TEST(ParseTimestamp, ReadsWhatProducersSend) {
  EXPECT_EQ(Read("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(Read("2026-01-10T05:00:00Z"), kFive);
  EXPECT_EQ(Read("2026-01-10t05:00:00z"), kFive);
  EXPECT_EQ(Read("2026-01-10 05:00:00Z"), kFive);
  EXPECT_EQ(Read("2026-01-10T05:00Z"), kFive) << "seconds may be absent";
  EXPECT_EQ(Read("2026-01-10T05:00:00"), kFive) << "no zone is UTC";
  EXPECT_EQ(Read("2026-01-10"), kFive - 5 * kHour) << "a date is its first instant";
}

TEST(ParseTimestamp, OffsetsAreTakenOff) {
  EXPECT_EQ(Read("2026-01-10T15:00:00+10:00"), kFive);
  EXPECT_EQ(Read("2026-01-10T15:00:00+1000"), kFive);
  EXPECT_EQ(Read("2026-01-10T15:00:00+10"), kFive);
  EXPECT_EQ(Read("2026-01-09T21:30:00-07:30"), kFive);
  EXPECT_EQ(Read("2026-01-10T05:00:00-00:00"), kFive);
  EXPECT_EQ(Read("2026-01-11T04:59:00+23:59"), kFive);
  for (const std::string_view zone : {"+24:00", "+10:60", "+1", "+10:", "+10:0", "UTC", "Z ", "ZZ", "+10:00Z"}) {
    EXPECT_EQ(Refusal("2026-01-10T05:00:00" + std::string(zone)), StatusCode::kInvalidArgument) << zone;
  }
}

TEST(ParseTimestamp, TheNameOfAZoneMayStandBehindItsOffset) {
  EXPECT_EQ(Read("2026-01-10T06:00:00+01:00[Europe/Berlin]"), kFive);
  EXPECT_EQ(Read("2026-01-10T05:00:00Z[UTC][u-ca=iso8601]"), kFive);
  for (const char* text : {"2026-01-10T06:00:00[Europe/Berlin]", "2026-01-10[UTC]", "[UTC]", "2026-01-10T05:00:00Z]",
                           "2026-01-10T05:00:00Z[UTC"}) {
    EXPECT_EQ(Refusal(text), StatusCode::kInvalidArgument) << text << ": where that is nobody says here";
  }
}

TEST(ParseTimestamp, FractionsReachNanoseconds) {
  EXPECT_EQ(Read("2026-01-10T05:00:00.1Z"), kFive + 100'000'000);
  EXPECT_EQ(Read("2026-01-10T05:00:00.123456789Z"), kFive + 123'456'789);
  EXPECT_EQ(Read("2026-01-10T05:00:00,5Z"), kFive + 500'000'000) << "ISO 8601 allows the comma";
  EXPECT_EQ(Read("2026-01-10T05:00:00.1234567899999Z"), kFive + 123'456'789) << "dropped, not rounded";
  EXPECT_EQ(Read("2026-01-10T05:00:00.000000001+00:00"), kFive + 1);
  EXPECT_EQ(Refusal("2026-01-10T05:00:00.Z"), StatusCode::kInvalidArgument);
  EXPECT_EQ(Refusal("2026-01-10T05:00.5Z"), StatusCode::kInvalidArgument) << "no fraction of a minute";
}

TEST(ParseTimestamp, BeforeTheEpochFractionsStillCountForward) {
  EXPECT_EQ(Read("1969-12-31T23:59:59.999999999Z"), -1);
  EXPECT_EQ(Read("1969-12-31T23:59:59Z"), -kSecond);
}

// POSIX time has no leap seconds.
TEST(ParseTimestamp, ALeapSecondIsTheInstantAfterIt) {
  EXPECT_EQ(Read("2016-12-31T23:59:60Z"), Read("2017-01-01T00:00:00Z"));
  EXPECT_EQ(Refusal("2016-12-31T23:59:61Z"), StatusCode::kInvalidArgument);
}

TEST(ParseTimestamp, KnowsTheCalendar) {
  EXPECT_EQ(Read("2024-02-29") + 24 * kHour, Read("2024-03-01"));
  EXPECT_EQ(Read("2000-02-29") + 24 * kHour, Read("2000-03-01"));
  for (const std::string_view text :
       {"2026-02-29", "1900-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32",
        "2026-01-10T24:00:00Z", "2026-01-10T05:60:00Z"}) {
    EXPECT_EQ(Refusal(text), StatusCode::kInvalidArgument) << text;
  }
}

// So that sums near the edge of 64 bits cannot wrap.
TEST(ParseTimestamp, KeepsTheYears1678To2261) {
  EXPECT_EQ(FormatTimestamp({Read("1678-01-01T00:00:00Z")}), "1678-01-01T00:00:00Z");
  EXPECT_EQ(FormatTimestamp({Read("2261-12-31T23:59:59.999999999Z")}), "2261-12-31T23:59:59.999999999Z");
  EXPECT_EQ(Refusal("1677-12-31T23:59:59Z"), StatusCode::kOutOfRange);
  EXPECT_EQ(Refusal("2262-01-01T00:00:00Z"), StatusCode::kOutOfRange);
  EXPECT_EQ(Refusal("0000-01-01"), StatusCode::kOutOfRange);
  EXPECT_EQ(Refusal("9999-12-31T23:59:59Z"), StatusCode::kOutOfRange);
  // An offset may lead a day beyond, which still fits.
  EXPECT_EQ(FormatTimestamp({Read("1678-01-01T00:00:00+23:59")}), "1677-12-31T00:01:00Z");
  EXPECT_EQ(FormatTimestamp({Read("2261-12-31T23:59:60.999999999-23:59")}), "2262-01-01T23:59:00.999999999Z");
}

TEST(ParseTimestamp, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "now", "2026", "2026-01", "2026-1-10", "20260110", "2026-01-10T", "2026-01-10T05", "2026-01-10T5:00Z",
        "2026-01-10T05:00:0Z", "2026-01-10X05:00:00Z", " 2026-01-10", "2026-01-10 ", "-026-01-10", "+026-01-10",
        "1768021200", "2026-01-10T05:00:00Z\n"}) {
    EXPECT_EQ(Refusal(text), StatusCode::kInvalidArgument) << '"' << text << '"';
  }
  EXPECT_EQ(Refusal(std::string_view("2026-01-10\0", 11)), StatusCode::kInvalidArgument);
}

TEST(ParseTimestamp, SaysHowToWriteIt) {
  const Status status = ParseTimestamp("yesterday").status();
  EXPECT_NE(status.message().find("\"yesterday\""), std::string::npos) << status;
  EXPECT_NE(status.message().find("2026-01-10T05:00:00.123Z"), std::string::npos) << status;
}

TEST(FormatTimestamp, WritesAsManyDigitsAsAreNeeded) {
  EXPECT_EQ(FormatTimestamp({kFive}), "2026-01-10T05:00:00Z");
  EXPECT_EQ(FormatTimestamp({kFive + 100'000'000}), "2026-01-10T05:00:00.100Z");
  EXPECT_EQ(FormatTimestamp({kFive + 1'000}), "2026-01-10T05:00:00.000001Z");
  EXPECT_EQ(FormatTimestamp({kFive + 1}), "2026-01-10T05:00:00.000000001Z");
  EXPECT_EQ(FormatTimestamp({-1}), "1969-12-31T23:59:59.999999999Z");
}

TEST(FormatTimestamp, FixedIsAlwaysAsLong) {
  EXPECT_EQ(FormatTimestampFixed({kFive}), "2026-01-10T05:00:00.000000000Z");
  for (const Timestamp time : {Timestamp::Min(), Timestamp{-1}, Timestamp{0}, Timestamp{kFive + 7}, Timestamp::Max()}) {
    EXPECT_EQ(FormatTimestampFixed(time).size(), kFixedTimestampBytes);
  }
  EXPECT_EQ(FormatTimestampFixed(Timestamp::Min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(FormatTimestampFixed(Timestamp::Max()), "2262-04-11T23:47:16.854775807Z");
}

TEST(Timestamp, ReadsBackWhatItWrites) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any(Read("1678-01-01"), Read("2261-12-31T23:59:59.999999999"));
  for (int i = 0; i < 20'000; ++i) {
    Timestamp time{any(random)};
    if (i % 3 != 0) time.ns -= time.ns % (i % 3 == 1 ? 1'000 : kSecond);
    ASSERT_EQ(Read(FormatTimestamp(time)), time.ns);
    ASSERT_EQ(Read(FormatTimestampFixed(time)), time.ns);
  }
}

// Text of one length sorts as the instants do, which `ls` and `sort` rely on.
TEST(Timestamp, FixedTextSortsAsTime) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> any(Read("1678-01-01"), Read("2261-12-31"));
  for (int i = 0; i < 2'000; ++i) {
    const Timestamp a{any(random)};
    const Timestamp b{any(random)};
    ASSERT_EQ(a < b, FormatTimestampFixed(a) < FormatTimestampFixed(b));
  }
}

}  // namespace
}  // namespace cairn
