#include "cache/redis_recovery.h"

#include "cache/redis_level_for_test.h"

namespace cairn {
namespace {

Invalidation OfKey(CacheVerb verb, const KeyForTest& key) { return {.verb = verb, .keys = {key.Named()}}; }
Invalidation OfTag(CacheVerb verb, char kind, const std::string& name) {
  return {.verb = verb, .tags = {MakeTag(kind, name)}};
}

class RedisRecoveryTest : public testing::Test {
 protected:
  bool Store(const KeyForTest& key, std::string_view bytes) {
    const LevelKey level_key = key;
    const LevelFence fence{"fence"};
    return recovery_.Add({.key = level_key, .bytes = bytes, .fence = fence, .keep_for = std::chrono::hours(1)}, {});
  }
  RedisRecovery recovery_{{.entries = 4, .bytes = 10'000}};
};

TEST_F(RedisRecoveryTest, TheLastStoreOfAKeyWins) {
  EXPECT_TRUE(Store(KeyForTest("k"), "old"));
  EXPECT_TRUE(Store(KeyForTest("k"), "new"));
  EXPECT_TRUE(Store(KeyForTest("k", 2), "other version"));
  const auto batch = recovery_.Take();
  ASSERT_EQ(batch.stores.size(), 2U);
  EXPECT_EQ(batch.stores[0].bytes, "new");
  EXPECT_EQ(batch.stores[1].bytes, "other version");
  EXPECT_EQ(LevelKey(KeyForTest("k")).text_hash, batch.stores[0].key().text_hash);
}

TEST_F(RedisRecoveryTest, AnInvalidationOutdoesStoresOfItsKey) {
  EXPECT_TRUE(Store(KeyForTest("k"), "old"));
  EXPECT_TRUE(Store(KeyForTest("k", 2), "old"));
  EXPECT_TRUE(Store(KeyForTest("kk"), "other"));
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kExpire, KeyForTest("k")), kAllBuckets));
  EXPECT_FALSE(Store(KeyForTest("k", 2), "fenced before"));
  const auto batch = recovery_.Take();
  EXPECT_EQ(batch.invalidations.size(), 1U);
  ASSERT_EQ(batch.stores.size(), 1U);
  EXPECT_EQ(batch.stores[0].bytes, "other");
}

TEST_F(RedisRecoveryTest, RemoveOutdoesExpire) {
  for (const auto& [first, second] :
       {std::pair(CacheVerb::kRemove, CacheVerb::kExpire), std::pair(CacheVerb::kExpire, CacheVerb::kRemove)}) {
    EXPECT_TRUE(recovery_.Add(OfTag(first, 's', "source"), 1));
    EXPECT_TRUE(recovery_.Add(OfTag(second, 's', "source"), 2));
    const auto batch = recovery_.Take();
    ASSERT_EQ(batch.invalidations.size(), 1U);
    EXPECT_EQ(batch.invalidations[0].invalidation.verb, CacheVerb::kRemove);
    EXPECT_EQ(batch.invalidations[0].buckets, 3U);
  }
}

TEST_F(RedisRecoveryTest, StoresGiveWayToInvalidations) {
  for (const char* name : {"a", "b", "c", "d"}) EXPECT_TRUE(Store(KeyForTest(name), "value"));
  EXPECT_FALSE(Store(KeyForTest("e"), "value")) << "no room";
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kRemove, KeyForTest("x")), kAllBuckets));
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kRemove, KeyForTest("y")), kAllBuckets));
  const auto batch = recovery_.Take();
  EXPECT_EQ(batch.invalidations.size(), 2U);
  EXPECT_EQ(batch.stores.size(), 2U);
}

TEST_F(RedisRecoveryTest, BytesAreBounded) {
  EXPECT_FALSE(Store(KeyForTest("k"), std::string(10'000, 'x')));
  EXPECT_TRUE(Store(KeyForTest("a"), std::string(5'000, 'x')));
  EXPECT_FALSE(Store(KeyForTest("b"), std::string(5'000, 'x')));
  EXPECT_TRUE(Store(KeyForTest("a"), std::string(6'000, 'x'))) << "in the place of its own";
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kRemove, KeyForTest(std::string(2'000, 'k'))), kAllBuckets));
  EXPECT_TRUE(recovery_.Take().stores.empty());
}

TEST_F(RedisRecoveryTest, MoreThanCanBeKeptIsEverything) {
  for (const char* name : {"a", "b", "c", "d"}) {
    EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kExpire, KeyForTest(name)), 1));
  }
  EXPECT_FALSE(recovery_.IsBlocked(1));
  EXPECT_FALSE(recovery_.Add(OfKey(CacheVerb::kExpire, KeyForTest("e")), 1));
  EXPECT_FALSE(recovery_.Add(OfKey(CacheVerb::kExpire, KeyForTest("f")), 1));
  EXPECT_TRUE(recovery_.IsBlocked(1));
  const auto batch = recovery_.Take();
  ASSERT_EQ(batch.invalidations.size(), 1U);
  EXPECT_EQ(batch.invalidations[0].invalidation.verb, CacheVerb::kRemove);
  EXPECT_EQ(batch.invalidations[0].invalidation.tags.at(0).text, "a:");
  EXPECT_EQ(batch.invalidations[0].buckets, kAllBuckets);
}

TEST_F(RedisRecoveryTest, BucketsAreBlockedUntilAllIsDone) {
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kRemove, KeyForTest("k")), 0b110));
  EXPECT_TRUE(recovery_.Add({.pattern = "*"}, 0));
  EXPECT_FALSE(recovery_.IsBlocked(0));
  EXPECT_TRUE(recovery_.IsBlocked(1));
  auto batch = recovery_.Take();
  EXPECT_TRUE(recovery_.IsBlocked(1)) << "it is only being done";
  batch.invalidations[0].buckets = 0b100;
  recovery_.Finish(std::move(batch));
  EXPECT_FALSE(recovery_.IsBlocked(1));
  EXPECT_TRUE(recovery_.IsBlocked(2));
  (void)recovery_.Take();
  recovery_.Finish({});
  EXPECT_FALSE(recovery_.IsBlocked(2));
  EXPECT_TRUE(recovery_.is_empty());
}

TEST_F(RedisRecoveryTest, AnExplicitTagBlocksAllBuckets) {
  EXPECT_TRUE(recovery_.Add(OfTag(CacheVerb::kRemove, 't', "tag"), 0b1));
  EXPECT_TRUE(recovery_.IsBlocked(63));
}

TEST_F(RedisRecoveryTest, WhatWasNotDoneDoesNotOutdoWhatCameMeanwhile) {
  EXPECT_TRUE(Store(KeyForTest("a"), "old"));
  EXPECT_TRUE(Store(KeyForTest("b"), "old"));
  auto batch = recovery_.Take();
  EXPECT_TRUE(Store(KeyForTest("a"), "new"));
  EXPECT_TRUE(recovery_.Add(OfKey(CacheVerb::kRemove, KeyForTest("b")), kAllBuckets));
  recovery_.Finish(std::move(batch));
  batch = recovery_.Take();
  ASSERT_EQ(batch.stores.size(), 1U);
  EXPECT_EQ(batch.stores[0].bytes, "new");
}

}  // namespace
}  // namespace cairn
