#include "base/time_zone.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }

// A zone of the first version: 60 s ahead, from 1000 s on 3,600 s ahead.
std::string SmallZone() {
  std::string out("TZif\0", 5);
  out.append(15, '\0');
  const auto number = [&](std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
  };
  for (const std::uint32_t count : {0, 0, 0, 1, 2, 4}) number(count);
  number(1000);
  out += '\1';
  for (const std::uint32_t offset : {60, 3600}) {
    number(offset);
    out.append(2, '\0');
  }
  return out + std::string("LMT\0", 4);
}

TEST(TimeZone, ReadsTheTransitionsOfAFile) {
  const auto zone = TimeZone::Parse(SmallZone());
  ASSERT_TRUE(zone) << zone.error();
  EXPECT_EQ(zone->OffsetAt({999'999'999'999}), 60);
  EXPECT_EQ(zone->OffsetAt({1'000'000'000'000}), 3600);
}

TEST(TimeZone, ACutFileIsToldAtEveryByte) {
  const std::string whole = SmallZone();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(TimeZone::Parse(whole.substr(0, size)).status().code(), StatusCode::kDataLoss) << size;
  }
}

TEST(TimeZone, DaysBeginWhereThePlaceSays) {
  const auto berlin = TimeZone::Load("Europe/Berlin");
  ASSERT_TRUE(berlin) << berlin.error();
  EXPECT_EQ(berlin->DayOf(At("2026-01-10T12:00:00Z")), At("2026-01-09T23:00:00Z"));
  EXPECT_EQ(berlin->DayOf(At("2026-01-10T23:30:00Z")), At("2026-01-10T23:00:00Z"));
  // The clocks go forward at 01:00 UTC on 29 March, and back at 01:00 UTC on 25 October.
  EXPECT_EQ(berlin->DayOf(At("2026-03-29T12:00:00Z")), At("2026-03-28T23:00:00Z"));
  EXPECT_EQ(berlin->DayOf(At("2026-03-29T12:00:00Z"), 1), At("2026-03-29T22:00:00Z"));
  EXPECT_EQ(berlin->DayOf(At("2026-03-30T12:00:00Z"), -1), At("2026-03-28T23:00:00Z"));
  EXPECT_EQ(berlin->DayOf(At("2026-10-26T12:00:00Z"), -1), At("2026-10-24T22:00:00Z"));
  const auto kolkata = TimeZone::Load("Asia/Kolkata");
  ASSERT_TRUE(kolkata) << kolkata.error();
  EXPECT_EQ(kolkata->DayOf(At("2026-01-10T12:00:00Z")), At("2026-01-09T18:30:00Z"));
}

TEST(TimeZone, UtcIsAlwaysThere) {
  const auto utc = TimeZone::Load("UTC");
  ASSERT_TRUE(utc);
  EXPECT_EQ(utc->DayOf(At("1969-12-31T23:00:00Z")), At("1969-12-31T00:00:00Z"));
}

TEST(TimeZone, NamesLeadNowhereElse) {
  for (const char* name : {"", "Mars/Olympus", "../../../etc/passwd", "/etc/passwd", "Europe/../../../etc/passwd"}) {
    EXPECT_EQ(TimeZone::Load(name).status().code(), StatusCode::kNotFound) << name;
  }
}

}  // namespace
}  // namespace cairn
