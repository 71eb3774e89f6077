#include "bus/webhook_backoff.h"

#include <gtest/gtest.h>

#include <limits>

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// A random number in the middle of what shifts a pause.
std::uint64_t Middle(nanoseconds pause) { return static_cast<std::uint64_t>(pause.count()) / 5; }

TEST(WebhookBackoff, GrowsThreefoldUpToItsLongest) {
  const WebhookBackoff backoff;
  for (const auto& [failed, pause] : {std::pair(1U, 5L), {2U, 15L}, {3U, 45L}, {8U, 10'935L}, {9U, 21'600L}}) {
    EXPECT_EQ(backoff.After(failed, {}, Middle(seconds(pause))), seconds(pause)) << failed;
  }
  EXPECT_EQ(backoff.After(std::numeric_limits<std::uint32_t>::max(), {}, Middle(hours(6))), hours(6));
}

TEST(WebhookBackoff, TwelveAttemptsTakeAboutADay) {
  const WebhookBackoff backoff;
  nanoseconds least{};
  nanoseconds most{};
  for (std::uint32_t failed = 1; failed < 12; ++failed) {
    least += backoff.After(failed, {}, 0);
    // The greatest that is possible: one below a whole turn.
    const nanoseconds pause = backoff.After(failed, {}, 0) * 5 / 4;
    most += backoff.After(failed, {}, static_cast<std::uint64_t>(pause.count()) * 2 / 5);
  }
  EXPECT_GT(least, hours(17));
  EXPECT_LT(most, hours(28));
}

TEST(WebhookBackoff, IsShiftedByAFifthAtMost) {
  const WebhookBackoff backoff{seconds(100), seconds(100)};
  std::uint64_t random = 88'172'645'463'325'252;
  for (int i = 0; i < 1000; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const nanoseconds pause = backoff.After(1, {}, random);
    EXPECT_GE(pause, seconds(80));
    EXPECT_LE(pause, seconds(120));
  }
}

TEST(WebhookBackoff, WaitsAsLongAsItIsAskedTo) {
  const WebhookBackoff backoff;
  EXPECT_EQ(backoff.After(1, seconds(3'600), 7), seconds(3'600));
  EXPECT_GE(backoff.After(9, seconds(1), 0), hours(4)) << "and no less than it would";
}

}  // namespace
}  // namespace cairn
