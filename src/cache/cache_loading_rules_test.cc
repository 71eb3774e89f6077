#include <gtest/gtest.h>

#include <thread>

#include "cache/cache_test_base.h"

// How loading must work: what the rules say of single flight, negative results, a shared level that is down, and
// fields.

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST_F(CacheRules, Rule4AHerdOf1000LoadsOnce) {
  CacheOptions options = OnDisk();
  auto cache = Open(options);
  const CacheKey key = KeyOf(Define(*cache));
  std::atomic<int> right = 0;
  std::mutex mutex;
  std::condition_variable changed;
  int begun = 0;
  const auto loader = [&](const CacheLoad&) {
    ++loads;
    // Not before all have asked.
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return begun == 1000; });
    return CacheLoaded::Value("x");
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 1000; ++i) {
    threads.emplace_back([&] {
      {
        const std::lock_guard lock(mutex);
        ++begun;
        changed.notify_all();
      }
      if (ValueOf(cache->GetOrLoad(key, loader)) == "x") ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(loads, 1);
  EXPECT_EQ(right, 1000);
}

/// How often a cache looked on disk in vain.
std::uint64_t MissesOnDisk(Cache& cache) {
  const CacheStats stats = cache.Stats();
  return stats.operations.empty() ? 0 : stats.operations.front().disk.misses;
}

TEST_F(CacheRules, Rule4ProcessesOfAHostLoadOnce) {
  // Two caches have nothing in common but the folder, as two processes.
  auto a = Open(OnDisk());
  auto b = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*a));
  const CacheKey at_b = KeyOf(Define(*b));
  std::thread other;
  std::string value;
  EXPECT_EQ(ValueOf(a->GetOrLoad(key,
                                 [&](const CacheLoad&) {
                                   ++loads;
                                   other = std::thread([&] { value = ValueOf(b->GetOrLoad(at_b, Loads("twice"))); });
                                   // It found nothing, and from here on has nothing to do but to load or to wait.
                                   while (MissesOnDisk(*b) == 0) std::this_thread::yield();
                                   return CacheLoaded::Value("x");
                                 })),
            "x");
  other.join();
  EXPECT_EQ(value, "x");
  EXPECT_EQ(loads, 1);
}

TEST_F(CacheRules, Rule4HostsLoadOnce) {
  Host a = OpenHost("a");
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*a.cache));
  const CacheKey at_b = KeyOf(Define(*b.cache));
  const auto reads_of_b = [&] {
    const std::lock_guard lock(shared.mutex);
    return b.level->reads;
  };
  std::thread other;
  std::string value;
  EXPECT_EQ(ValueOf(a.cache->GetOrLoad(key,
                                       [&](const CacheLoad&) {
                                         ++loads;
                                         other = std::thread(
                                             [&] { value = ValueOf(b.cache->GetOrLoad(at_b, Loads("twice"))); });
                                         while (reads_of_b() == 0) std::this_thread::yield();
                                         return CacheLoaded::Value("x");
                                       })),
            "x");
  other.join();
  EXPECT_EQ(value, "x");
  EXPECT_EQ(loads, 1);
}

TEST_F(CacheRules, Rule4JitterSpreadsExpiries) {
  auto cache = Open(Options());
  CachePolicy policy = Exact(seconds(100));
  policy.jitter = 0.2;
  const auto& operation = Define(*cache, policy);
  std::set<std::int64_t> ttls;
  for (int i = 0; i < 100; ++i) {
    const auto result = cache->GetOrLoad(KeyOf(operation, i), Loads("x"));
    ASSERT_LE(result->entry->ttl, seconds(100));
    ASSERT_GE(result->entry->ttl, seconds(80));
    ttls.insert(result->entry->ttl.count());
  }
  EXPECT_GT(ttls.size(), 90U);
}

TEST_F(CacheRules, Rule4XFetchRefreshesBeforeTheExpiryBehindTheCaller) {
  auto cache = Open(Options());
  CachePolicy policy = Exact(seconds(100));
  policy.early_refresh_beta = 1;
  const auto& operation = Define(*cache, policy);
  int early = 0;
  for (int i = 0; i < 200; ++i) {
    (void)cache->GetOrLoad(KeyOf(operation, i), [&](const CacheLoad&) {
      clock.Advance(seconds(1));  // What the load takes.
      return CacheLoaded::Value("x");
    });
    clock.Advance(seconds(50));
    EXPECT_FALSE(cache->GetOrLoad(KeyOf(operation, i), Loads("y"))->is_refreshing) << "far from its end";
    clock.Advance(seconds(49));
    const auto result = cache->GetOrLoad(KeyOf(operation, i), Loads("y"));
    EXPECT_EQ(ValueOf(result), "x");
    early += result->is_refreshing ? 1 : 0;
    executor.Run();
    EXPECT_EQ(GetValue(*cache, KeyOf(operation, i)), result->is_refreshing ? "y" : "x");
  }
  // One second before its end, after a load of one second: 1/e of them.
  EXPECT_NEAR(early, 200 / 2.718, 25);
}

TEST_F(CacheRules, Rule8NotFoundIsAValueOfItsOwn) {
  auto cache = Open(OnDisk());
  CachePolicy policy = Exact(hours(1), hours(1));
  policy.negative_ttl = seconds(10);
  const CacheKey key = KeyOf(Define(*cache, policy));
  const auto first = cache->GetOrLoad(key, [&](const CacheLoad&) {
    ++loads;
    return CacheLoaded::NotFound();
  });
  ASSERT_TRUE(first);
  EXPECT_EQ(first->state, CacheState::kNegative);
  EXPECT_EQ(cache->GetOrLoad(key, MustNotLoad())->state, CacheState::kNegative);
  clock.Advance(seconds(10));
  EXPECT_EQ(cache->Get(key).state, CacheState::kMiss) << "no grace for what is not there";
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("born"))), "born");
}

TEST_F(CacheRules, Rule8ErrorsAreNeverKeptAndRetryAfterIsHonoured) {
  auto cache = Open(OnDisk());
  CachePolicy policy = Exact(seconds(60), hours(1));
  policy.soft_timeout = CachePolicy::kWait;
  const CacheKey key = KeyOf(Define(*cache, policy));
  EXPECT_EQ(cache->GetOrLoad(key, Fails()).error().code(), StatusCode::kUnavailable);
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x") << "an error is no answer";
  clock.Advance(seconds(61));
  const auto stale = cache->GetOrLoad(key, Fails(StatusCode::kResourceExhausted, seconds(30)));
  EXPECT_EQ(ValueOf(stale), "x");
  EXPECT_EQ(stale->state, CacheState::kStale);
  EXPECT_EQ(stale->stale_because.code(), StatusCode::kResourceExhausted);
  clock.Advance(seconds(29));
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, MustNotLoad())), "x") << "the source asked for 30 seconds";
  clock.Advance(seconds(1));
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("y"))), "y");
  // Where nothing stands the source is left alone all the same.
  const CacheKey other = KeyOf(key.operation(), 2);
  EXPECT_FALSE(cache->GetOrLoad(other, Fails(StatusCode::kResourceExhausted, seconds(30))));
  EXPECT_EQ(cache->GetOrLoad(other, MustNotLoad()).error().code(), StatusCode::kResourceExhausted);
}

TEST_F(CacheRules, Rule8ZeroFalseEmptyAndEmptyListAreHits) {
  auto cache = Open(OnDisk());
  const auto& operation = Define(*cache);
  int id = 0;
  for (const std::string& value :
       {std::string("0"), std::string("false"), std::string(), std::string("[]"), std::string("\0", 1)}) {
    const CacheKey key = KeyOf(operation, ++id);
    ASSERT_EQ(ValueOf(cache->GetOrLoad(key, Loads(value))), value);
    EXPECT_EQ(ValueOf(cache->GetOrLoad(key, MustNotLoad())), value);
    ASSERT_TRUE(cache->Flush().ok());
    auto other = Open(OnDisk());
    const auto read = other->Get(KeyOf(Define(*other), id));
    EXPECT_EQ(read.state, CacheState::kFresh);
    EXPECT_EQ(read.level, CacheLevel::kDisk);
    EXPECT_EQ(read.entry->value, value);
  }
}

TEST_F(CacheRules, Rule9WithTheSharedLevelDownAllElseGoesOn) {
  Host host = OpenHost("a");
  const CacheKey key = KeyOf(Define(*host.cache));
  {
    const std::lock_guard lock(shared.mutex);
    shared.is_down = true;
  }
  EXPECT_EQ(ValueOf(host.cache->GetOrLoad(key, Loads("x"))), "x");
  EXPECT_EQ(ValueOf(host.cache->GetOrLoad(key, MustNotLoad())), "x");
  const auto removed = host.cache->Remove(CacheSelector::Key(key));
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->is_shared_pending);
  EXPECT_EQ(GetValue(*host.cache, key), "(miss)");
  // One load for all, as ever.
  std::string other_value;
  std::thread other;
  (void)host.cache->GetOrLoad(key, [&](const CacheLoad&) {
    ++loads;
    other = std::thread([&] { other_value = ValueOf(host.cache->GetOrLoad(key, Loads("twice"))); });
    while (host.cache->Stats().operations.front().coalesced == 0) std::this_thread::yield();
    return CacheLoaded::Value("once");
  });
  other.join();
  EXPECT_EQ(other_value, "once");
}

std::vector<CacheField> FieldsOf(const std::vector<std::string>& names, const std::string& value,
                                 std::chrono::nanoseconds ttl = {}) {
  std::vector<CacheField> fields;
  for (const std::string& name : names) fields.push_back({name, name + "=" + value, {}, ttl});
  return fields;
}

TEST_F(CacheRules, Rule14OnlyMissingFieldsAreLoaded) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    const CacheKey key = KeyOf(Define(*cache, Exact(seconds(60))));
    std::vector<std::string> asked;
    std::string value = "1";
    const auto loader = [&](const CacheLoad& load) {
      asked.assign(load.missing.begin(), load.missing.end());
      return CacheLoaded::Fields(FieldsOf(asked, value, load.missing.front() == "price" ? seconds(5) : seconds(0)));
    };
    using Names = std::vector<std::string>;
    ASSERT_TRUE(cache->GetFields(key, {"name", "author"}, loader));
    EXPECT_EQ(asked, (Names{"name", "author"}));
    ASSERT_TRUE(cache->GetFields(key, {"name", "price"}, loader));
    EXPECT_EQ(asked, (Names{"price"}));
    asked.clear();
    auto all = cache->GetFields(key, {"name", "author", "price"}, loader);
    ASSERT_TRUE(all);
    EXPECT_EQ(asked, Names{});
    EXPECT_EQ(all->entry->fields.size(), 3U);
    // The price has a deadline of its own.
    clock.Advance(seconds(5));
    value = "2";
    all = cache->GetFields(key, {"name", "author", "price"}, loader);
    EXPECT_EQ(asked, (Names{"price"}));
    EXPECT_EQ(all->entry->Field("price")->value, "price=2");
    EXPECT_EQ(all->entry->Field("name")->value, "name=1");
    asked.clear();
    EXPECT_EQ(cache->GetFields(key, {"name"}, loader)->state, CacheState::kFresh);
    EXPECT_EQ(asked, Names{});
  }
}

TEST_F(CacheRules, Rule14TheMergeHappensUnderTheFence) {
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache));
  ASSERT_TRUE(
      cache->GetFields(key, {"name"}, [](const CacheLoad&) { return CacheLoaded::Fields(FieldsOf({"name"}, "old")); }));
  ASSERT_TRUE(cache->GetFields(key, {"price"}, [&](const CacheLoad&) {
    EXPECT_TRUE(cache->Remove(CacheSelector::Key(key)));
    return CacheLoaded::Fields(FieldsOf({"price"}, "old"));
  }));
  EXPECT_EQ(GetValue(*cache, key), "(miss)") << "the name that was removed does not come back with the price";
}

TEST_F(CacheRules, Rule14LoadsOfDifferentFieldsDoNotLoseEachOther) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    const CacheKey key = KeyOf(Define(*cache));
    std::thread other;
    ASSERT_TRUE(cache->GetFields(key, {"a"}, [&](const CacheLoad&) {
      std::atomic<bool> asks = false;
      other = std::thread([&] {
        asks = true;
        EXPECT_TRUE(
            cache->GetFields(key, {"b"}, [](const CacheLoad&) { return CacheLoaded::Fields(FieldsOf({"b"}, "1")); }));
      });
      while (!asks) std::this_thread::yield();
      return CacheLoaded::Fields(FieldsOf({"a"}, "1"));
    }));
    other.join();
    EXPECT_TRUE(cache->GetFields(key, {"a", "b"}, MustNotLoad()));
  }
}

TEST_F(CacheRules, Rule14AnotherHostsFieldsAreKeptInTheMerge) {
  Host a = OpenHost("a");
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*a.cache));
  const CacheKey at_b = KeyOf(Define(*b.cache));
  const auto loader = [](const CacheLoad& load) {
    return CacheLoaded::Fields(FieldsOf({load.missing.begin(), load.missing.end()}, "1"));
  };
  ASSERT_TRUE(a.cache->GetFields(key, {"a"}, loader));
  ASSERT_TRUE(b.cache->GetFields(at_b, {"b"}, loader));
  Host c = OpenHost("c");
  EXPECT_TRUE(c.cache->GetFields(KeyOf(Define(*c.cache)), {"a", "b"}, MustNotLoad()));
}

}  // namespace
}  // namespace cairn
