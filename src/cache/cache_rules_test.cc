#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "cache/cache_test_base.h"

// The fifteen rules that a cache gets wrong, one after another.

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CacheRules : public CacheTest {};

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
                                   std::atomic<bool> asks = false;
                                   other = std::thread([&] {
                                     asks = true;
                                     value = ValueOf(b->GetOrLoad(at_b, Loads("twice")));
                                   });
                                   while (!asks) std::this_thread::yield();
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
  std::thread other;
  std::string value;
  EXPECT_EQ(ValueOf(a.cache->GetOrLoad(key,
                                       [&](const CacheLoad&) {
                                         ++loads;
                                         std::atomic<bool> asks = false;
                                         other = std::thread([&] {
                                           asks = true;
                                           value = ValueOf(b.cache->GetOrLoad(at_b, Loads("twice")));
                                         });
                                         while (!asks) std::this_thread::yield();
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

TEST_F(CacheRules, Rule6PerUserEntriesNeverCrossUsers) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  auto cache = Open(OnDisk());
  CachePolicy policy = Exact();
  policy.per_user = true;
  const auto& operation = Define(*cache, policy);
  const std::vector<std::string> users = {"ann", "bob", "ann&id=1", "", "a", "@=x", "ann\n"};
  for (int i = 0; i < 3000; ++i) {
    const std::string& user = users[random() % users.size()];
    const auto key = operation.KeyOfUser(user, {{"id", static_cast<int>(random() % 4)}});
    if (user.empty()) {
      EXPECT_FALSE(key);
      continue;
    }
    const auto result = cache->GetOrLoad(*key, [&](const CacheLoad&) { return CacheLoaded::Value("of " + user); });
    ASSERT_EQ(ValueOf(result), "of " + user);
    if (random() % 50 == 0) {
      ASSERT_TRUE(cache->Remove(CacheSelector::User(user)));
      EXPECT_EQ(GetValue(*cache, *key), "(miss)");
    }
  }
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
    std::atomic<bool> asks = false;
    other = std::thread([&] {
      asks = true;
      other_value = ValueOf(host.cache->GetOrLoad(key, Loads("twice")));
    });
    while (!asks) std::this_thread::yield();
    return CacheLoaded::Value("once");
  });
  other.join();
  EXPECT_EQ(other_value, "once");
}

TEST_F(CacheRules, Rule11TwoVersionsOfAProgramDoNotFight) {
  auto old_program = Open(OnDisk());
  auto new_program = Open(OnDisk());
  CachePolicy newer = Exact();
  newer.schema_version = 2;
  CachePolicy other_codec = Exact();
  other_codec.codec = "msgpack";
  const CacheKey old_key = KeyOf(Define(*old_program));
  const CacheKey new_key = KeyOf(Define(*new_program, newer));
  ASSERT_EQ(ValueOf(old_program->GetOrLoad(old_key, Loads("v1"))), "v1");
  ASSERT_TRUE(old_program->Flush().ok());
  EXPECT_EQ(GetValue(*new_program, new_key), "(miss)");
  ASSERT_EQ(ValueOf(new_program->GetOrLoad(new_key, Loads("v2"))), "v2");
  ASSERT_TRUE(new_program->Flush().ok());
  for (int i = 0; i < 3; ++i) {
    auto a = Open(OnDisk());
    auto b = Open(OnDisk());
    auto c = Open(OnDisk());
    EXPECT_EQ(GetValue(*a, KeyOf(Define(*a))), "v1");
    EXPECT_EQ(GetValue(*b, KeyOf(Define(*b, newer))), "v2");
    EXPECT_EQ(GetValue(*c, KeyOf(Define(*c, other_codec))), "(miss)");
  }
  // A removal means the key in every version.
  ASSERT_TRUE(new_program->Remove(CacheSelector::Key(new_key)));
  EXPECT_EQ(GetValue(*old_program, old_key), "(miss)");
}

constexpr const char* kKeyA = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char* kKeyB = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string AllBytes(const std::string& dir) {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(dir)) {
    std::ifstream in(file.path(), std::ios::binary);
    all += std::string(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

TEST_F(CacheRules, Rule12SensitiveValuesAreSealedOrStayInMemory) {
  CachePolicy policy = Exact();
  policy.sensitive = true;
  policy.compress_above = 0;
  const std::string secret = "attack at dawn";
  {
    Host host = OpenHost("bare");
    const CacheKey key = KeyOf(Define(*host.cache, policy));
    ASSERT_EQ(ValueOf(host.cache->GetOrLoad(key, Loads(secret))), secret);
    EXPECT_EQ(host.cache->Get(key).level, CacheLevel::kMemory);
    ASSERT_TRUE(host.cache->Flush().ok());
    EXPECT_EQ(AllBytes(dir.Sub("bare")).find(secret), std::string::npos);
    EXPECT_TRUE(shared.values.empty());
  }
  environment["CAIRN_CACHE_KEY"] = kKeyA;
  {
    Host host = OpenHost("sealed");
    ASSERT_EQ(ValueOf(host.cache->GetOrLoad(KeyOf(Define(*host.cache, policy)), Loads(secret))), secret);
    ASSERT_TRUE(host.cache->Flush().ok());
    EXPECT_EQ(AllBytes(dir.Sub("sealed")).find(secret), std::string::npos);
    ASSERT_EQ(shared.values.size(), 1U);
    EXPECT_EQ(shared.values.begin()->second.bytes.find(secret), std::string::npos);
  }
  const auto read_with = [&](const std::string& keys) {
    environment["CAIRN_CACHE_KEY"] = keys;
    CacheOptions options = Options();
    options.location = dir.Sub("sealed");
    auto cache = Open(options);
    return GetValue(*cache, KeyOf(Define(*cache, policy)));
  };
  EXPECT_EQ(read_with(kKeyA), secret);
  EXPECT_EQ(read_with(std::string(kKeyB) + "," + kKeyA), secret) << "a new key in front: the old one still opens";
  EXPECT_EQ(read_with(kKeyB), "(miss)");
}

TEST_F(CacheRules, Rule13PromotionKeepsTheRemainingTtl) {
  {
    auto cache = Open(OnDisk());
    ASSERT_EQ(ValueOf(cache->GetOrLoad(KeyOf(Define(*cache, Exact(seconds(60)))), Loads("x"))), "x");
  }
  clock.Advance(seconds(50));
  auto cache = Open(OnDisk());
  const CacheKey key = KeyOf(Define(*cache, Exact(seconds(60))));
  const auto from_disk = cache->Get(key);
  EXPECT_EQ(from_disk.level, CacheLevel::kDisk);
  EXPECT_EQ(from_disk.age, seconds(50));
  EXPECT_EQ(cache->Get(key).level, CacheLevel::kMemory);
  clock.Advance(seconds(10));
  EXPECT_EQ(cache->Get(key).state, CacheState::kMiss);
}

TEST_F(CacheRules, Rule13PromotionFromTheSharedLevelToo) {
  Host a = OpenHost("a");
  ASSERT_EQ(ValueOf(a.cache->GetOrLoad(KeyOf(Define(*a.cache, Exact(seconds(60)))), Loads("x"))), "x");
  clock.Advance(seconds(50));
  Host b = OpenHost("b");
  const CacheKey key = KeyOf(Define(*b.cache, Exact(seconds(60))));
  EXPECT_EQ(b.cache->Get(key).level, CacheLevel::kShared);
  ASSERT_TRUE(b.cache->Flush().ok());
  clock.Advance(seconds(10));
  {
    const std::lock_guard lock(shared.mutex);
    shared.is_down = true;
  }
  EXPECT_EQ(b.cache->Get(key).state, CacheState::kMiss) << "neither its disk nor its memory made it younger";
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
