#include "produce/retry.h"

#include <gtest/gtest.h>

#include <random>

namespace cairn {
namespace {

using namespace std::chrono_literals;

TEST(Retry, TheBackoffDoublesUpToItsMaximumAndIsRandomBelow) {
  const RetryPolicy policy{.attempts = 6, .backoff = 1s, .backoff_max = 5s};
  constexpr std::uint64_t kSecond = 1'000'000'000;
  EXPECT_EQ(*NextRetry(policy, 1, 0s, 0), 0s);
  EXPECT_EQ(*NextRetry(policy, 1, 0s, kSecond), 1s);
  EXPECT_EQ(*NextRetry(policy, 2, 0s, 2 * kSecond), 2s);
  EXPECT_EQ(*NextRetry(policy, 3, 0s, 4 * kSecond), 4s);
  EXPECT_EQ(*NextRetry(policy, 4, 0s, 5 * kSecond), 5s);
  EXPECT_EQ(NextRetry(policy, 6, 0s, 0), std::nullopt);
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    const auto wait = NextRetry(policy, 5, 2s, random());
    ASSERT_TRUE(wait);
    EXPECT_GE(*wait, 2s) << "seed 3";
    EXPECT_LE(*wait, 7s) << "seed 3";
  }
}

TEST(Retry, AServerThatAsksForTooLongIsNotWaitedFor) {
  const RetryPolicy policy{.retry_after_max = 10s};
  EXPECT_TRUE(NextRetry(policy, 1, 10s, 0));
  EXPECT_FALSE(NextRetry(policy, 1, 11s, 0));
}

TEST(Retry, AfterIsSecondsOrADate) {
  const Timestamp now{1'445'412'480'000'000'000};  // Wed, 21 Oct 2015 07:28:00 GMT
  EXPECT_EQ(ParseRetryAfter("120", now), 120s);
  EXPECT_EQ(ParseRetryAfter("0", now), 0s);
  EXPECT_EQ(ParseRetryAfter("Wed, 21 Oct 2015 07:28:30 GMT", now), 30s);
  EXPECT_EQ(ParseRetryAfter("Wed, 21 Oct 2015 07:27:30 GMT", now), 0s);
  EXPECT_EQ(ParseRetryAfter("99999999999999999999999", now), 24h);
  EXPECT_EQ(ParseRetryAfter("900000", now), 24h);
  for (const char* bad : {"", "-5", "-99999999999999999999999", "soon", "5 apples"}) {
    EXPECT_EQ(ParseRetryAfter(bad, now), 0s) << bad;
  }
}

}  // namespace
}  // namespace cairn
