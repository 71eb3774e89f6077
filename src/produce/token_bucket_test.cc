#include "produce/token_bucket.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include "hook_file_system.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

class TokenBucketTest : public testing::Test {
 protected:
  std::unique_ptr<TokenBucket> Open(TokenBucket::Limit limit, std::uint64_t boot = 1) {
    auto bucket = TokenBucket::Open(*FileSystem::Default(), dir_.path() + "/rate", boot, limit);
    EXPECT_TRUE(bucket) << bucket.status();
    return std::move(*bucket);
  }

  TempDir dir_;
};

TEST_F(TokenBucketTest, AFullBucketGivesAtOnceThenAWindowAfterEachUse) {
  const auto bucket = Open({2, 60s});
  EXPECT_EQ(*bucket->Take(1000s, 1h), 0s);
  EXPECT_EQ(*bucket->Take(1010s, 1h), 0s);
  EXPECT_EQ(*bucket->Take(1020s, 1h), 40s);
  EXPECT_EQ(*bucket->Take(1020s, 1h), 50s);
  EXPECT_EQ(*bucket->Take(1020s, 1h), 100s);
}

TEST_F(TokenBucketTest, AWaitTooLongTakesNothing) {
  const auto bucket = Open({1, 60s});
  EXPECT_EQ(*bucket->Take(1000s, 0s), 0s);
  const auto refused = bucket->Take(1001s, 58s);
  EXPECT_EQ(refused.status().code(), StatusCode::kResourceExhausted);
  EXPECT_NE(refused.error().message().find("59.0 s"), std::string::npos) << refused.error();
  EXPECT_EQ(*bucket->Take(1001s, 59s), 59s);
}

TEST_F(TokenBucketTest, NoWindowEverSeesMoreThanItsTokens) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  const auto bucket = Open({7, 1s});
  std::vector<nanoseconds> uses;
  nanoseconds now = 5s;
  for (int i = 0; i < 25'000; ++i) {
    now += nanoseconds(random() % (random() % 20 == 0 ? 2'000'000'000 : 100'000'000));
    if (random() % 500 == 0) {
      ASSERT_TRUE(bucket->Block(now + nanoseconds(random() % 3'000'000'000)).ok());
    }
    if (const auto wait = bucket->Take(now, nanoseconds(random() % 4'000'000'000))) uses.push_back(now + *wait);
  }
  ASSERT_GT(uses.size(), 10'000u);
  for (std::size_t i = 7; i < uses.size(); ++i) {
    ASSERT_GE(uses[i] - uses[i - 7], 1s) << "use " << i << ", seed " << seed;
  }
}

TEST_F(TokenBucketTest, ProcessesAndThreadsShareOneLimit) {
  constexpr int kProcesses = 6;
  constexpr int kThreads = 2;
  constexpr int kTakes = 200;
  const auto before_fork = Open({10, 1s});
  ASSERT_TRUE(before_fork->Take(1s, 0s));
  int results[2];
  ASSERT_EQ(pipe(results), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      // Half of them go on with what they were forked with, the others open their own.
      auto own = i % 2 == 0 ? nullptr : Open({10, 1s});
      TokenBucket& bucket = own == nullptr ? *before_fork : *own;
      std::vector<std::thread> threads;
      for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
          for (int n = 0; n < kTakes; ++n) {
            const auto wait = bucket.Take(1s, 100h);
            const std::int64_t use_at = wait ? (1s + *wait).count() : -1;
            if (write(results[1], &use_at, sizeof(use_at)) != sizeof(use_at)) _exit(2);
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      _exit(0);
    }
    children.push_back(child);
  }
  close(results[1]);
  std::vector<std::int64_t> uses = {nanoseconds(1s).count()};
  std::int64_t use_at = 0;
  while (read(results[0], &use_at, sizeof(use_at)) == sizeof(use_at)) uses.push_back(use_at);
  close(results[0]);
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  std::sort(uses.begin(), uses.end());
  ASSERT_EQ(uses.size(), std::size_t{kProcesses * kThreads * kTakes + 1});
  // Exactly ten in each second: none lost, none given twice.
  for (std::size_t i = 0; i < uses.size(); ++i) {
    ASSERT_EQ(uses[i], nanoseconds(1s).count() * static_cast<std::int64_t>(1 + i / 10)) << i;
  }
}

TEST_F(TokenBucketTest, AChildForkedInBetweenDoesNotKeepTheLock) {
  HookFileSystem files;
  auto bucket = TokenBucket::Open(files, dir_.path() + "/rate", 1, {1, 60s});
  ASSERT_TRUE(bucket) << bucket.error();
  int end[2];
  ASSERT_EQ(pipe(end), 0);
  pid_t child = -1;
  files.before_lock = [&](const std::string&) {
    child = fork();
    if (child != 0) return;
    close(end[1]);
    char byte = 0;
    _exit(read(end[0], &byte, 1) == 0 ? 0 : 1);
  };
  ASSERT_TRUE((*bucket)->Take(5s, 0s));
  const auto lock = FileSystem::Default()->OpenLock(dir_.path() + "/rate");
  ASSERT_TRUE(lock);
  EXPECT_TRUE((*lock)->TryLock().ok());
  close(end[1]);
  close(end[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
}

TEST_F(TokenBucketTest, ABlockHoldsForAllWhoShareIt) {
  const auto mine = Open({100, 60s});
  const auto other = Open({100, 60s});
  EXPECT_EQ(*other->Blocked(1000s), 0s);
  ASSERT_TRUE(mine->Block(1030s).ok());
  ASSERT_TRUE(mine->Block(1020s).ok());
  EXPECT_EQ(*other->Blocked(1010s), 20s);
  EXPECT_EQ(*other->Take(1010s, 1h), 20s);
  EXPECT_EQ(*other->Blocked(1031s), 0s);
}

TEST_F(TokenBucketTest, AnotherStartOfTheHostBeginsAnew) {
  ASSERT_TRUE(Open({1, 60s}, 1)->Take(100'000s, 0s));
  EXPECT_EQ(*Open({1, 60s}, 2)->Take(5s, 0s), 0s);
}

TEST_F(TokenBucketTest, ADamagedFileBeginsAnew) {
  std::ofstream(dir_.Sub("rate")) << std::string(200, 'x');
  EXPECT_EQ(*Open({1, 60s})->Take(5s, 0s), 0s);
  EXPECT_EQ(*Open({1, 60s})->Take(5s, 1h), 60s);
}

TEST_F(TokenBucketTest, LimitsMayDiffer) {
  ASSERT_TRUE(Open({3, 60s})->Take(1000s, 0s));
  EXPECT_EQ(*Open({1, 10s})->Take(1000s, 1h), 10s);
  EXPECT_EQ(*Open({3, 60s})->Take(1000s, 1h), 10s);
}

TEST_F(TokenBucketTest, WhereTheFileCannotBeMadeItSaysSo) {
  const auto bucket = TokenBucket::Open(*FileSystem::Default(), dir_.path() + "/no/such/folder", 1, {1, 60s});
  EXPECT_FALSE(bucket);
  EXPECT_EQ(*TokenBucket::InMemory({1, 60s})->Take(5s, 0s), 0s);
}

}  // namespace
}  // namespace cairn
