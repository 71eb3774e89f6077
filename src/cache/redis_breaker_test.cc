#include "cache/redis_breaker.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using std::chrono::milliseconds;
using Pass = RedisBreaker::Pass;

class RedisBreakerTest : public testing::Test {
 protected:
  void Open() {
    for (int i = 0; i < 3; ++i) breaker_.OnFailure(Pass::kThrough, now_);
  }
  RedisBreaker breaker_{{.failures = 3, .wait_min = milliseconds(100), .wait_max = milliseconds(300)}};
  RedisBreaker::Time now_{milliseconds(1'000'000)};
};

TEST_F(RedisBreakerTest, OpensAfterFailuresInARow) {
  breaker_.OnFailure(Pass::kThrough, now_);
  breaker_.OnFailure(Pass::kThrough, now_);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kThrough);
  breaker_.OnFailure(Pass::kThrough, now_);
  EXPECT_TRUE(breaker_.is_open());
  EXPECT_EQ(breaker_.Ask(now_), Pass::kRefused);
}

TEST_F(RedisBreakerTest, ASuccessBetweenStartsTheCountAgain) {
  for (int i = 0; i < 10; ++i) {
    breaker_.OnFailure(Pass::kThrough, now_);
    breaker_.OnFailure(Pass::kThrough, now_);
    breaker_.OnSuccess();
  }
  EXPECT_FALSE(breaker_.is_open());
}

TEST_F(RedisBreakerTest, HalfOpenLetsOneThrough) {
  Open();
  now_ += milliseconds(99);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kRefused);
  now_ += milliseconds(1);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kProbe);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kRefused);
}

TEST_F(RedisBreakerTest, ProbeThatSucceedsCloses) {
  Open();
  now_ += milliseconds(100);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kProbe);
  breaker_.OnSuccess();
  EXPECT_EQ(breaker_.Ask(now_), Pass::kThrough);
}

TEST_F(RedisBreakerTest, WaitDoublesUpToItsBound) {
  Open();
  for (const int wait : {100, 200, 300, 300}) {
    now_ += milliseconds(wait - 1);
    EXPECT_EQ(breaker_.Ask(now_), Pass::kRefused) << wait;
    now_ += milliseconds(1);
    ASSERT_EQ(breaker_.Ask(now_), Pass::kProbe) << wait;
    breaker_.OnFailure(Pass::kProbe, now_);
  }
}

TEST_F(RedisBreakerTest, ProbeThatNeverReportsBlocksNobodyForEver) {
  Open();
  now_ += milliseconds(100);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kProbe);
  now_ += milliseconds(100);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kProbe);
}

TEST_F(RedisBreakerTest, LateFailuresOfOlderCallsDoNotLengthenTheWait) {
  Open();
  now_ += milliseconds(99);
  breaker_.OnFailure(Pass::kThrough, now_);
  now_ += milliseconds(1);
  EXPECT_EQ(breaker_.Ask(now_), Pass::kProbe);
}

}  // namespace
}  // namespace cairn
