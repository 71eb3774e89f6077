#include "cache/memory_level.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "base/hash.h"

namespace cairn {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

class MemoryLevelTest : public ::testing::Test {
 protected:
  static MemoryLevel::Key KeyOf(std::string_view text) { return {Hash64(text), Hash64(text) + 1, text, 0}; }

  void Store(MemoryLevel& level, std::string_view text, std::string value, std::int64_t ttl_s = 60,
             std::int64_t grace_s = 0) {
    auto entry = std::make_shared<CacheEntry>();
    entry->key = text;
    entry->value = std::move(value);
    entry->load_time = std::chrono::milliseconds(5);
    const std::uint64_t tags[] = {7};
    const EntryTimes times{0, ttl_s * kSecond, (ttl_s + grace_s) * kSecond};
    level.Store({KeyOf(text), entry, times, generations.applied(), false, tags, times.fresh_until_ns});
  }

  /// The value, where it is had without a lock.
  std::shared_ptr<const CacheEntry> ReadCalm(MemoryLevel& level, std::string_view text) {
    CacheResult result;
    const MemoryLevel::Key key = KeyOf(text);
    (void)level.ReadCalm(key.hash, text, key.operation, clock, result);
    return result.entry;
  }

  struct StillClock final : CacheClock {
    Timestamp Now() override { return {}; }
    std::int64_t SteadyNs() override { return ns; }
    std::int64_t RecentNs() override { return ns; }
    std::int64_t ns = 0;
  } clock;

  Generations generations;
};

TEST_F(MemoryLevelTest, HitsWhatWasStored) {
  MemoryLevel level({}, generations);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kMiss);
  Store(level, "a", "1");
  const auto hit = level.Read(KeyOf("a"), 0);
  EXPECT_EQ(hit.state, CacheState::kFresh);
  EXPECT_EQ(hit.entry->value, "1");
  Store(level, "a", "2");
  EXPECT_EQ(level.Read(KeyOf("a"), 0).entry->value, "2");
  EXPECT_EQ(level.Stats().entries, 1U);
  const auto counts = level.CountsOf(0);
  EXPECT_EQ(counts.counts.hits, 2U);
  EXPECT_EQ(counts.counts.misses, 1U);
  EXPECT_EQ(counts.time_saved_ns, 10'000'000U);
}

TEST_F(MemoryLevelTest, TwoKeysOfOneHashNeverMeet) {
  MemoryLevel level({}, generations);
  Store(level, "a", "1");
  MemoryLevel::Key twin = KeyOf("a");
  twin.text = "b";
  EXPECT_EQ(level.Read(twin, 0).state, CacheState::kMiss);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kFresh);
}

TEST_F(MemoryLevelTest, TimeMakesStaleThenGone) {
  MemoryLevel level({}, generations);
  Store(level, "a", "1", 60, 30);
  EXPECT_EQ(level.Read(KeyOf("a"), 60 * kSecond - 1).state, CacheState::kFresh);
  EXPECT_EQ(level.Read(KeyOf("a"), 60 * kSecond).state, CacheState::kStale);
  EXPECT_EQ(level.Read(KeyOf("a"), 90 * kSecond).state, CacheState::kMiss);
  EXPECT_EQ(level.CountsOf(0).counts.expired, 1U);
  EXPECT_EQ(level.CountsOf(0).counts.evicted, 0U);
}

TEST_F(MemoryLevelTest, InvalidationsAreSeenAtTheNextHit) {
  MemoryLevel level({}, generations);
  Store(level, "a", "1", 60, 30);
  generations.BumpHere({}, std::vector<std::uint64_t>{7}, {}, CacheVerb::kExpire);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kStale);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kStale);
  generations.BumpHere({}, std::vector<std::uint64_t>{7}, {}, CacheVerb::kRemove);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kMiss);
  EXPECT_EQ(level.CountsOf(0).counts.removed, 1U);
  Store(level, "b", "1");
  generations.BumpHere(std::vector<std::uint64_t>{KeyOf("b").text_hash}, {}, {}, CacheVerb::kRemove);
  EXPECT_EQ(level.Read(KeyOf("b"), 0).state, CacheState::kMiss);
}

TEST_F(MemoryLevelTest, CalmHitsAreFreshAloneAndCountedAsOthers) {
  MemoryLevel level({}, generations);
  EXPECT_EQ(ReadCalm(level, "a"), nullptr);
  Store(level, "a", "1");
  ASSERT_NE(ReadCalm(level, "a"), nullptr);
  EXPECT_EQ(ReadCalm(level, "a")->value, "1");
  EXPECT_EQ(level.CountsOf(0).counts.hits, 2U);
  EXPECT_EQ(level.CountsOf(0).time_saved_ns, 10'000'000U);
  clock.ns = 60 * kSecond;
  EXPECT_EQ(ReadCalm(level, "a"), nullptr);
  clock.ns = 0;
  generations.BumpHere({}, std::vector<std::uint64_t>{7}, {}, CacheVerb::kExpire);
  EXPECT_EQ(ReadCalm(level, "a"), nullptr) << "it has to be judged";
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kStale);
  Store(level, "a", "2");
  ASSERT_NE(ReadCalm(level, "a"), nullptr);
  generations.BumpHere({}, std::vector<std::uint64_t>{8}, {}, CacheVerb::kRemove);
  EXPECT_EQ(ReadCalm(level, "a"), nullptr);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kFresh) << "another tag";
  EXPECT_NE(ReadCalm(level, "a"), nullptr) << "judged good up to now";
  level.Erase(Hash64("a"));
  EXPECT_EQ(ReadCalm(level, "a"), nullptr);
}

TEST_F(MemoryLevelTest, BytesHoldToWithinFivePercentUnderAFlood) {
  CacheMemoryOptions options;
  options.bytes = 8 << 20;
  MemoryLevel level(options, generations);
  for (int i = 0; i < 40'000; ++i) {
    Store(level, "key" + std::to_string(i), std::string(static_cast<std::size_t>(i) % 2000, 'x'));
    ASSERT_LE(level.Stats().bytes, options.bytes);
  }
  EXPECT_GT(level.Stats().bytes, options.bytes / 100 * 95);
  EXPECT_GT(level.CountsOf(0).counts.evicted, 0U);
  EXPECT_EQ(level.CountsOf(0).counts.expired, 0U);
}

TEST_F(MemoryLevelTest, EntriesHold) {
  CacheMemoryOptions options;
  options.bytes = 1 << 20;
  options.entries = 10;
  MemoryLevel level(options, generations);
  for (int i = 0; i < 100; ++i) Store(level, std::to_string(i), "x");
  EXPECT_EQ(level.Stats().entries, 10U);
}

TEST_F(MemoryLevelTest, WhatIsTooLargeIsNotKeptAndCostsNothingElse) {
  CacheMemoryOptions options;
  options.bytes = 1 << 20;
  MemoryLevel level(options, generations);
  Store(level, "a", "1");
  Store(level, "huge", std::string(2 << 20, 'x'));
  EXPECT_EQ(level.Read(KeyOf("huge"), 0).state, CacheState::kMiss);
  EXPECT_EQ(level.Read(KeyOf("a"), 0).state, CacheState::kFresh);
}

TEST_F(MemoryLevelTest, ClearDropsAll) {
  MemoryLevel level({}, generations);
  for (int i = 0; i < 1000; ++i) Store(level, std::to_string(i), "x");
  level.Erase(Hash64("5"));
  EXPECT_EQ(level.Stats().entries, 999U);
  std::size_t seen = 0;
  level.Visit(0, [&](const MemoryLevel::Seen& one) { seen += one.entry->value == "x" ? 1 : 0; });
  EXPECT_EQ(seen, 999U);
  level.Clear();
  EXPECT_EQ(level.Stats().entries, 0U);
  EXPECT_EQ(level.Stats().bytes, 0U);
}

TEST_F(MemoryLevelTest, ThreadsAtOnce) {
  CacheMemoryOptions options;
  options.bytes = 200'000;
  MemoryLevel level(options, generations);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (int i = 0; i < 20'000; ++i) {
        const std::string name = std::to_string(random() % 300);
        std::shared_ptr<const CacheEntry> entry = ReadCalm(level, name);
        if (entry == nullptr) entry = level.Read(KeyOf(name), 0).entry;
        if (entry != nullptr && entry->value != name + name) ++wrong;
        if (entry == nullptr) Store(level, name, name + name);
        if (i % 1000 == 0) generations.BumpHere({}, std::vector<std::uint64_t>{7}, {}, CacheVerb::kRemove);
        if (i % 777 == 0) level.Erase(Hash64(name));
        if (i % 5000 == 0) level.Clear();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cairn
