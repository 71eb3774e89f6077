#include <gtest/gtest.h>

#include <filesystem>

#include "cache/disk_level_for_test.h"

namespace cairn {
namespace {

TEST_F(DiskLevelTest, ReadsBackWhatWasStored) {
  auto level = Open();
  EXPECT_EQ(Read(*level, "s:o:a"), "");
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  EXPECT_EQ(Read(*level, "s:o:a"), "one") << "while it is queued";
  ASSERT_TRUE(level->Flush().ok());
  EXPECT_EQ(Read(*level, "s:o:a"), "one");
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "two")).ok());
  level.reset();
  level = Open();
  EXPECT_EQ(Read(*level, "s:o:a"), "two");
  EXPECT_EQ(level->Stats().entries, 1U);
}

TEST_F(DiskLevelTest, Rule10TwoKeysOfOneHashNeverMeet) {
  auto level = Open();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  for (int i = 0; i < 2; ++i) {
    EntryKey twin = KeyOf("s:o:a");
    twin.text = "s:o:b";
    EXPECT_EQ(level->Read(twin)->bytes, "");
    ASSERT_TRUE(level->Flush().ok());
  }
}

TEST_F(DiskLevelTest, ProcessesShareEntriesAndInvalidations) {
  auto a = Open();
  auto b = Open();
  ASSERT_TRUE(a->Store(WriteOf(*a, "s:o:a", "one", {7})).ok());
  ASSERT_TRUE(a->Flush().ok());
  EXPECT_EQ(Read(*b, "s:o:a"), "one");
  ASSERT_TRUE(Remove(*b, {}, {7}).ok());
  EXPECT_EQ(Read(*a, "s:o:a"), "");
  EXPECT_GT(a->generations().announced(), 0U);
  EXPECT_TRUE(a->CatchUp().ok());
  EXPECT_EQ(a->generations().applied(), b->generations().applied());
}

TEST_F(DiskLevelTest, TheFenceIsCheckedWithTheStore) {
  auto a = Open();
  auto b = Open();
  DiskWrite by_tag = WriteOf(*a, "s:o:a", "old", {7});
  DiskWrite by_key = WriteOf(*a, "s:o:b", "old");
  DiskWrite untouched = WriteOf(*a, "s:o:c", "good", {8});
  ASSERT_TRUE(Remove(*b, {"s:o:b"}, {7}).ok());
  ASSERT_TRUE(a->Store(std::move(by_tag)).ok());
  ASSERT_TRUE(a->Store(std::move(by_key)).ok());
  ASSERT_TRUE(a->Store(std::move(untouched)).ok());
  ASSERT_TRUE(a->Flush().ok());
  EXPECT_EQ(Read(*b, "s:o:a"), "");
  EXPECT_EQ(Read(*b, "s:o:b"), "");
  EXPECT_EQ(Read(*b, "s:o:c"), "good");
  EXPECT_EQ(a->TakeCounts()["s:o"].fenced, 2U);
}

TEST_F(DiskLevelTest, ExpiredIsMarkedAndRemovedIsGone) {
  auto level = Open();
  for (const char* key : {"s:o:a", "s:o:b", "s:o:c"}) ASSERT_TRUE(level->Store(WriteOf(*level, key, key, {7})).ok());
  ASSERT_TRUE(level->Flush().ok());
  ASSERT_TRUE(level->Invalidate({CacheVerb::kExpire, {"s:o:a"}, {}, {}}));
  EXPECT_TRUE(level->Read(KeyOf("s:o:a"))->is_expired);
  EXPECT_FALSE(level->Read(KeyOf("s:o:b"))->is_expired);
  ASSERT_TRUE(level->Invalidate({CacheVerb::kExpire, {}, {7}, {}}));
  EXPECT_TRUE(level->Read(KeyOf("s:o:b"))->is_expired);
  EXPECT_EQ(*level->Invalidate({CacheVerb::kRemove, {"s:o:a"}, {}, {}}), 1U);
  EXPECT_EQ(Read(*level, "s:o:a"), "");
  // Fresh again once it is stored again.
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:b", "new", {7})).ok());
  ASSERT_TRUE(level->Flush().ok());
  EXPECT_FALSE(level->Read(KeyOf("s:o:b"))->is_expired);
}

TEST_F(DiskLevelTest, Rule7GlobsGoOverTheKeyIndexAndReachOtherProcesses) {
  auto a = Open();
  auto b = Open();
  for (const char* key : {"s:o:a=1", "s:o:a=2", "s:p:a=1"}) ASSERT_TRUE(a->Store(WriteOf(*a, key, key)).ok());
  ASSERT_TRUE(a->Flush().ok());
  const std::uint64_t before = a->generations().applied();
  DiskWrite late = WriteOf(*a, "s:q:a=1", "loaded before");
  std::vector<std::string> matched;
  EXPECT_EQ(*b->Invalidate({CacheVerb::kRemove, {}, {}, {"s:*:a=1"}}, &matched), 2U);
  EXPECT_EQ(matched, (std::vector<std::string>{"s:o:a=1", "s:p:a=1"}));
  EXPECT_EQ(Read(*a, "s:o:a=1"), "");
  EXPECT_EQ(Read(*a, "s:o:a=2"), "s:o:a=2");
  // What the other process holds in memory, or was loading, hears of it too.
  ASSERT_TRUE(a->CatchUp().ok());
  EXPECT_TRUE(a->generations().Check({1, "s:o:a=1"}, {}, before).is_removed);
  ASSERT_TRUE(a->Store(std::move(late)).ok());
  ASSERT_TRUE(a->Flush().ok());
  EXPECT_EQ(Read(*b, "s:q:a=1"), "");
}

TEST_F(DiskLevelTest, SweepingReturnsWhatWasRemovedByTag) {
  auto level = Open();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(
        level->Store(WriteOf(*level, "s:o:" + std::to_string(i), std::string(1000, 'x'), {i % 2 == 0 ? 7U : 8U})).ok());
  }
  ASSERT_TRUE(level->Flush().ok());
  const std::int64_t before = Pages();
  ASSERT_TRUE(Remove(*level, {}, {7}).ok());
  EXPECT_EQ(level->Stats().entries, 1000U);
  while (*level->Step()) {
  }
  EXPECT_EQ(level->Stats().entries, 500U);
  EXPECT_EQ(level->TakeCounts()["s:o"].removed, 500U);
  EXPECT_EQ(Read(*level, "s:o:1"), std::string(1000, 'x'));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(level->Step());
  EXPECT_LT(Pages(), before / 4 * 3) << "free pages go back to the disk";
}

TEST_F(DiskLevelTest, Rule13WhatIsPastItsTimeIsExpiredNotEvicted) {
  auto level = Open();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  ASSERT_TRUE(level->Flush().ok());
  clock.Advance(std::chrono::hours(2));
  while (*level->Step()) {
  }
  auto counts = level->TakeCounts()["s:o"];
  EXPECT_EQ(counts.expired, 1U);
  EXPECT_EQ(counts.evicted, 0U);
  EXPECT_EQ(level->Stats().entries, 0U);
}

TEST_F(DiskLevelTest, KeysAreListedInOrder) {
  auto level = Open();
  for (int i = 0; i < 700; ++i) {
    ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:" + std::to_string(10'000 + i), std::to_string(i))).ok());
  }
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:p:1", "x")).ok());
  std::vector<std::string> visited;
  ASSERT_TRUE(level
                  ->Visit("s:o:",
                          [&](const DiskLevel::Listed& one) {
                            EXPECT_EQ("s:o:" + std::to_string(10'000 + std::stoi(std::string(one.row.entry))), one.key);
                            visited.push_back(one.key);
                            return true;
                          })
                  .ok());
  EXPECT_EQ(visited.size(), 700U);
  EXPECT_TRUE(std::is_sorted(visited.begin(), visited.end()));
  std::vector<std::string> keys;
  ASSERT_TRUE(level
                  ->VisitEntryKeys("s:",
                                   [&](const std::string& key, std::uint64_t) {
                                     keys.push_back(key);
                                     return true;
                                   })
                  .ok());
  EXPECT_EQ(keys.size(), 701U);
}

TEST_F(DiskLevelTest, QuotaHoldsToWithinFivePercentUnderAFlood) {
  for (const std::uint64_t quota : {8ULL << 20, 32ULL << 20}) {
    TempDir own;
    DiskLevel::Options options = OptionsOf(own.Sub("cache"));
    options.disk.bytes = quota;
    auto level = *DiskLevel::Open(options);
    std::uint64_t most = 0;
    const auto size = [&] {
      std::uint64_t sum = 0;
      for (const auto& file : std::filesystem::directory_iterator(own.Sub("cache"))) sum += file.file_size();
      return sum;
    };
    for (std::uint64_t i = 0; i < quota * 2 / 1500; ++i) {
      ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:" + std::to_string(i), std::string(i % 3000, 'x'))).ok());
      if (i % 50 == 0) {
        ASSERT_TRUE(level->Flush().ok());
        most = std::max(most, size());
      }
    }
    EXPECT_LE(most, quota + quota / 20);
    EXPECT_GE(size(), quota - quota / 20);
    EXPECT_GT(level->TakeCounts()["s:o"].evicted, 0U);
  }
}

TEST_F(DiskLevelTest, EvictionKeepsWhatIsUsed) {
  DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
  options.disk.entries = 100;
  auto level = *DiskLevel::Open(options);
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 10; ++i) {
      const std::string key = "s:o:hot" + std::to_string(i);
      if (Read(*level, key).empty()) {
        ASSERT_TRUE(level->Store(WriteOf(*level, key, "x")).ok());
      }
    }
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:" + std::to_string(round * 20 + i), "x")).ok());
    }
    ASSERT_TRUE(level->Flush().ok());
  }
  EXPECT_EQ(level->Stats().entries, 100U);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Read(*level, "s:o:hot" + std::to_string(i)), "x") << i;
}

TEST_F(DiskLevelTest, AReadWritesNothing) {
  auto level = Open();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  ASSERT_TRUE(level->Flush().ok());
  const auto written = std::filesystem::last_write_time(Path("cache.db-wal"));
  const auto size = std::filesystem::file_size(Path("cache.db-wal"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Read(*level, "s:o:a"), "one");
  EXPECT_EQ(std::filesystem::last_write_time(Path("cache.db-wal")), written);
  EXPECT_EQ(std::filesystem::file_size(Path("cache.db-wal")), size);
}

TEST_F(DiskLevelTest, TheQueueIsBounded) {
  DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
  options.disk.queue_bytes = 10'000;
  auto level = *DiskLevel::Open(options);
  int stored = 0;
  for (int i = 0; i < 20; ++i) {
    const Status status = level->Store(WriteOf(*level, "s:o:" + std::to_string(i), std::string(1000, 'x')));
    if (status.ok()) ++stored;
    EXPECT_EQ(status.code(), status.ok() ? StatusCode::kOk : StatusCode::kResourceExhausted);
  }
  EXPECT_EQ(stored, 9);
}

TEST_F(DiskLevelTest, StatisticsAddUpOverProcesses) {
  auto a = Open();
  auto b = Open();
  CacheOperationStats stats;
  stats.operation = "s:o";
  stats.loads = 2;
  stats.disk.hits = 3;
  stats.load_latency.Add(1000);
  ASSERT_TRUE(a->AddStats(std::vector{stats}).ok());
  ASSERT_TRUE(b->AddStats(std::vector{stats}).ok());
  const auto all = a->AllStats();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ(all->front().loads, 4U);
  EXPECT_EQ(all->front().disk.hits, 6U);
  EXPECT_EQ(all->front().load_latency.QuantileNs(0.5), 1024U);
}

TEST_F(DiskLevelTest, NotesAndStructuresLast) {
  auto level = Open();
  EXPECT_EQ(*level->Note("heard"), "");
  ASSERT_TRUE(level->SetNote("heard", "log 7").ok());
  EXPECT_EQ(*level->ExchangeStructure(1, 10), std::nullopt);
  EXPECT_EQ(*level->ExchangeStructure(1, 11), std::optional<std::uint64_t>(10));
  level.reset();
  level = Open();
  EXPECT_EQ(*level->Note("heard"), "log 7");
  EXPECT_EQ(*level->ExchangeStructure(1, 12), std::optional<std::uint64_t>(11));
}

TEST_F(DiskLevelTest, AccessesGatherTheirInterval) {
  auto level = Open();
  CacheAccess access{"s:o:a", 1, clock.Now(), {}, std::chrono::milliseconds(5), {}};
  ASSERT_TRUE(level->AddAccesses(std::vector{access}).ok());
  for (int i = 0; i < 5; ++i) {
    clock.Advance(std::chrono::seconds(20));
    access.last = clock.Now();
    access.count = 2;
    ASSERT_TRUE(level->AddAccesses(std::vector{access}).ok());
  }
  const auto found = level->Accesses(10);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().count, 11U);
  EXPECT_EQ(found->front().mean_interval, std::chrono::seconds(10));
}

TEST_F(DiskLevelTest, LeasesEndWhenOthersCanRead) {
  struct Lease final : LevelLease {
    explicit Lease(bool& e) : ended(e) {}
    ~Lease() override { ended = true; }
    bool& ended;
  };
  bool ended = false;
  auto a = Open();
  DiskWrite write = WriteOf(*a, "s:o:a", "one");
  write.lease = std::make_unique<Lease>(ended);
  ASSERT_TRUE(a->Store(std::move(write)).ok());
  EXPECT_FALSE(ended);
  ASSERT_TRUE(a->Flush().ok());
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace cairn
