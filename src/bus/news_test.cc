#include "bus/news.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class NewsTest : public ::testing::Test {
 protected:
  void Put() { ASSERT_TRUE(store_->Store(TestFact{.second = ++stored_}.Json())); }
  Seq End() { return {static_cast<std::uint64_t>(stored_)}; }
  /// How long one waits.
  milliseconds Wait(Seq last, milliseconds timeout) {
    std::promise<void> told;
    const auto began = Clock::now();
    news_.Await(last, timeout, [&] { told.set_value(); });
    told.get_future().wait();
    return std::chrono::duration_cast<milliseconds>(Clock::now() - began);
  }

  int stored_ = 0;
  TestStore store_;
  News news_{*store_};
};

TEST_F(NewsTest, TellsWhatIsThereAndWhatComes) {
  Put();
  EXPECT_LT(Wait({0}, milliseconds(60'000)).count(), 30'000);
  EXPECT_GE(Wait(End(), milliseconds(80)).count(), 80);
  std::atomic<int> told = 0;
  for (int i = 0; i < 10; ++i) news_.Await(End(), milliseconds(60'000), [&] { ++told; });
  Put();
  while (told < 10) std::this_thread::yield();
}

// Who waits for what is far ahead makes nobody else believe that there is news: they would ask again and again.
TEST_F(NewsTest, SomebodyFarAheadIsNoNews) {
  Put();
  std::atomic<bool> is_far_told = false;
  news_.Await({1'000'000}, milliseconds(60'000), [&] { is_far_told = true; });
  EXPECT_GE(Wait(End(), milliseconds(80)).count(), 80);
  EXPECT_LT(Wait({0}, milliseconds(60'000)).count(), 30'000) << "what is there is told at once all the same";
  std::atomic<bool> is_told = false;
  news_.Await(End(), milliseconds(60'000), [&] { is_told = true; });
  Put();
  while (!is_told) std::this_thread::yield();
  EXPECT_FALSE(is_far_told);
  news_.Stop();
  EXPECT_TRUE(is_far_told);
  EXPECT_LT(Wait(End(), milliseconds(60'000)).count(), 30'000) << "all are told at once from now on";
}

}  // namespace
}  // namespace cairn
