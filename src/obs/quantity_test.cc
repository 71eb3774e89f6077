#include "obs/quantity.h"

#include <gtest/gtest.h>

#include <random>

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Quantity, NumbersTakeUnitsAndKeepTheirBounds) {
  EXPECT_EQ(*ParseNumber("64M", 0), std::uint64_t{64} << 20);
  EXPECT_EQ(*ParseNumber("1KiB", 0), 1024u);
  EXPECT_EQ(*ParseNumber("18446744073709551615", 0), kNoMax);
  for (const char* bad : {"", "-1", "1.5", "8x", "64 M", "99999999999999999999", "17179869184G", "9", "101"}) {
    EXPECT_EQ(ParseNumber(bad, 10, 100).status().code(), StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(ParseNumber("9", 10, 100).error().message(), "\"9\" is not a whole number from 10 to 100");
}

TEST(Quantity, DurationsNameTheirUnit) {
  EXPECT_EQ(*ParseDuration("250ms", seconds(0), hours(1)), milliseconds(250));
  EXPECT_EQ(*ParseDuration("1h", seconds(0), hours(1)), hours(1));
  EXPECT_EQ(*ParseDuration("0", seconds(0), hours(1)), milliseconds(0));
  for (const char* bad : {"", "30", "1h30m", "61m", "-1s", "1.5s", "99999999999999999w", "s", "1 s"}) {
    EXPECT_FALSE(ParseDuration(bad, seconds(0), hours(1))) << bad;
  }
  EXPECT_FALSE(ParseDuration("0", seconds(1), hours(1)));
}

TEST(Quantity, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const milliseconds duration(static_cast<std::int64_t>(random() >> (random() % 63 + 1)));
    EXPECT_EQ(*ParseDuration(FormatDuration(duration), milliseconds(0), milliseconds::max()), duration) << "seed 7";
    const std::uint64_t bytes = random() >> random() % 64;
    EXPECT_EQ(*ParseNumber(FormatBytes(bytes), 0), bytes) << "seed 7";
  }
  EXPECT_EQ(FormatDuration(hours(36)), "36h");
  EXPECT_EQ(FormatDuration(milliseconds(1001)), "1001ms");
  EXPECT_EQ(FormatBytes(std::uint64_t{3} << 19), "1536k");
}

TEST(Quantity, SwitchesAndReals) {
  EXPECT_TRUE(*ParseSwitch("on"));
  EXPECT_FALSE(*ParseSwitch("false"));
  EXPECT_FALSE(ParseSwitch("maybe"));
  EXPECT_FALSE(ParseSwitch(""));
  EXPECT_EQ(*ParseReal("0.5", 0, 1), 0.5);
  for (const char* bad : {"nan", "inf", "1.1", "-0.1", "", "0.5x"}) EXPECT_FALSE(ParseReal(bad, 0, 1)) << bad;
}

TEST(Quantity, ShortDurationsAreForPeople) {
  EXPECT_EQ(ShortDuration(std::chrono::seconds(0)), "0ms");
  EXPECT_EQ(ShortDuration(std::chrono::seconds(12)), "12s");
  EXPECT_EQ(ShortDuration(std::chrono::seconds(252)), "4m12s");
  EXPECT_EQ(ShortDuration(std::chrono::hours(1)), "1h");
  EXPECT_EQ(ShortDuration(std::chrono::hours(52)), "2d4h");
}

}  // namespace
}  // namespace cairn
