#include <gtest/gtest.h>

#include <filesystem>

#include "cache/cache_test_base.h"

// What the options and policies of a cache do, each by itself.

namespace cairn {
namespace {

using std::chrono::seconds;

class CacheOptionsTest : public CacheTest {};

TEST_F(CacheOptionsTest, ACacheThatIsOffLoadsEachTimeAndKeepsNothing) {
  CacheOptions options = OnDisk();
  options.enabled = false;
  auto cache = Open(options);
  const CacheKey key = KeyOf(Define(*cache));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("x"))), "x");
  EXPECT_EQ(loads, 3);
  EXPECT_TRUE(cache->Put(key, CacheLoaded::Value("y")).ok());
  EXPECT_EQ(GetValue(*cache, key), "(miss)");
  EXPECT_TRUE(cache->Flush().ok());
  EXPECT_FALSE(std::filesystem::exists(dir.Sub("cache/cache.db")));
}

TEST_F(CacheOptionsTest, ACallThatBypassesNeitherReadsNorWrites) {
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache));
  ASSERT_TRUE(cache->GetOrLoad(key, Loads("kept")));
  EXPECT_EQ(ValueOf(cache->GetOrLoad(key, Loads("direct"), {.bypass = true})), "direct");
  EXPECT_EQ(ValueOf(cache->Get(key, {.bypass = true})), "(miss)");
  EXPECT_EQ(GetValue(*cache, key), "kept");
}

TEST_F(CacheOptionsTest, StatsTellWhatStandsOfEachOperation) {
  auto cache = Open(OnDisk());
  const CacheOperation& one = Define(*cache);
  const CacheOperation& other = Define(*cache, Exact(), "other");
  const CacheOperation& in_memory = Define(
      *cache,
      [] {
        CachePolicy policy = Exact();
        policy.levels = {true, false, false};
        return policy;
      }(),
      "memory");
  for (std::int64_t id = 0; id < 3; ++id) ASSERT_TRUE(cache->GetOrLoad(KeyOf(one, id), Loads("x")));
  ASSERT_TRUE(cache->GetOrLoad(KeyOf(other), Loads(std::string(5000, 'x'))));
  ASSERT_TRUE(cache->GetOrLoad(KeyOf(in_memory), Loads("x")));
  ASSERT_TRUE(cache->Flush().ok());
  const auto of = [&](std::string_view name) {
    for (const CacheOperationStats& stats : cache->Stats().operations) {
      if (stats.operation == name) return stats;
    }
    return CacheOperationStats();
  };
  EXPECT_EQ(of("source:op").disk.entries, 3U);
  EXPECT_EQ(of("source:op").memory.entries, 3U);
  EXPECT_EQ(of("source:other").disk.entries, 1U);
  EXPECT_GT(of("source:other").memory.bytes, 5000U);
  EXPECT_GT(of("source:other").disk.bytes, 0U);
  EXPECT_EQ(of("source:memory").memory.entries, 1U);
  EXPECT_EQ(of("source:memory").disk.entries, 0U);
  ASSERT_TRUE(cache->Remove(CacheSelector::Operation("source:op")));
  EXPECT_EQ(GetValue(*cache, KeyOf(one, 0)), "(miss)");
  EXPECT_EQ(of("source:op").memory.entries, 2U) << "the others when they are met, or their room is wanted";
  EXPECT_EQ(of("source:other").memory.entries, 1U);
}

TEST_F(CacheOptionsTest, MemoryIsReadAgainFromBelowAfterItsOwnTtl) {
  CacheOptions options = OnDisk();
  options.memory.ttl_max = seconds(10);
  auto cache = Open(options);
  const CacheKey key = KeyOf(Define(*cache, Exact(seconds(60))));
  ASSERT_TRUE(cache->GetOrLoad(key, Loads("x")));
  ASSERT_TRUE(cache->Flush().ok());
  clock.Advance(seconds(9));
  EXPECT_EQ(cache->Get(key).level, CacheLevel::kMemory);
  clock.Advance(seconds(1));
  EXPECT_EQ(cache->Get(key).level, CacheLevel::kDisk);
  EXPECT_EQ(cache->Get(key).level, CacheLevel::kMemory) << "taken in again";
  clock.Advance(seconds(50));
  EXPECT_EQ(cache->Get(key).state, CacheState::kMiss) << "not beyond its own";
}

TEST_F(CacheOptionsTest, DiskKeepsNoLongerThanItsOwnTtl) {
  CacheOptions options = OnDisk();
  options.disk.ttl_max = seconds(10);
  {
    auto cache = Open(options);
    ASSERT_TRUE(cache->GetOrLoad(KeyOf(Define(*cache, Exact(seconds(60)))), Loads("x")));
  }
  clock.Advance(seconds(9));
  {
    auto cache = Open(options);
    EXPECT_EQ(GetValue(*cache, KeyOf(Define(*cache, Exact(seconds(60))))), "x");
  }
  clock.Advance(seconds(2));
  auto cache = Open(options);
  EXPECT_EQ(GetValue(*cache, KeyOf(Define(*cache, Exact(seconds(60))))), "(miss)");
}

TEST_F(CacheOptionsTest, AnOperationUsesTheLevelsItNames) {
  Host host = OpenHost("a");
  CachePolicy no_memory = Exact();
  no_memory.levels.memory = false;
  CachePolicy no_disk = Exact();
  no_disk.levels.disk = false;
  CachePolicy no_shared = Exact();
  no_shared.levels.shared = false;
  const CacheKey bare = KeyOf(Define(*host.cache, no_memory, "no_memory"));
  const CacheKey shared_only = KeyOf(Define(*host.cache, no_disk, "no_disk"));
  const CacheKey local = KeyOf(Define(*host.cache, no_shared, "no_shared"));
  for (const CacheKey& key : {bare, shared_only, local}) ASSERT_TRUE(host.cache->GetOrLoad(key, Loads("x")));
  ASSERT_TRUE(host.cache->Flush().ok());
  EXPECT_EQ(host.cache->Get(bare).level, CacheLevel::kDisk);
  EXPECT_EQ(host.cache->Get(local).level, CacheLevel::kMemory);
  EXPECT_EQ(shared.values.size(), 2U);
  host = {};
  host = OpenHost("a");
  EXPECT_EQ(host.cache->Get(KeyOf(Define(*host.cache, no_disk, "no_disk"))).level, CacheLevel::kShared);
  EXPECT_EQ(host.cache->Get(KeyOf(Define(*host.cache, no_shared, "no_shared"))).level, CacheLevel::kDisk);
}

TEST_F(CacheOptionsTest, WhatIsToBeRemovedAtTheStartIsGone) {
  const auto value_of = [&](const CacheOptions& options, std::string_view name) {
    auto cache = Open(options);
    return GetValue(*cache, KeyOf(Define(*cache, Exact(), name)));
  };
  {
    auto cache = Open(OnDisk());
    for (const char* name : {"op", "other"})
      ASSERT_TRUE(cache->GetOrLoad(KeyOf(Define(*cache, Exact(), name)), Loads("x")));
  }
  CacheOptions options = OnDisk();
  options.remove_at_start = {CacheSelector::Operation("source:op")};
  EXPECT_EQ(value_of(options, "op"), "(miss)");
  EXPECT_EQ(value_of(options, "other"), "x");
  options.remove_at_start = {CacheSelector::Pattern("[a")};
  EXPECT_EQ(Cache::Open(options).error().code(), StatusCode::kInvalidArgument);
}

TEST_F(CacheOptionsTest, TheMostUsedAreInMemoryAtTheStart) {
  {
    auto cache = Open(OnDisk());
    const auto& operation = Define(*cache);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(cache->GetOrLoad(KeyOf(operation, i), Loads("x")));
  }
  {
    auto cache = Open(OnDisk());
    const auto& operation = Define(*cache);
    for (const int used : {3, 7}) ASSERT_EQ(GetValue(*cache, KeyOf(operation, used)), "x");
  }
  CacheOptions options = OnDisk();
  options.warm_at_start = 2;
  auto cache = Open(options);
  const auto& operation = Define(*cache);
  executor.Run();
  for (int i = 0; i < 10; ++i) {
    const bool is_used = i == 3 || i == 7;
    EXPECT_EQ(cache->Get(KeyOf(operation, i)).level, is_used ? CacheLevel::kMemory : CacheLevel::kDisk) << i;
  }
}

TEST_F(CacheOptionsTest, HitsMissesAndInvalidationsAreLoggedWhereWanted) {
  std::vector<std::string> lines;
  CacheOptions options = Options();
  options.log = [&](const CacheEvent& event) {
    lines.push_back(std::string(CacheEventName(event.kind)) + " " + std::string(event.subject));
  };
  const auto run = [&] {
    lines.clear();
    auto cache = Open(options);
    const CacheKey key = KeyOf(Define(*cache));
    (void)cache->Get(key);
    (void)cache->GetOrLoad(key, Loads("x"));
    (void)cache->GetOrLoad(key, Loads("x"));
    (void)cache->Remove(CacheSelector::Key(key));
    return lines;
  };
  using Lines = std::vector<std::string>;
  EXPECT_EQ(run(), Lines{});
  options.log_hits = true;
  EXPECT_EQ(run(), (Lines{"hit source:op:id=:1"}));
  options.log_hits = false;
  options.log_misses = true;
  EXPECT_EQ(run(), (Lines{"miss source:op:id=:1", "load source:op:id=:1"}));
  options.log_misses = false;
  options.log_invalidations = true;
  EXPECT_EQ(run(), (Lines{"remove source:op:id=:1"}));
}

TEST_F(CacheOptionsTest, WhatIsPutStandsAndLoadsOfBeforeDoNotReplaceIt) {
  for (const bool on_disk : {false, true}) {
    auto cache = Open(on_disk ? OnDisk() : Options());
    const CacheKey key = KeyOf(Define(*cache));
    EXPECT_EQ(ValueOf(cache->GetOrLoad(key,
                                       [&](const CacheLoad&) {
                                         EXPECT_TRUE(cache->Put(key, CacheLoaded::Value("put")).ok());
                                         return CacheLoaded::Value("older");
                                       })),
              "older");
    EXPECT_EQ(GetValue(*cache, key), "put");
    EXPECT_EQ(cache->Put(key, CacheLoaded::Failed({StatusCode::kUnavailable, "down"})).code(),
              StatusCode::kInvalidArgument);
    ASSERT_TRUE(cache->Put(key, CacheLoaded::NotFound()).ok());
    EXPECT_EQ(cache->Get(key).state, CacheState::kNegative);
  }
}

TEST_F(CacheOptionsTest, AnImportSkipsWhatIsTooLargeForTheDisk) {
  const std::string file = dir.Sub("export");
  {
    auto cache = Open(OnDisk());
    CachePolicy policy = Exact();
    policy.compress_above = 0;
    const auto& operation = Define(*cache, policy);
    ASSERT_TRUE(cache->GetOrLoad(KeyOf(operation, 1), Loads(std::string(1 << 20, 'x'))));
    ASSERT_TRUE(cache->GetOrLoad(KeyOf(operation, 2), Loads("x")));
    EXPECT_EQ(*cache->Export(CacheSelector::All(), file), 2U);
  }
  CacheOptions options = OnDisk();
  options.location = dir.Sub("small");
  options.disk.bytes = 1 << 20;
  auto cache = Open(options);
  Define(*cache);
  const auto imported = cache->Import(file);
  ASSERT_TRUE(imported) << imported.error();
  EXPECT_EQ(imported->stored, 1U);
  EXPECT_EQ(imported->skipped, 1U);
}

TEST_F(CacheOptionsTest, OneNameHasOnePolicy) {
  auto cache = Open(Options());
  const CacheOperation& first = Define(*cache);
  EXPECT_EQ(&Define(*cache), &first);
  EXPECT_EQ(cache->Define("source", "op", Exact(seconds(1))).error().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(cache->Define("", "op", Exact()).error().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(cache->Define("source", "a:b", Exact()).error().code(), StatusCode::kInvalidArgument);
}

TEST_F(CacheOptionsTest, ALevelSaysWhyItHoldsAKeyOrNot) {
  Host host = OpenHost("a");
  const CacheKey key = KeyOf(Define(*host.cache, Exact(seconds(60), seconds(60))));
  const auto why = [&] {
    std::string all;
    for (const CacheInspected& level : host.cache->Inspect(key.text())) {
      all += std::string(CacheLevelName(level.level)) + " " + std::string(CacheStateName(level.state)) + ": " +
             level.why + "\n";
    }
    return all;
  };
  EXPECT_EQ(why(),
            "memory miss: nothing that may be served is kept here\n"
            "disk miss: nothing that may be served is kept here\n"
            "shared miss: nothing that may be served is kept here\n");
  ASSERT_TRUE(host.cache->GetOrLoad(key, Loads("x")));
  ASSERT_TRUE(host.cache->Flush().ok());
  clock.Advance(seconds(10));
  EXPECT_EQ(why(),
            "memory fresh: fresh for 50s more\n"
            "disk fresh: fresh for 50s more\n"
            "shared fresh: fresh for 50s more\n");
  ASSERT_TRUE(host.cache->Expire(CacheSelector::Key(key)));
  EXPECT_EQ(why(),
            "memory stale: expired by an invalidation; served as stale for 1m50s more\n"
            "disk stale: expired by an invalidation; served as stale for 1m50s more\n"
            "shared stale: expired by an invalidation; served as stale for 1m50s more\n");
}

}  // namespace
}  // namespace cairn
