#include <gtest/gtest.h>

#include <thread>

#include "cache/cache_test_base.h"

// How invalidation must work: what the rules say of fences, order, generations, the two verbs, prefixes and structure.

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST_F(CacheRules, Rule1WhatWasLoadedBeforeAnInvalidationIsNotStoredAfterIt) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    CachePolicy policy = Exact();
    policy.tags = {"all"};
    const auto& operation = Define(*cache, policy);
    int id = 0;
    for (const CacheSelector& selector :
         {CacheSelector::Key(KeyOf(operation, 1)), CacheSelector::Tag("all"), CacheSelector::Source("source"),
          CacheSelector::Operation("source:op"), CacheSelector::All(), CacheSelector::Prefix("source:op:id=:6"),
          CacheSelector::Pattern("*id=:7")}) {
      const CacheKey key = KeyOf(operation, ++id);
      const auto loader = [&](const CacheLoad&) {
        EXPECT_TRUE(cache->Remove(selector));
        return CacheLoaded::Value("old");
      };
      EXPECT_EQ(ValueOf(cache->GetOrLoad(key, loader)), "old") << "who asked before gets what was loaded for it";
      EXPECT_EQ(GetValue(*cache, key), "(miss)") << selector.text;
      EXPECT_TRUE(cache->Flush().ok());
      EXPECT_EQ(GetValue(*cache, key), "(miss)") << selector.text;
      EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("new"))), "new");
    }
  }
}

TEST_F(CacheRules, Rule1ATagThatTheLoaderNamesIsFencedToo) {
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache));
  (void)cache->GetOrLoad(key, [&](const CacheLoad&) {
    EXPECT_TRUE(cache->Remove(CacheSelector::Tag("author:42")));
    CacheLoaded loaded = CacheLoaded::Value("old");
    loaded.tags = {"author:42"};
    return loaded;
  });
  EXPECT_EQ(GetValue(*cache, key), "(miss)");
}

TEST_F(CacheRules, Rule1WhoComesAfterTheInvalidationStartsAFlightOfItsOwn) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache));
  std::string late;
  const auto first = cache->GetOrLoad(key, [&](const CacheLoad&) {
    EXPECT_TRUE(cache->Remove(CacheSelector::Key(key)));
    std::thread other([&] { late = ValueOf(cache->GetOrLoad(key, Loads("new"))); });
    other.join();
    return CacheLoaded::Value("old");
  });
  EXPECT_EQ(ValueOf(first), "old");
  EXPECT_EQ(late, "new");
  EXPECT_EQ(GetValue(*cache, key), "new");
}

TEST_F(CacheRules, Rule1AnotherHostsInvalidationFencesToo) {
  Host a = OpenHost("a");
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*a.cache));
  Define(*b.cache);
  (void)a.cache->GetOrLoad(key, [&](const CacheLoad&) {
    EXPECT_TRUE(b.cache->Remove(CacheSelector::Source("source")));
    return CacheLoaded::Value("old");
  });
  EXPECT_EQ(GetValue(*a.cache, key), "(miss)");
}

TEST_F(CacheRules, Rule2WhatIsPromotedWhileItIsRemovedIsGone) {
  Host host = OpenHost("a");
  const CacheKey key = KeyOf(Define(*host.cache));
  ASSERT_EQ(ValueOf(host.cache->GetOrLoad(key, Loads("old"))), "old");
  // Between this host's bump and the shared store's a reader brings the old value back from there.
  host.level->before_invalidation = [&] { EXPECT_EQ(GetValue(*host.cache, key), "old"); };
  ASSERT_TRUE(host.cache->Remove(CacheSelector::Key(key)));
  EXPECT_EQ(GetValue(*host.cache, key), "(miss)");
}

TEST_F(CacheRules, Rule2OthersAreToldWhenTheSharedStoreHasChanged) {
  Host a = OpenHost("a");
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*a.cache));
  const CacheKey at_b = KeyOf(Define(*b.cache));
  ASSERT_EQ(ValueOf(a.cache->GetOrLoad(key, Loads("old"))), "old");
  ASSERT_EQ(GetValue(*b.cache, at_b), "old");
  std::string seen_when_told;
  a.level->after_invalidation = [&] { seen_when_told = GetValue(*b.cache, at_b); };
  ASSERT_TRUE(a.cache->Remove(CacheSelector::Key(key)));
  EXPECT_EQ(seen_when_told, "(miss)") << "neither its memory nor its disk nor the shared store revives it";
}

TEST_F(CacheRules, Rule3GenerationsDoNotDependOnClocks) {
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache, Exact(hours(10))));
  ASSERT_EQ(ValueOf(cache->GetOrLoad(key, Loads("old"))), "old");
  ASSERT_TRUE(cache->Flush().ok());
  // The clock is set back an hour before the removal, and another process has it right.
  clock.Jump(-hours(1));
  ASSERT_TRUE(cache->Remove(CacheSelector::Source("source")));
  clock.Jump(hours(2));
  auto other = Open(OnDisk());
  EXPECT_EQ(GetValue(*other, KeyOf(Define(*other, Exact(hours(10))))), "(miss)");
  EXPECT_EQ(GetValue(*cache, key), "(miss)");
}

TEST_F(CacheRules, Rule3TtlRunsOnASteadyClock) {
  auto cache = Open(Options());
  const CacheKey key = KeyOf(Define(*cache, Exact(seconds(60))));
  ASSERT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x");
  clock.Jump(hours(5));
  EXPECT_EQ(cache->Get(key).state, CacheState::kFresh);
  clock.Jump(-hours(10));
  clock.Advance(seconds(60));
  EXPECT_EQ(cache->Get(key).state, CacheState::kMiss);
}

TEST_F(CacheRules, Rule3ADateInTheFutureIsStale) {
  {
    auto cache = Open(OnDisk());
    clock.Jump(hours(5));
    ASSERT_EQ(ValueOf(cache->GetOrLoad(KeyOf(Define(*cache, Exact(seconds(60), hours(1)))), Loads("x"))), "x");
    clock.Jump(-hours(5));
  }
  auto cache = Open(OnDisk());
  EXPECT_EQ(cache->Get(KeyOf(Define(*cache, Exact(seconds(60), hours(1))))).state, CacheState::kStale);
}

TEST_F(CacheRules, Rule3LostCountersReviveNothing) {
  CachePolicy policy = Exact(hours(10));
  auto survivor = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*survivor, policy));
  ASSERT_EQ(ValueOf(survivor->GetOrLoad(key, Loads("old"))), "old");
  ASSERT_TRUE(survivor->Flush().ok());
  {
    std::ofstream out(dir.Sub("cache/cache.db"), std::ios::in | std::ios::out | std::ios::binary);
    out << std::string(100, 'z');
  }
  auto other = Open(OnDisk());
  Define(*other, policy);
  ASSERT_TRUE(other->Remove(CacheSelector::Source("source")));
  EXPECT_EQ(GetValue(*survivor, key), "(miss)") << "its memory is older than the counters that began anew";
}

TEST_F(CacheRules, Rule5ExpiredIsServedWithinGraceRemovedNever) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    CachePolicy policy = Exact(seconds(60), hours(1));
    policy.tags = {"all"};
    const auto& operation = Define(*cache, policy);
    for (const CacheSelector& selector :
         {CacheSelector::Key(KeyOf(operation)), CacheSelector::Tag("all"), CacheSelector::Pattern("*id=:1")}) {
      const CacheKey key = KeyOf(operation);
      ASSERT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"), {.refresh = true})), "x");
      ASSERT_TRUE(cache->Expire(selector));
      EXPECT_EQ(cache->Get(key).state, CacheState::kStale);
      const auto served = cache->GetOrLoad(key, Fails(), {.offline = true});
      EXPECT_EQ(ValueOf(served), "x");
      EXPECT_EQ(served->state, CacheState::kStale);
      ASSERT_TRUE(cache->Remove(selector));
      EXPECT_EQ(cache->Get(key).state, CacheState::kMiss);
      EXPECT_EQ(cache->GetOrLoad(key, Fails(), {.offline = true}).error().code(), StatusCode::kUnavailable);
      executor.Run();
    }
  }
}

TEST_F(CacheRules, Rule5RemovedAtOnceForAllWhoShareALevel) {
  auto a = Open(OnDisk());
  auto b = Open(OnDisk());
  CachePolicy policy = Exact();
  policy.tags = {"all"};
  const CacheKey key = KeyOf(Define(*a, policy));
  const CacheKey at_b = KeyOf(Define(*b, policy));
  for (const CacheSelector& selector :
       {CacheSelector::Key(key), CacheSelector::Tag("all"), CacheSelector::Pattern("*id=:1"), CacheSelector::All()}) {
    ASSERT_EQ(ValueOf(a->GetOrLoad(key, Loads("x"))), "x");
    ASSERT_TRUE(a->Flush().ok());
    ASSERT_EQ(b->Get(at_b).state, CacheState::kFresh);
    ASSERT_EQ(b->Get(at_b).level, CacheLevel::kMemory);
    ASSERT_TRUE(a->Remove(selector));
    EXPECT_EQ(b->Get(at_b).state, CacheState::kMiss) << "the other process's memory too";
  }
}

TEST_F(CacheRules, Rule5RemovedWhileTheSourceIsAskedIsNotServedWhenItFails) {
  auto cache = Open(Options());
  CachePolicy policy = Exact(seconds(60), hours(1));
  policy.soft_timeout = CachePolicy::kWait;
  const CacheKey key = KeyOf(Define(*cache, policy));
  ASSERT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x");
  clock.Advance(seconds(61));
  const auto result = cache->GetOrLoad(key, [&](const CacheLoad&) {
    EXPECT_TRUE(cache->Remove(CacheSelector::Key(key)));
    return CacheLoaded::Failed({StatusCode::kUnavailable, "down"});
  });
  EXPECT_FALSE(result);
}

TEST_F(CacheRules, Rule5AHostThatMissedMessagesServesNothingOfBefore) {
  Host host = OpenHost("a");
  const CacheKey key = KeyOf(Define(*host.cache));
  ASSERT_EQ(ValueOf(host.cache->GetOrLoad(key, Loads("x"))), "x");
  {
    const std::lock_guard lock(shared.mutex);
    shared.values.clear();
  }
  InvalidationSink* sink = shared.sinks.front().second;
  sink->OnLost();
  EXPECT_EQ(host.cache->Get(key).level, CacheLevel::kDisk) << "memory is dropped";
  sink->OnSubscribed(true, {"log", 7});
  EXPECT_EQ(GetValue(*host.cache, key), "(miss)");
}

TEST_F(CacheRules, Rule7AWholeSourceOrOperationIsRemovedByGeneration) {
  auto cache = Open(OnDisk());
  const auto& book = Define(*cache, Exact(), "book");
  const auto& author = Define(*cache, Exact(), "author");
  for (int i = 0; i < 500; ++i) {
    (void)cache->GetOrLoad(KeyOf(book, i), Loads("x"));
    (void)cache->GetOrLoad(KeyOf(author, i), Loads("x"));
  }
  const auto removed = cache->Remove(CacheSelector::Prefix("source:book:"));
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->is_by_generation);
  EXPECT_EQ(GetValue(*cache, KeyOf(book, 7)), "(miss)");
  EXPECT_EQ(GetValue(*cache, KeyOf(author, 7)), "x");
  const auto globbed = cache->Remove(CacheSelector::Pattern("source:author:id=:1?"));
  EXPECT_EQ(globbed->entries, 10U);
  EXPECT_EQ(GetValue(*cache, KeyOf(author, 17)), "(miss)");
  EXPECT_EQ(GetValue(*cache, KeyOf(author, 7)), "x");
  EXPECT_EQ(cache->Remove(CacheSelector::Pattern("[a")).error().code(), StatusCode::kInvalidArgument);
}

TEST_F(CacheRules, Rule7AGlobReachesOtherHosts) {
  Host a = OpenHost("a");
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*a.cache));
  const CacheKey at_b = KeyOf(Define(*b.cache));
  // A key that host a's index does not know.
  ASSERT_EQ(ValueOf(b.cache->GetOrLoad(at_b, Loads("x"))), "x");
  ASSERT_TRUE(a.cache->Remove(CacheSelector::Pattern("*id=:1")));
  executor.Run();
  EXPECT_EQ(GetValue(*b.cache, at_b), "(miss)");
  EXPECT_EQ(GetValue(*a.cache, key), "(miss)") << "it is gone from the shared store too";
}

TEST_F(CacheRules, Rule7AnEntryIsCountedOnceThoughASharedLevelIsTold) {
  Host host = OpenHost("a");
  const auto& operation = Define(*host.cache, Exact(seconds(60), hours(1)));
  for (int i = 0; i < 3; ++i) (void)host.cache->GetOrLoad(KeyOf(operation, i), Loads("x"));
  EXPECT_EQ(host.cache->Expire(CacheSelector::Pattern("*"))->entries, 3U);
  EXPECT_EQ(host.cache->Remove(CacheSelector::Pattern("*"))->entries, 3U);
}

TEST_F(CacheRules, Rule15TagsAreBumpedOnlyWhenTheStructureDiffers) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    CachePolicy schema_policy = Exact(seconds(10));
    schema_policy.structure_tags = {"model:orders"};
    CachePolicy rights_policy = Exact(hours(1));
    rights_policy.tags = {"model:orders"};
    const CacheKey schema = KeyOf(Define(*cache, schema_policy, "schema"));
    const CacheKey rights = KeyOf(Define(*cache, rights_policy, "rights"));
    const auto with = [](std::string value, std::string structure) {
      return [=](const CacheLoad&) {
        CacheLoaded loaded = CacheLoaded::Value(value);
        loaded.structure = structure;
        return loaded;
      };
    };
    ASSERT_TRUE(cache->GetOrLoad(schema, with("100 rows", "id,name")));
    ASSERT_TRUE(cache->GetOrLoad(rights, Loads("may read")));
    clock.Advance(seconds(10));
    ASSERT_TRUE(cache->GetOrLoad(schema, with("200 rows", "id,name")));
    EXPECT_EQ(GetValue(*cache, rights), "may read") << "other data, the same structure";
    clock.Advance(seconds(10));
    EXPECT_EQ(ValueOf(cache->GetOrLoad(schema, with("200 rows", "id,name,email"))), "200 rows");
    EXPECT_EQ(GetValue(*cache, rights), "(miss)");
    EXPECT_EQ(GetValue(*cache, schema), "200 rows") << "the value that caused the bump stands";
  }
}

}  // namespace
}  // namespace cairn
