#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "cache/cache_test_base.h"

// How long a caller waits for a load, and what becomes of the load when nobody waits any more.

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CacheWaitingTest : public CacheTest {
 protected:
  static CachePolicy WithGrace() { return Exact(seconds(60), hours(1)); }
  /// Something stale stands under the key.
  void LetStaleStand(Cache& cache, const CacheKey& key) {
    EXPECT_EQ(ValueOf(cache.GetOrLoad(key, Loads("old"))), "old");
    executor.Run();
    clock.Advance(seconds(61));
    loads = 0;
  }
  static void AwaitCoalesced(Cache& cache, std::uint64_t count) {
    while (cache.Stats().operations.front().coalesced < count) std::this_thread::yield();
  }
  void AwaitSubmitted() {
    while (executor.size() == 0) std::this_thread::yield();
  }
};

TEST_F(CacheWaitingTest, Rule4OneCallersCancellationDoesNotCancelTheOthers) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache));
  std::stop_source stop;
  StatusCode first = StatusCode::kOk;
  std::string second;
  std::thread impatient([&] { first = cache->GetOrLoad(key, Loads("x"), {.stop = stop.get_token()}).error().code(); });
  AwaitSubmitted();
  std::thread patient([&] { second = ValueOf(cache->GetOrLoad(key, MustNotLoad())); });
  AwaitCoalesced(*cache, 1);
  stop.request_stop();
  impatient.join();
  EXPECT_EQ(first, StatusCode::kCancelled);
  executor.Run();
  patient.join();
  EXPECT_EQ(second, "x");
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(GetValue(*cache, key), "x");
}

TEST_F(CacheWaitingTest, Rule4ALoadThatNobodyWaitsForIsAskedToStopAndJoinedByNobody) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache));
  std::stop_source stop;
  std::atomic<bool> is_loading = false;
  const auto loader = [&](const CacheLoad& load) {
    is_loading = true;
    while (!load.stop.stop_requested()) std::this_thread::yield();
    // Who comes now does not wait for what is given up.
    EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("new"))), "new");
    return CacheLoaded::Failed({StatusCode::kCancelled, "stopped"});
  };
  std::thread caller([&] {
    EXPECT_EQ(cache->GetOrLoad(key, loader, {.stop = stop.get_token()}).error().code(), StatusCode::kCancelled);
  });
  AwaitSubmitted();
  std::thread worker([&] { executor.Run(); });
  while (!is_loading) std::this_thread::yield();
  stop.request_stop();
  caller.join();
  worker.join();
  EXPECT_EQ(GetValue(*cache, key), "new");
}

TEST_F(CacheWaitingTest, Rule4WhatWasCancelledBeforeItBeganIsNotLoaded) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(cache->GetOrLoad(key, MustNotLoad(), {.stop = stop.get_token()}).error().code(), StatusCode::kCancelled);
  executor.Run();
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x");
}

TEST_F(CacheWaitingTest, AHardTimeoutEndsTheWait) {
  auto cache = Open(Options());
  CachePolicy policy = WithGrace();
  policy.hard_timeout = milliseconds(1);
  policy.soft_timeout = CachePolicy::kWait;
  const auto& operation = Define(*cache, policy);
  EXPECT_EQ(cache->GetOrLoad(KeyOf(operation), MustNotLoad()).error().code(), StatusCode::kDeadlineExceeded);
  executor.Run();
  EXPECT_EQ(ValueOf(cache->Get(KeyOf(operation))), "(miss)") << "nobody waited for it any more";
  // Where a stale value stands it is better than nothing.
  ASSERT_TRUE(cache->Put(KeyOf(operation, 2), CacheLoaded::Value("old")).ok());
  clock.Advance(seconds(61));
  const auto stale = cache->GetOrLoad(KeyOf(operation, 2), MustNotLoad());
  EXPECT_EQ(ValueOf(stale), "old");
  EXPECT_EQ(stale->stale_because.code(), StatusCode::kDeadlineExceeded);
}

TEST_F(CacheWaitingTest, WithoutASoftTimeoutAStaleValueIsServedAtOnceAndRefreshedBehind) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache, WithGrace()));
  LetStaleStand(*cache, key);
  for (int i = 0; i < 3; ++i) {
    const auto stale = cache->GetOrLoad(key, Loads("new"));
    EXPECT_EQ(stale->state, CacheState::kStale);
    EXPECT_EQ(ValueOf(stale), "old");
    EXPECT_TRUE(stale->is_refreshing);
  }
  EXPECT_EQ(loads, 0) << "not by those who asked";
  executor.Run();
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(cache->GetOrLoad(key, MustNotLoad())->state, CacheState::kFresh);
  EXPECT_EQ(GetValue(*cache, key), "new");
}

TEST_F(CacheWaitingTest, ASoftTimeoutTakesTheStaleValueAndTheLoadGoesOn) {
  auto cache = Open(Options());
  CachePolicy policy = WithGrace();
  policy.soft_timeout = milliseconds(1);
  const CacheKey key = KeyOf(Define(*cache, policy));
  LetStaleStand(*cache, key);
  const auto stale = cache->GetOrLoad(key, Loads("new"));
  EXPECT_EQ(ValueOf(stale), "old");
  EXPECT_TRUE(stale->is_refreshing);
  executor.Run();
  EXPECT_EQ(GetValue(*cache, key), "new");
  EXPECT_EQ(loads, 1);
}

TEST_F(CacheWaitingTest, EagerRefreshBeginsAtItsFractionOfTheTtl) {
  auto cache = Open(Options());
  CachePolicy policy = WithGrace();
  policy.eager_refresh = 0.5;
  const CacheKey key = KeyOf(Define(*cache, policy));
  ASSERT_TRUE(cache->GetOrLoad(key, Loads("old")));
  clock.Advance(seconds(29));
  EXPECT_FALSE(cache->GetOrLoad(key, MustNotLoad())->is_refreshing);
  clock.Advance(seconds(2));
  const auto hit = cache->GetOrLoad(key, Loads("new"));
  EXPECT_EQ(hit->state, CacheState::kFresh);
  EXPECT_EQ(ValueOf(hit), "old");
  EXPECT_TRUE(hit->is_refreshing);
  executor.Run();
  EXPECT_EQ(GetValue(*cache, key), "new");
}

TEST_F(CacheWaitingTest, ALoaderThatThrowsHasFailed) {
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache));
  const auto thrown =
      cache->GetOrLoad(key, [](const CacheLoad&) -> CacheLoaded { throw std::runtime_error("no such table"); });
  EXPECT_EQ(thrown.error().code(), StatusCode::kInternal);
  EXPECT_NE(thrown.error().message().find("no such table"), std::string::npos);
  EXPECT_EQ(cache->GetOrLoad(key, [](const CacheLoad&) -> CacheLoaded { throw 1; }).error().code(),
            StatusCode::kInternal);
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x") << "no lock and no flight is left behind";
}

TEST_F(CacheWaitingTest, WithoutAThreadToSpareTheStaleValueIsServedAndWhoMustWaitLoads) {
  auto cache = Open(Options());
  CachePolicy policy = WithGrace();
  policy.hard_timeout = hours(1);
  const auto& operation = Define(*cache, policy);
  ASSERT_TRUE(cache->Put(KeyOf(operation), CacheLoaded::Value("old")).ok());
  clock.Advance(seconds(61));
  executor.is_full = true;
  const auto stale = cache->GetOrLoad(KeyOf(operation), MustNotLoad());
  EXPECT_EQ(ValueOf(stale), "old");
  EXPECT_FALSE(stale->is_refreshing);
  EXPECT_EQ(ValueOf(cache->GetOrLoad(KeyOf(operation, 2), Loads("x"))), "x");
  executor.is_full = false;
  EXPECT_TRUE(cache->GetOrLoad(KeyOf(operation), Loads("new"))->is_refreshing) << "the flight that was refused is gone";
}

TEST_F(CacheWaitingTest, Rule4AnotherProcessIsNotWaitedForBeyondTheBound) {
  auto slow = Open(OnDisk());
  CacheOptions options = OnDisk();
  options.process_wait = milliseconds(1);
  auto impatient = Open(options);
  const CacheKey key = KeyOf(Define(*slow));
  const CacheKey at_other = KeyOf(Define(*impatient));
  std::string other;
  ASSERT_TRUE(slow->GetOrLoad(key, [&](const CacheLoad&) {
    other = ValueOf(impatient->GetOrLoad(at_other, Loads("own")));
    return CacheLoaded::Value("slow");
  }));
  EXPECT_EQ(other, "own");
}

}  // namespace
}  // namespace cairn
