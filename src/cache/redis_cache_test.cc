#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "cache/cache_for_test.h"
#include "cache/redis_for_test.h"
#include "cairn/cache.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

/// Whole caches of several hosts over one Redis.
class RedisCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(HasRedisServer()) << kNoRedisServer;
    server_ = std::make_unique<RedisServerForTest>(
        std::vector<std::string>{"--save", "100000 1000000", "--rdbcompression", "no"});
  }

  /// A host with memory and the shared level; it hears the others once it is opened.
  struct Host {
    std::unique_ptr<Cache> cache;
    const CacheOperation* operation = nullptr;
    std::shared_ptr<std::atomic<int>> subscribed;
    std::shared_ptr<std::atomic<int>> lost;
  };
  Host OpenHost(CachePolicy policy = Lasting(), const std::function<void(CacheOptions&)>& change = {}) {
    Host host;
    host.subscribed = std::make_shared<std::atomic<int>>(0);
    host.lost = std::make_shared<std::atomic<int>>(0);
    CacheOptions options;
    options.shared.url = server_->url();
    options.shared.deadline = milliseconds(5000);
    options.shared.breaker_wait = milliseconds(5);
    options.shared.breaker_wait_max = milliseconds(20);
    options.user_secret = "secret";
    options.log = [subscribed = host.subscribed, lost = host.lost](const CacheEvent& event) {
      if (event.level != CacheLevel::kShared) return;
      if (event.detail.starts_with("subscribed")) ++*subscribed;
      if (event.detail.starts_with("the subscription is lost")) ++*lost;
    };
    if (change) change(options);
    host.cache = *Cache::Open(std::move(options));
    host.operation = *host.cache->Define("source", "op", std::move(policy));
    EXPECT_TRUE(WaitUntil([&] { return *host.subscribed > 0; }));
    return host;
  }
  static CachePolicy Lasting() {
    CachePolicy policy;
    policy.ttl = std::chrono::hours(1);
    policy.grace = std::chrono::hours(1);
    policy.jitter = 0;
    policy.early_refresh_beta = 0;
    return policy;
  }
  static CacheKey Key(const Host& host, int id = 1) { return *host.operation->Key({{"id", id}}); }
  static std::string Load(const Host& host, const std::string& value, int id = 1) {
    const auto result =
        host.cache->GetOrLoad(Key(host, id), [&](const CacheLoad&) { return CacheLoaded::Value(value); });
    return result ? std::string(result->value()) : result.error().ToString();
  }
  static std::string Get(const Host& host, int id = 1) {
    const CacheResult result = host.cache->Get(Key(host, id));
    if (!result.has_value()) return "(miss)";
    return (result.state == CacheState::kStale ? "stale " : "") + std::string(result.value());
  }

  std::unique_ptr<RedisServerForTest> server_;
};

TEST_F(RedisCacheTest, AHerdOnTwoHostsLoadsOnce) {
  const Host a = OpenHost();
  const Host b = OpenHost();
  constexpr int kCallers = 8;
  std::atomic<int> loads = 0;
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0;
  const auto loader = [&](const CacheLoad&) {
    ++loads;
    // Long enough for everybody to have come.
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return arrived == 2 * kCallers; });
    return CacheLoaded::Value("once");
  };
  std::vector<std::thread> callers;
  for (const Host* host : {&a, &b}) {
    for (int i = 0; i < kCallers; ++i) {
      callers.emplace_back([&, host] {
        {
          const std::lock_guard lock(mutex);
          ++arrived;
          changed.notify_all();
        }
        const auto result = host->cache->GetOrLoad(Key(*host), loader);
        EXPECT_TRUE(result && result->value() == "once");
      });
    }
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(loads, 1);
}

TEST_F(RedisCacheTest, Rule5WhatOneHostRemovesLeavesTheOthersMemory) {
  const Host a = OpenHost();
  const Host b = OpenHost();
  for (const CacheSelector& selector : {CacheSelector::Key(Key(a)), CacheSelector::Source("source"),
                                        CacheSelector::Pattern("source:*id=:1"), CacheSelector::All()}) {
    EXPECT_EQ(Load(a, "value"), "value");
    EXPECT_EQ(Get(b), "value");
    EXPECT_EQ(b.cache->Get(Key(b)).level, CacheLevel::kMemory);
    ASSERT_TRUE(a.cache->Remove(selector));
    EXPECT_TRUE(WaitUntil([&] { return Get(b) == "(miss)"; })) << selector.text;
    EXPECT_EQ(Get(a), "(miss)");
  }
}

TEST_F(RedisCacheTest, Rule9MemoryIsDroppedWithTheSubscription) {
  const Host a = OpenHost();
  const Host b = OpenHost();
  EXPECT_EQ(Load(a, "old"), "old");
  EXPECT_EQ(Get(b), "old");
  (void)server_->Ask({"SAVE"});
  server_->Kill();
  EXPECT_TRUE(WaitUntil([&] { return *a.lost == 1 && *b.lost == 1; }));
  EXPECT_EQ(Get(b), "(miss)");
  // What a removes now, b may serve until it is connected again, and not a moment longer.
  EXPECT_EQ(Load(b, "b's own"), "b's own");
  const auto removed = a.cache->Remove(CacheSelector::Key(Key(a)));
  ASSERT_TRUE(removed);
  EXPECT_TRUE(removed->is_shared_pending);
  server_->Start();
  EXPECT_TRUE(WaitUntil([&] { return *b.subscribed == 2; }));
  EXPECT_TRUE(WaitUntil([&] { return Get(b) == "(miss)"; })) << Get(b);
  // Each finds its way back in its own time; then they share what is loaded again.
  EXPECT_TRUE(WaitUntil([&] {
    (void)a.cache->Remove(CacheSelector::Key(Key(a)));
    return Load(a, "new") == "new" && Get(b) == "new";
  }));
}

TEST_F(RedisCacheTest, Rule9WithoutRedisTheOtherLevelsServe) {
  const Host host = OpenHost();
  server_->Kill();
  EXPECT_TRUE(WaitUntil([&] { return *host.lost == 1; }));
  int loads = 0;
  for (int i = 0; i < 3; ++i) {
    const auto result = host.cache->GetOrLoad(Key(host), [&](const CacheLoad&) {
      ++loads;
      return CacheLoaded::Value("value");
    });
    ASSERT_TRUE(result) << result.status();
    EXPECT_EQ(result->value(), "value");
  }
  EXPECT_EQ(loads, 1);
}

TEST_F(RedisCacheTest, Rule3SkewedClocksReviveNothing) {
  ManualCacheClock ahead;
  ManualCacheClock behind;
  ahead.Jump(std::chrono::hours(5));
  const Host a = OpenHost(Lasting(), [&](CacheOptions& options) { options.clock = &ahead; });
  const Host b = OpenHost(Lasting(), [&](CacheOptions& options) { options.clock = &behind; });
  EXPECT_EQ(Load(a, "from the future"), "from the future");
  EXPECT_EQ(Get(b), "stale from the future");
  // A load on the host ahead ends after a removal by the host behind.
  (void)a.cache->GetOrLoad(Key(a, 2), [&](const CacheLoad&) {
    EXPECT_TRUE(b.cache->Remove(CacheSelector::Source("source")));
    return CacheLoaded::Value("old");
  });
  EXPECT_EQ(Get(b, 2), "(miss)");
  EXPECT_EQ(Get(b, 1), "(miss)");
  EXPECT_EQ(Load(b, "new", 2), "new");
  EXPECT_EQ(Get(b, 2), "new");
  // To the host ahead it is five hours old, which costs a load and no more.
  EXPECT_EQ(Load(a, "newer", 2), "newer");
}

TEST_F(RedisCacheTest, Rule11TwoVersionsOfAProgramDoNotFight) {
  CachePolicy newer = Lasting();
  newer.schema_version = 2;
  const Host old_program = OpenHost();
  const Host new_program = OpenHost(newer);
  EXPECT_EQ(Load(old_program, "old"), "old");
  EXPECT_EQ(Load(new_program, "new"), "new");
  for (int i = 0; i < 3; ++i) {
    const Host old_again = OpenHost();
    const Host new_again = OpenHost(newer);
    EXPECT_EQ(Load(old_again, "fought"), "old");
    EXPECT_EQ(Load(new_again, "fought"), "new");
  }
  ASSERT_TRUE(new_program.cache->Remove(CacheSelector::Key(Key(new_program))));
  EXPECT_TRUE(WaitUntil([&] { return Get(old_program) == "(miss)"; }));
}

TEST_F(RedisCacheTest, Rule12SensitiveValuesAreUnreadableInRedis) {
  const std::string secret = "the patient's name is Ann";
  CachePolicy sensitive = Lasting();
  sensitive.sensitive = true;
  const auto with_key = [](CacheOptions& options) {
    options.environment = [](const char*) {
      return "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    };
  };
  const auto dump = [&] {
    EXPECT_EQ(server_->Ask({"SAVE"}).text, "OK");
    std::ifstream file(server_->dir() + "/dump.rdb", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  {
    const Host open = OpenHost();
    EXPECT_EQ(Load(open, secret), secret);
    EXPECT_NE(dump().find(secret), std::string::npos) << "what is not sensitive is found";
    ASSERT_TRUE(open.cache->Remove(CacheSelector::All()));
  }
  (void)server_->Ask({"FLUSHALL"});
  const Host a = OpenHost(sensitive, with_key);
  const Host b = OpenHost(sensitive, with_key);
  EXPECT_EQ(Load(a, secret), secret);
  EXPECT_EQ(dump().find(secret), std::string::npos);
  EXPECT_EQ(dump().find("Ann"), std::string::npos);
  EXPECT_EQ(Get(b), secret);
  // Without a key it does not go there at all.
  (void)server_->Ask({"FLUSHALL"});
  const Host keyless = OpenHost(sensitive, [](CacheOptions& options) {
    options.environment = [](const char*) -> const char* { return nullptr; };
  });
  EXPECT_EQ(Load(keyless, secret), secret);
  EXPECT_EQ(server_->Ask({"KEYS", "*}v:*"}).elements.size(), 0U);
}

}  // namespace
}  // namespace cairn
