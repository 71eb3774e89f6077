#include "service/store_queue.h"

#include <gtest/gtest.h>

#include <latch>

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
