#include "cache/redis_level.h"

#include "cache/redis_level_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

/// What holds on one server and on a cluster.
class RedisLevelTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(HasRedisServer()) << kNoRedisServer;
    if (GetParam()) {
      if (cluster_ == nullptr) cluster_ = std::make_unique<RedisClusterForTest>();
      url_ = cluster_->url();
      for (std::size_t i = 0; i < RedisClusterForTest::kPrimaries; ++i) (void)cluster_->server(i).Ask({"FLUSHALL"});
    } else {
      server_ = std::make_unique<RedisServerForTest>();
      url_ = server_->url();
    }
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  [[nodiscard]] std::vector<const RedisServerForTest*> Servers() const {
    if (!GetParam()) return {server_.get()};
    std::vector<const RedisServerForTest*> servers;
    for (std::size_t i = 0; i < RedisClusterForTest::kPrimaries; ++i) servers.push_back(&cluster_->server(i));
    return servers;
  }
  [[nodiscard]] std::vector<std::string> Names(const std::string& pattern) const {
    std::vector<std::string> names;
    for (const RedisServerForTest* server : Servers()) {
      for (const RedisReply& name : server->Ask({"KEYS", pattern}).elements) names.push_back(name.text);
    }
    return names;
  }

  static std::unique_ptr<RedisClusterForTest> cluster_;
  std::unique_ptr<RedisServerForTest> server_;
  std::string url_;
};
std::unique_ptr<RedisClusterForTest> RedisLevelTest::cluster_;
INSTANTIATE_TEST_SUITE_P(Redis, RedisLevelTest, testing::Bool(),
                         [](const auto& test) { return std::string(test.param ? "Cluster" : "OneServer"); });

TEST_P(RedisLevelTest, WhatOneHostStoresAnotherReads) {
  const HostForTest a(url_);
  const HostForTest b(url_);
  const std::string value("v\r\n\0x", 5);
  for (int i = 0; i < 50; ++i) {
    const KeyForTest key("k=" + std::to_string(i), 1, {"tag"}, "ann");
    EXPECT_EQ(a.Get(key), "none");
    EXPECT_EQ(a.Load(key, value + std::to_string(i)), "stored");
    EXPECT_EQ(b.Get(key), value + std::to_string(i));
  }
}

TEST_P(RedisLevelTest, Rule1AValueLoadedBeforeAnInvalidationIsNotStoredAfterIt) {
  const HostForTest loads(url_);
  const HostForTest removes(url_);
  const std::vector<std::pair<char, std::string>> tags = {{'a', ""},    {'s', "source"}, {'o', "source:op"},
                                                          {'u', "ann"}, {'t', "one"},    {'t', "two"}};
  const KeyForTest key("k", 1, {"one", "two"}, "ann");
  for (const CacheVerb verb : {CacheVerb::kRemove, CacheVerb::kExpire}) {
    for (const auto& [kind, name] : tags) {
      const LevelFence fence = loads.Read(key).fence;
      ASSERT_TRUE(removes.Invalidate(verb, {}, {MakeTag(kind, name)}).ok());
      EXPECT_EQ(loads.Put(key, "old", fence), "fenced") << kind << name;
      EXPECT_EQ(removes.Get(key), "none");
    }
    const LevelFence fence = loads.Read(key).fence;
    ASSERT_TRUE(removes.Invalidate(verb, {key}).ok());
    EXPECT_EQ(loads.Put(key, "old", fence), "fenced");
    // One that begins afterwards is.
    EXPECT_EQ(loads.Load(key, "new"), "stored");
    EXPECT_EQ(removes.Get(key), "new");
    ASSERT_TRUE(removes.Remove(key).ok());
  }
}

TEST_P(RedisLevelTest, Rule1InvalidationsOfOthersDoNotFence) {
  const HostForTest host(url_);
  const KeyForTest key("k", 1, {"one"}, "ann");
  const LevelFence fence = host.Read(key).fence;
  ASSERT_TRUE(host.Remove(KeyForTest("other")).ok());
  for (const auto& [kind, name] :
       std::vector<std::pair<char, std::string>>{{'s', "other"}, {'o', "source:other"}, {'u', "bob"}, {'t', "two"}}) {
    ASSERT_TRUE(host.Remove(kind, name).ok());
  }
  EXPECT_EQ(host.Put(key, "value", fence), "stored");
}

TEST_P(RedisLevelTest, Rule1TagsThatTheLoaderAddsFenceToo) {
  const HostForTest host(url_);
  const KeyForTest key("k");
  const LevelFence fence = host.Read(key).fence;
  ASSERT_TRUE(host.Remove('t', "late").ok());
  EXPECT_EQ(host.Put(key, "old", fence, {.tags = {"late"}}), "fenced");
  EXPECT_EQ(host.Load(key, "new", {"late", "later"}), "stored");
  EXPECT_EQ(host.Get(key), "new");
  ASSERT_TRUE(host.Remove('t', "later").ok());
  EXPECT_EQ(host.Get(key), "none");
}

TEST_P(RedisLevelTest, Rule2WhatIsDeletedIsGoneFromRedis) {
  const HostForTest host(url_);
  const KeyForTest key("k");
  ASSERT_EQ(host.Load(key, "value"), "stored");
  ASSERT_EQ(Names("*}v:*").size(), 1U);
  ASSERT_TRUE(host.Remove(key).ok());
  EXPECT_EQ(Names("*}v:*").size(), 0U);
}

TEST_P(RedisLevelTest, Rule3ALostCounterRevivesNothing) {
  const HostForTest host(url_);
  for (const std::string counter : {"*}k:*", "*}g:*", "*}x"}) {
    const KeyForTest key("k" + counter, 1, {"one"}, "ann");
    ASSERT_EQ(host.Load(key, "value"), "stored");
    const LevelFence fence = host.Read(key).fence;
    for (const std::string& name : Names(counter)) {
      for (const RedisServerForTest* server : Servers()) (void)server->Ask({"DEL", name});
    }
    if (counter != "*}x") {
      EXPECT_EQ(host.Get(key), "none") << counter;
      EXPECT_EQ(host.Put(key, "old", fence), "fenced") << counter;
    } else {
      EXPECT_EQ(host.Put(key, "old", fence, {.tags = {"late"}}), "fenced");
    }
    EXPECT_EQ(host.Load(key, "new"), "stored");
    EXPECT_EQ(host.Get(key), "new");
  }
}

TEST_P(RedisLevelTest, Rule3CountersStartAtRandom) {
  const HostForTest host(url_);
  ASSERT_EQ(host.Load(KeyForTest("a"), "value"), "stored");
  std::vector<std::string> counts;
  for (const std::string& name : Names("*}[kgx]*")) {
    for (const RedisServerForTest* server : Servers()) {
      const RedisReply count = server->Ask({"GET", name});
      if (count.kind == RedisReply::Kind::kText) counts.push_back(count.text);
    }
  }
  ASSERT_EQ(counts.size(), 5U);
  std::sort(counts.begin(), counts.end());
  EXPECT_EQ(std::unique(counts.begin(), counts.end()), counts.end());
  for (const std::string& count : counts) EXPECT_GT(count.size(), 10U) << count;
}

TEST_P(RedisLevelTest, Rule3InvalidatingWhatNobodyKnowsMakesNoCounter) {
  const HostForTest host(url_);
  ASSERT_TRUE(host.Remove(KeyForTest("k")).ok());
  ASSERT_TRUE(host.Remove('t', "tag").ok());
  EXPECT_EQ(Names("*}[kgx]*").size(), 0U);
}

TEST_P(RedisLevelTest, Rule4OneHostHoldsALease) {
  const HostForTest a(url_);
  const HostForTest b(url_);
  const KeyForTest key("k");
  auto lease = a->TryLease(key, std::chrono::seconds(60), HostForTest::Soon());
  ASSERT_TRUE(lease) << lease.status();
  ASSERT_NE(*lease, nullptr);
  EXPECT_EQ(*b->TryLease(key, std::chrono::seconds(60), HostForTest::Soon()), nullptr);
  EXPECT_EQ(b->AwaitLease(key, std::chrono::steady_clock::now() + milliseconds(5)).code(),
            StatusCode::kDeadlineExceeded);
  EXPECT_NE(*b->TryLease(KeyForTest("other"), std::chrono::seconds(60), HostForTest::Soon()), nullptr);
  EXPECT_NE(*b->TryLease(KeyForTest("k", 2), std::chrono::seconds(60), HostForTest::Soon()), nullptr)
      << "another version's load is another load";
  lease->reset();
  EXPECT_TRUE(b->AwaitLease(key, HostForTest::Soon()).ok());
  EXPECT_NE(*b->TryLease(key, std::chrono::seconds(60), HostForTest::Soon()), nullptr);
}

TEST_P(RedisLevelTest, Rule4ALeaseThatRanOutIsNotTakenFromItsNextHolder) {
  const HostForTest a(url_);
  const HostForTest b(url_);
  const KeyForTest key("k");
  auto slow = a->TryLease(key, milliseconds(1), HostForTest::Soon());
  ASSERT_NE(*slow, nullptr);
  ASSERT_TRUE(b->AwaitLease(key, HostForTest::Soon()).ok());
  const auto next = b->TryLease(key, std::chrono::seconds(60), HostForTest::Soon());
  ASSERT_NE(*next, nullptr);
  slow->reset();
  EXPECT_EQ(*a->TryLease(key, std::chrono::seconds(60), HostForTest::Soon()), nullptr);
}

TEST_P(RedisLevelTest, Rule5ExpiredIsStillThereRemovedIsNot) {
  const HostForTest a(url_);
  const HostForTest b(url_);
  const KeyForTest key("k", 1, {"one"}, "ann");
  for (const auto& [kind, name] : std::vector<std::pair<char, std::string>>{
           {'a', ""}, {'s', "source"}, {'o', "source:op"}, {'u', "ann"}, {'t', "one"}}) {
    ASSERT_EQ(a.Load(key, "value"), "stored");
    ASSERT_TRUE(b.Expire(kind, name).ok());
    EXPECT_EQ(a.Get(key), "expired value") << kind;
    ASSERT_TRUE(b.Remove(kind, name).ok());
    EXPECT_EQ(a.Get(key), "none") << kind;
    ASSERT_TRUE(b.Expire(kind, name).ok());
    EXPECT_EQ(a.Get(key), "none") << "what is removed is not brought back by expire";
  }
  ASSERT_EQ(a.Load(key, "value"), "stored");
  ASSERT_TRUE(b.Invalidate(CacheVerb::kExpire, {key}).ok());
  EXPECT_EQ(a.Get(key), "expired value");
}

TEST_P(RedisLevelTest, Rule7ASourceIsRemovedWithoutWalkingItsKeys) {
  const HostForTest host(url_);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(host.Load(KeyForTest("k=" + std::to_string(i)), "value"), "stored");
  const KeyForTest other("k", 1, {}, {}, "other");
  ASSERT_EQ(host.Load(other, "value"), "stored");
  ASSERT_TRUE(host.Remove('s', "source").ok());
  for (int i = 0; i < 300; ++i) EXPECT_EQ(host.Get(KeyForTest("k=" + std::to_string(i))), "none");
  EXPECT_EQ(host.Get(other), "value");
}

TEST_P(RedisLevelTest, Rule7NeitherScanNorKeys) {
  for (const RedisServerForTest* server : Servers()) (void)server->Ask({"CONFIG", "RESETSTAT"});
  {
    SinkForTest sink;
    const HostForTest host(url_);
    ASSERT_TRUE(host->Subscribe(&sink).ok());
    EXPECT_EQ(sink.Next(), "subscribed, missed");
    const KeyForTest key("k", 1, {"one"}, "ann");
    ASSERT_EQ(host.Load(key, "value", {"late"}), "stored");
    ASSERT_EQ(host.Get(key), "value");
    ASSERT_TRUE(host.Remove(key).ok());
    ASSERT_TRUE(host.Remove('s', "source").ok());
    ASSERT_TRUE(host->Invalidate({.pattern = "source:*"}, HostForTest::Soon()).ok());
    (void)host->Stats();
  }
  for (const RedisServerForTest* server : Servers()) {
    for (const char* command : {"keys", "scan", "flushdb", "flushall"}) EXPECT_EQ(server->Calls(command), 0) << command;
  }
}

TEST_P(RedisLevelTest, Rule11TwoVersionsOfAProgramSideBySide) {
  const HostForTest old_program(url_);
  const HostForTest new_program(url_);
  const KeyForTest old_key("k", 1);
  const KeyForTest new_key("k", 2);
  ASSERT_EQ(old_program.Load(old_key, "old"), "stored");
  EXPECT_EQ(new_program.Get(new_key), "none");
  ASSERT_EQ(new_program.Load(new_key, "new"), "stored");
  EXPECT_EQ(old_program.Get(old_key), "old");
  // Whoever removes a key removes it for both, and for loads of both that are under way.
  const LevelFence fence = old_program.Read(old_key).fence;
  ASSERT_TRUE(new_program.Remove(new_key).ok());
  EXPECT_EQ(new_program.Get(new_key), "none");
  EXPECT_EQ(old_program.Get(old_key), "none");
  EXPECT_EQ(old_program.Put(old_key, "old", fence), "fenced");
  // So does one that does not know the operation.
  ASSERT_EQ(old_program.Load(old_key, "old"), "stored");
  InvalidatedKey unknown = old_key.Named();
  unknown.hash = 0;
  unknown.version = 0;
  ASSERT_TRUE(new_program->Invalidate({.keys = {unknown}}, HostForTest::Soon()).ok());
  EXPECT_EQ(old_program.Get(old_key), "none");
}

TEST_P(RedisLevelTest, ExpectedStamps) {
  const HostForTest host(url_);
  const KeyForTest key("k");
  const LevelFence fence = host.Read(key).fence;
  EXPECT_EQ(host.Put(key, "a", fence, {.expected = 7}), "conflict");
  EXPECT_EQ(host.Put(key, "a", fence, {.expected = 0, .stamp = 7}), "stored");
  EXPECT_EQ(host.Put(key, "b", fence, {.expected = 0, .stamp = 8}), "conflict");
  EXPECT_EQ(host.Put(key, "b", fence, {.expected = 6, .stamp = 8}), "conflict");
  EXPECT_EQ(host.Get(key), "a");
  EXPECT_EQ(host.Put(key, "b", fence, {.expected = 7, .stamp = 8}), "stored");
  EXPECT_EQ(host.Get(key), "b");
  // What is removed but still in Redis counts as nothing, for the one that saw it.
  ASSERT_TRUE(host.Remove('s', "source").ok());
  const LevelFence later = host.Read(key).fence;
  EXPECT_EQ(host.Put(key, "c", later, {.expected = 0, .stamp = 9}), "stored");
  EXPECT_EQ(host.Put(key, "d", later, {.expected = 0, .stamp = 10}), "conflict");
  EXPECT_EQ(host.Get(key), "c");
}

TEST_P(RedisLevelTest, ValuesAndCountersDoNotStayForEver) {
  const HostForTest host(url_);
  const KeyForTest key("k", 1, {"one"}, "ann");
  ASSERT_EQ(host.Put(key, "value", host.Read(key).fence, {.tags = {"late"}, .keep_for = std::chrono::hours(2)}),
            "stored");
  const auto ttl_of = [&](const std::string& name) {
    for (const RedisServerForTest* server : Servers()) {
      const RedisReply ttl = server->Ask({"PTTL", name});
      if (!ttl.is_error() && ttl.integer != -2) return ttl.integer;
    }
    return std::int64_t{-2};
  };
  int permanent = 0;
  int mortal = 0;
  for (const std::string& name : Names("*")) {
    const std::int64_t ttl = ttl_of(name);
    if (name.find("}v:") != std::string::npos) {
      EXPECT_GT(ttl, milliseconds(std::chrono::minutes(119)).count());
      EXPECT_LE(ttl, milliseconds(std::chrono::hours(2)).count());
    } else if (ttl == -1) {
      ++permanent;
    } else {
      ++mortal;
      EXPECT_GT(ttl, milliseconds(std::chrono::minutes(179)).count()) << name << " outlives the value";
    }
  }
  EXPECT_EQ(permanent, 4) << "everything, source, operation, all explicit tags";
  EXPECT_EQ(mortal, 4) << "key, user, two explicit tags";
}

TEST_P(RedisLevelTest, WhatIsDamagedIsAMissAndCanBeReplaced) {
  const HostForTest host(url_);
  const KeyForTest key("k");
  ASSERT_EQ(host.Load(key, "value"), "stored");
  const std::string name = Names("*}v:*").at(0);
  for (const std::string& damaged : {std::string("x"), EntryForTest("cut"), std::string(6, '\xff') + "G"}) {
    for (const RedisServerForTest* server : Servers()) (void)server->Ask({"SET", name, damaged});
    EXPECT_EQ(host.Get(key), "none");
    EXPECT_EQ(host.Load(key, "new"), "stored");
    EXPECT_EQ(host.Get(key), "new");
  }
}

TEST_P(RedisLevelTest, ScriptsThatTheServerForgotAreGivenAgain) {
  const HostForTest host(url_);
  for (int i = 0; i < 20; ++i) {
    const KeyForTest key("k=" + std::to_string(i), 1, {"one"});
    for (const RedisServerForTest* server : Servers()) (void)server->Ask({"SCRIPT", "FLUSH"});
    ASSERT_EQ(host.Load(key, "value"), "stored");
    for (const RedisServerForTest* server : Servers()) (void)server->Ask({"SCRIPT", "FLUSH"});
    ASSERT_TRUE(host.Remove('t', "one").ok());
    EXPECT_EQ(host.Get(key), "none");
  }
}

TEST_P(RedisLevelTest, AHitTakesOneRoundTrip) {
  const HostForTest host(url_);
  const KeyForTest key("k", 1, {}, "ann");
  ASSERT_EQ(host.Load(key, "value"), "stored");
  for (const RedisServerForTest* server : Servers()) (void)server->Ask({"CONFIG", "RESETSTAT"});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(host.Get(key), "value");
  std::int64_t mget = 0;
  for (const RedisServerForTest* server : Servers()) {
    mget += server->Calls("mget");
    EXPECT_EQ(server->Calls("get"), 0);
    EXPECT_EQ(server->Calls("evalsha"), 0);
  }
  EXPECT_EQ(mget, 10);
}

TEST_P(RedisLevelTest, KeysAreSpreadOverTheServers) {
  const HostForTest host(url_);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(host.Load(KeyForTest("k=" + std::to_string(i)), "value"), "stored");
  for (const RedisServerForTest* server : Servers()) {
    EXPECT_GT(server->Ask({"KEYS", "*}v:*"}).elements.size(), 200 / Servers().size() / 2);
  }
}

}  // namespace
}  // namespace cairn
