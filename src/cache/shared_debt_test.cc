#include "cache/shared_debt.h"

#include <gtest/gtest.h>

#include "cache/cache_test_base.h"

namespace cairn {
namespace {

using std::chrono::hours;

/// What is invalidated while the shared level is away, and by whom it is told.
class SharedDebtTest : public CacheTest {
 protected:
  void SetDown(bool is_down) {
    const std::lock_guard lock(shared.mutex);
    shared.is_down = is_down;
  }
  std::string ValueAt(const std::string& host_name) {
    Host host = OpenHost(host_name);
    return GetValue(*host.cache, KeyOf(Define(*host.cache, Exact(hours(1)))));
  }
  void LoadAt(const std::string& host_name) {
    Host host = OpenHost(host_name);
    EXPECT_EQ(ValueOf(host.cache->GetOrLoad(KeyOf(Define(*host.cache, Exact(hours(1)))), Loads("old"))), "old");
  }
  CacheInvalidated RemoveAt(const std::string& host_name, const CacheSelector& selector) {
    Host host = OpenHost(host_name);
    Define(*host.cache, Exact(hours(1)));
    return *host.cache->Remove(selector);
  }
};

TEST_F(SharedDebtTest, Rule5WhatACommandRemovedWhileTheSharedLevelWasDownIsNotServedAgain) {
  const CacheSelector key{CacheSelector::Kind::kKey, "source:op:id=:1"};
  for (const CacheSelector& selector :
       {key, CacheSelector::Source("source"), CacheSelector::All(), CacheSelector::Pattern("*id=:1")}) {
    LoadAt("a");
    SetDown(true);
    const CacheInvalidated removed = RemoveAt("a", selector);
    EXPECT_TRUE(removed.is_shared_pending);
    EXPECT_TRUE(removed.is_shared_owed);
    SetDown(false);
    EXPECT_EQ(ValueAt("a"), "(miss)") << selector.text << ": here";
    EXPECT_EQ(ValueAt("b"), "(miss)") << selector.text << ": it was told, by a process that did not remove it";
  }
}

TEST_F(SharedDebtTest, Rule5AProcessThatRunsServesNothingThatAnotherOfItsHostOwes) {
  LoadAt("b");
  Host running = OpenHost("a");
  const CacheKey key = KeyOf(Define(*running.cache, Exact(hours(1))));
  ASSERT_EQ(GetValue(*running.cache, key), "old");
  SetDown(true);
  RemoveAt("a", CacheSelector::Key(key));
  SetDown(false);
  EXPECT_EQ(GetValue(*running.cache, key), "(miss)");
}

TEST_F(SharedDebtTest, Rule5WhatIsRemovedOfflineIsToldLater) {
  LoadAt("a");
  {
    CacheOptions options = Options();
    options.location = dir.Sub("a");
    options.offline = true;
    options.shared.url = "redis://nobody";
    auto offline = Open(options);
    const auto removed = offline->Remove(CacheSelector::Key(KeyOf(Define(*offline, Exact(hours(1))))));
    ASSERT_TRUE(removed);
    EXPECT_TRUE(removed->is_shared_owed);
  }
  EXPECT_EQ(ValueAt("a"), "(miss)");
  EXPECT_EQ(ValueAt("b"), "(miss)");
}

TEST_F(SharedDebtTest, WhatIsOwedIsToldOnce) {
  LoadAt("a");
  SetDown(true);
  RemoveAt("a", CacheSelector::Source("source"));
  SetDown(false);
  EXPECT_EQ(ValueAt("a"), "(miss)");
  const std::uint64_t told = shared.messages;
  LoadAt("a");
  EXPECT_EQ(ValueAt("a"), "old");
  EXPECT_EQ(shared.messages, told);
}

TEST_F(SharedDebtTest, WhileItIsOwedNothingIsStoredThere) {
  SetDown(true);
  RemoveAt("a", CacheSelector::All());
  LoadAt("a");
  SetDown(false);
  EXPECT_EQ(ValueAt("b"), "(miss)");
}

TEST_F(SharedDebtTest, WithoutADiskLevelItIsSaidThatNobodyRemembers) {
  auto bare = *CacheImpl::Open(Options(), [&] { return std::make_unique<FakeSharedLevel>(shared); });
  SetDown(true);
  const auto removed = bare->Remove(CacheSelector::All());
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->is_shared_pending);
  EXPECT_FALSE(removed->is_shared_owed);
}

TEST_F(SharedDebtTest, MoreThanCanBeOwedIsEverything) {
  const auto random = SeededRandom(1);
  auto disk = *DiskLevel::Open({dir.Sub("a"), CacheDiskOptions(), FileSystem::Default(), &clock, random, false});
  SharedDebt debt(*disk, random);
  EXPECT_FALSE(debt.IsOwing());
  Invalidation one;
  one.tags.push_back(MakeTag('t', "author:42"));
  for (std::size_t i = 0; i < SharedDebt::kOwedMax; ++i) ASSERT_TRUE(debt.Owe(one).ok());
  EXPECT_EQ(disk->Notes("owed")->size(), SharedDebt::kOwedMax);
  ASSERT_TRUE(debt.Owe(one).ok());
  ASSERT_EQ(disk->Notes("owed")->size(), 1U);
  EXPECT_TRUE(debt.IsOwing());
  FakeSharedLevel level(shared);
  ASSERT_TRUE(debt.Pay(level, std::chrono::steady_clock::now() + std::chrono::seconds(5)).ok());
  EXPECT_EQ(shared.removed[MakeTag('a', "").hash], 1U);
  EXPECT_FALSE(debt.IsOwing());
  one.pattern.assign(SharedDebt::kOwedBytesMax, 'x');
  ASSERT_TRUE(debt.Owe(one).ok());
  ASSERT_TRUE(debt.Pay(level, std::chrono::steady_clock::now() + std::chrono::seconds(5)).ok());
  EXPECT_EQ(shared.removed[MakeTag('a', "").hash], 2U);
}

}  // namespace
}  // namespace cairn
