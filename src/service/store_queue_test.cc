#include "service/store_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <thread>

#include "service/fake_repository.h"

namespace cairn {
namespace {

/// Stores nothing; a commit lasts until it may end.
struct SlowRepository final : FakeRepository {
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override {
    {
      const std::lock_guard lock(mutex);
      commits.push_back(jsons.size());
    }
    may_end.wait();
    std::vector<Result<Stored>> results;
    for (const std::string_view json : jsons) {
      results.push_back(json == "bad" ? Result<Stored>(Status(StatusCode::kInvalidArgument, "bad"))
                                      : Result<Stored>(Stored{Seq{json.size()}, false}));
    }
    return results;
  }
  std::latch may_end{1};
  std::mutex mutex;
  std::vector<std::size_t> commits;
};

TEST(StoreQueue, WhatWaitsIsOneCommitAndEachHearsOfItsOwn) {
  SlowRepository repository;
  StoreQueue queue(repository, {.threads = 1});
  std::latch done(4);
  std::vector<std::vector<Result<Stored>>> results(4);
  const std::vector<std::vector<std::string_view>> orders{{"1"}, {"22", "bad"}, {"4444"}, {"55555"}};
  for (std::size_t i = 0; i < orders.size(); ++i) {
    ASSERT_TRUE(queue.Add(orders[i], [&, i](StoreQueue::Results own) {
      results[i].assign(own.begin(), own.end());
      done.count_down();
    }));
    // The first is under way before the others come.
    queue.Wake();
    while (i == 0) {
      const std::lock_guard lock(repository.mutex);
      if (!repository.commits.empty()) break;
    }
  }
  repository.may_end.count_down();
  done.wait();
  EXPECT_EQ(repository.commits, (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(results[0][0]->seq, Seq{1});
  EXPECT_EQ(results[1][0]->seq, Seq{2});
  EXPECT_FALSE(results[1][1]);
  EXPECT_EQ(results[2][0]->seq, Seq{4});
  EXPECT_EQ(results[3][0]->seq, Seq{5});
}

TEST(StoreQueue, TakesNoMoreThanItsBound) {
  SlowRepository repository;
  std::latch done(2);
  const auto count = [&](const StoreQueue::Results&) { done.count_down(); };
  const std::string_view large[] = {"0123456789012345678901234567890123456789"};
  const std::string_view small[] = {"1"};
  StoreQueue queue(repository, {.bytes_max = 40, .threads = 1});
  ASSERT_TRUE(queue.Add(small, count));
  queue.Wake();
  for (bool has_begun = false; !has_begun;) {
    const std::lock_guard lock(repository.mutex);
    has_begun = !repository.commits.empty();
  }
  EXPECT_TRUE(queue.Add(large, count)) << "what is larger goes where nothing else waits";
  EXPECT_FALSE(queue.Add(small, count));
  repository.may_end.count_down();
  done.wait();
}

TEST(StoreQueue, WhatIsShortWaitsForTheCommitUnderWayAndWhatIsLongIsReadMeanwhile) {
  SlowRepository repository;
  std::latch done(4);
  const auto count = [&](const StoreQueue::Results&) { done.count_down(); };
  const auto await_commits = [&](std::size_t wanted) {
    for (bool have = false; !have;) {
      const std::lock_guard lock(repository.mutex);
      have = repository.commits.size() >= wanted;
    }
  };
  const std::string_view short_one[] = {"1"};
  const std::string long_text(std::size_t{64} << 10, ' ');
  const std::string_view long_one[] = {long_text};
  StoreQueue queue(repository, {.threads = 2});
  ASSERT_TRUE(queue.Add(short_one, count));
  queue.Wake();
  await_commits(1);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(queue.Add(short_one, count));
    queue.Wake();
  }
  // The other thread, which is idle, would have taken them by now.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_TRUE(queue.Add(long_one, count));
  queue.Wake();
  await_commits(2);
  repository.may_end.count_down();
  done.wait();
  EXPECT_EQ(repository.commits, (std::vector<std::size_t>{1, 3}));
}

TEST(StoreQueue, EndingStoresWhatWaitsForTheCommitUnderWay) {
  SlowRepository repository;
  std::atomic<int> done = 0;
  const auto count = [&](const StoreQueue::Results&) { ++done; };
  const std::string_view one[] = {"1"};
  auto queue = std::make_unique<StoreQueue>(repository, StoreQueue::Options{.threads = 3});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(queue->Add(one, count));
    queue->Wake();
    while (i == 0) {
      const std::lock_guard lock(repository.mutex);
      if (!repository.commits.empty()) break;
    }
  }
  std::thread ending([&] { queue.reset(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  repository.may_end.count_down();
  ending.join();
  EXPECT_EQ(done, 2);
}

TEST(StoreQueue, EndingStoresWhatWaits) {
  SlowRepository repository;
  repository.may_end.count_down();
  int done = 0;
  {
    StoreQueue queue(repository, {.threads = 1});
    const std::string_view one[] = {"1"};
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(queue.Add(one, [&](const StoreQueue::Results&) { ++done; }));
  }
  EXPECT_EQ(done, 10);
}

}  // namespace
}  // namespace cairn
