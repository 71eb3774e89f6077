#include "cache/thread_number.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace cairn {
namespace {

/// The numbers of so many threads that all live at once.
std::multiset<int> NumbersOf(int threads) {
  std::latch all(threads);
  std::mutex mutex;
  std::multiset<int> numbers;
  std::vector<std::thread> living;
  for (int i = 0; i < threads; ++i) {
    living.emplace_back([&] {
      const int mine = ThreadNumber::Mine();
      EXPECT_EQ(mine, ThreadNumber::Mine());
      {
        const std::lock_guard lock(mutex);
        numbers.insert(mine);
      }
      all.arrive_and_wait();
    });
  }
  for (std::thread& thread : living) thread.join();
  return numbers;
}

TEST(ThreadNumber, NoTwoLivingThreadsShareOneAndSomeGoWithout) {
  const int mine = ThreadNumber::Mine();
  ASSERT_NE(mine, ThreadNumber::kNone);
  for (int round = 0; round < 3; ++round) {
    const std::multiset<int> numbers = NumbersOf(ThreadNumber::kThreadsMax + 5);
    EXPECT_EQ(numbers.count(mine), 0U);
    std::size_t without = 0;
    for (const int number : numbers) {
      ASSERT_GE(number, ThreadNumber::kNone);
      ASSERT_LT(number, ThreadNumber::kThreadsMax);
      if (number == ThreadNumber::kNone)
        ++without;
      else
        EXPECT_EQ(numbers.count(number), 1U);
    }
    // Other threads of this process may have some; all that these had are free again in the next round.
    EXPECT_GE(without, 6U);
    EXPECT_LT(without, 30U);
  }
}

TEST(ThreadNumber, AChildOfForkHasItsOwnAndFreesTheOthers) {
  std::latch has_one(1);
  std::latch may_end(1);
  std::thread other([&] {
    ThreadNumber::Mine();
    has_one.count_down();
    may_end.wait();
  });
  has_one.wait();
  const int mine = ThreadNumber::Mine();
  EXPECT_GE(ThreadNumber::Taken(), 2);
  const pid_t child = ::fork();
  // Nothing there may begin a thread: tools that watch threads do not follow them into a child of many.
  if (child == 0) ::_exit(ThreadNumber::Mine() == mine && ThreadNumber::Taken() == 1 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  may_end.count_down();
  other.join();
}

TEST(ThreadNumber, AChildWhoseParentHadNoneLeftHasOne) {
  std::latch have_all(ThreadNumber::kThreadsMax);
  std::latch may_end(1);
  std::vector<std::thread> others;
  for (int i = 0; i < ThreadNumber::kThreadsMax; ++i) {
    others.emplace_back([&] {
      ThreadNumber::Mine();
      have_all.count_down();
      may_end.wait();
    });
  }
  have_all.wait();
  EXPECT_EQ(ThreadNumber::Taken(), ThreadNumber::kThreadsMax);
  int status = 0;
  std::thread unasked([&] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(ThreadNumber::Mine() != ThreadNumber::kNone && ThreadNumber::Taken() == 1 ? 0 : 1);
    EXPECT_EQ(::waitpid(child, &status, 0), child);
  });
  unasked.join();
  EXPECT_EQ(status, 0);
  may_end.count_down();
  for (std::thread& thread : others) thread.join();
}

}  // namespace
}  // namespace cairn
