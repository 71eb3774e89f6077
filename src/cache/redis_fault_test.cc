#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "cache/redis_level_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

/// Redis away, hanging, emptied, at an earlier state: and back.
class RedisFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(HasRedisServer()) << kNoRedisServer;
    server_ = std::make_unique<RedisServerForTest>(std::vector<std::string>{"--save", "100000 1000000"});
    url_ = server_->url();
  }
  /// What stands in Redis survives `Kill` from here.
  void Save() const { EXPECT_EQ(server_->Ask({"SAVE"}).text, "OK"); }
  static bool Comes(const HostForTest& host, const KeyForTest& key, const std::string& value) {
    return WaitUntil([&] { return host.Get(key) == value; });
  }

  std::unique_ptr<RedisServerForTest> server_;
  std::string url_;
};

TEST_F(RedisFaultTest, Rule9WithoutRedisEveryOperationSaysSoAtOnce) {
  server_->Kill();
  SinkForTest sink;
  CacheSharedOptions shared = HostForTest::Quick();
  shared.breaker_wait = shared.breaker_wait_max = std::chrono::minutes(1);
  const HostForTest host(url_, shared);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  const KeyForTest key("k");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(host.Get(key), "UNAVAILABLE");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(host.Get(key), "UNAVAILABLE");
    EXPECT_EQ(host.Put(key, "value", {}), "UNAVAILABLE");
    EXPECT_EQ(host.Remove(key).code(), StatusCode::kUnavailable);
    EXPECT_FALSE(host->TryLease(key, milliseconds(100), HostForTest::Soon()));
    EXPECT_FALSE(host->AwaitLease(key, HostForTest::Soon()).ok());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
  EXPECT_FALSE(host->Stats().is_open);
  EXPECT_FALSE(sink.has_next()) << "what never stood is not lost";
}

TEST_F(RedisFaultTest, Rule9AServerThatHangsCostsADeadline) {
  CacheSharedOptions shared = HostForTest::Quick();
  shared.breaker_failures = 2;
  shared.breaker_wait = shared.breaker_wait_max = std::chrono::minutes(1);
  const HostForTest host(url_, shared);
  const KeyForTest key("k");
  ASSERT_EQ(host.Load(key, "value"), "stored");
  server_->Freeze();
  for (int i = 0; i < 2; ++i) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(host->Read(key, began + milliseconds(30)).error().code(), StatusCode::kDeadlineExceeded);
    EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1000));
  }
  EXPECT_EQ(host->Read(key, HostForTest::Soon()).error().code(), StatusCode::kUnavailable) << "the breaker is open";
  server_->Thaw();
}

TEST_F(RedisFaultTest, Rule9KilledInMidFlightAndBack) {
  const HostForTest host(url_);
  const KeyForTest loaded("loaded");
  const KeyForTest removed("removed");
  ASSERT_EQ(host.Load(removed, "old"), "stored");
  const LevelFence fence = host.Read(loaded).fence;
  const LevelFence stale_fence = host.Read(removed).fence;
  Save();
  server_->Kill();
  EXPECT_EQ(host.Get(removed), "UNAVAILABLE");
  // A load ends, and an invalidation comes, while Redis is away.
  EXPECT_EQ(host.Put(loaded, "loaded meanwhile", fence), "UNAVAILABLE");
  EXPECT_EQ(host.Put(removed, "older", stale_fence), "UNAVAILABLE");
  EXPECT_EQ(host.Remove(removed).code(), StatusCode::kUnavailable);
  server_->Start();
  // The old value stands in Redis again; nobody gets it before the invalidation was made up for.
  EXPECT_TRUE(WaitUntil([&] {
    const std::string value = host.Get(removed);
    EXPECT_NE(value, "old");
    EXPECT_NE(value, "older");
    return value == "none";
  }));
  EXPECT_TRUE(Comes(host, loaded, "loaded meanwhile"));
  EXPECT_TRUE(WaitUntil([&] { return host->Stats().is_open; })) << host->Stats().state;
}

TEST_F(RedisFaultTest, Rule9TheOthersHearWhatWasKept) {
  SinkForTest sink;
  const HostForTest host(url_);
  const HostForTest other(url_);
  ASSERT_TRUE(other->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  Save();
  server_->Kill();
  EXPECT_EQ(sink.Next(), "lost");
  EXPECT_EQ(host.Remove('t', "tag").code(), StatusCode::kUnavailable);
  EXPECT_EQ(host.Expire('s', "source").code(), StatusCode::kUnavailable);
  EXPECT_EQ(host->Invalidate({.pattern = "source:*"}, HostForTest::Soon()).code(), StatusCode::kUnavailable);
  server_->Start();
  std::vector<std::string> heard;
  while (heard.size() < 4) heard.push_back(sink.Next());
  std::sort(heard.begin(), heard.end());
  EXPECT_EQ(heard,
            (std::vector<std::string>{"expire s:source", "remove pattern source:*", "remove t:tag", "subscribed"}));
}

TEST_F(RedisFaultTest, Rule9MoreThanCanBeKeptRemovesEverything) {
  CacheSharedOptions shared = HostForTest::Quick();
  shared.recovery_entries = 10;
  const HostForTest host(url_, shared);
  const KeyForTest key("k");
  ASSERT_EQ(host.Load(key, "value"), "stored");
  Save();
  server_->Kill();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(host.Remove('t', std::to_string(i)).code(), StatusCode::kUnavailable);
  }
  EXPECT_EQ(host.Remove('t', "one more").code(), StatusCode::kResourceExhausted);
  server_->Start();
  EXPECT_TRUE(Comes(host, key, "none"));
}

TEST_F(RedisFaultTest, Rule9ConcurrentCallersWhileRedisDiesAndComesBack) {
  const HostForTest a(url_);
  const HostForTest b(url_);
  std::atomic<bool> stop = false;
  std::atomic<int> newest_removed = 0;  // Every value up to it was removed, and the removal was acknowledged.
  std::atomic<int> served_dead = 0;
  const KeyForTest key("k");
  std::thread reader([&] {
    while (!stop) {
      const int floor = newest_removed;
      const std::string value = b.Get(key);
      if (value == "none" || value == "UNAVAILABLE" || value == "DEADLINE_EXCEEDED") continue;
      if (std::stoi(value) <= floor) ++served_dead;
    }
  });
  for (int i = 1; i <= 300; ++i) {
    if (i % 100 == 50) {
      Save();
      server_->Kill();
      server_->Start();
    }
    const auto read = a->Read(key, HostForTest::Soon());
    if (read) (void)a.Put(key, std::to_string(i), read->fence);
    if (a.Remove(key).ok()) newest_removed = i;
  }
  stop = true;
  reader.join();
  EXPECT_EQ(served_dead, 0);
}

TEST_F(RedisFaultTest, Rule3AStoreAtAnEarlierStateServesNothing) {
  SinkForTest sink;
  const HostForTest host(url_);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  const HostForTest other(url_);
  const KeyForTest key("k");
  ASSERT_EQ(other.Load(key, "value"), "stored");
  Save();
  ASSERT_TRUE(other.Remove(key).ok());
  EXPECT_EQ(sink.Next(), "remove source:op:k");
  // The snapshot knows of no removal.
  server_->Kill();
  server_->Start();
  EXPECT_EQ(sink.Next(), "lost");
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  EXPECT_TRUE(Comes(host, key, "none"));
  EXPECT_TRUE(Comes(other, key, "none"));
}

TEST_F(RedisFaultTest, Rule9LostAndBackWithAndWithoutAGap) {
  SinkForTest sink;
  const HostForTest host(url_);
  const HostForTest other(url_);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  ASSERT_TRUE(other.Remove('t', "one").ok());
  EXPECT_EQ(sink.Next(), "remove t:one");
  ASSERT_TRUE(host.Remove('t', "own").ok());
  const auto kill_listener = [&] {
    // The one client that waits in a blocking command.
    for (const std::string& line : [&] {
           std::vector<std::string> lines;
           const std::string list = server_->Ask({"CLIENT", "LIST"}).text;
           for (std::size_t at = 0; at < list.size(); at = list.find('\n', at) + 1) {
             lines.push_back(list.substr(at, list.find('\n', at) - at));
           }
           return lines;
         }()) {
      if (line.find("cmd=xread") == std::string::npos) continue;
      const std::size_t begin = line.find("id=") + 3;
      (void)server_->Ask({"CLIENT", "KILL", "ID", line.substr(begin, line.find(' ') - begin)});
    }
  };
  kill_listener();
  EXPECT_EQ(sink.Next(), "lost");
  EXPECT_EQ(sink.Next(), "subscribed") << "nothing was said meanwhile that it did not hear";
  // One that hangs hears nothing, and says so.
  server_->Freeze();
  server_->Thaw();
  // The log is emptied: what was said before it cannot be known.
  (void)server_->Ask({"DEL", "{cairn:1:log}"});
  EXPECT_EQ(sink.Next(), "lost");
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  ASSERT_TRUE(other.Remove('t', "two").ok());
  EXPECT_EQ(sink.Next(), "remove t:two");
  // A message that never comes.
  const InvalidationSink::Position position = sink.position();
  (void)server_->Ask(
      {"XADD", "{cairn:1:log}", position.log + "-" + std::to_string(position.number + 2), "from", "x", "say", ""});
  EXPECT_EQ(sink.Next(), "lost");
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  ASSERT_TRUE(other.Remove('t', "three").ok());
  EXPECT_EQ(sink.Next(), "remove t:three");
}

TEST_F(RedisFaultTest, Rule5AHostThatWasAwayHearsWhatItMissed) {
  InvalidationSink::Position heard;
  const HostForTest other(url_);
  {
    SinkForTest sink;
    const HostForTest host(url_);
    ASSERT_TRUE(host->Subscribe(&sink).ok());
    EXPECT_EQ(sink.Next(), "subscribed, missed") << "it never heard anything";
    ASSERT_TRUE(other.Remove('t', "one").ok());
    EXPECT_EQ(sink.Next(), "remove t:one");
    heard = sink.position();
  }
  for (int i = 0; i < 250; ++i) ASSERT_TRUE(other.Remove('t', std::to_string(i)).ok());
  {
    SinkForTest sink(heard);
    const HostForTest host(url_);
    ASSERT_TRUE(host->Subscribe(&sink).ok());
    for (int i = 0; i < 250; ++i) ASSERT_EQ(sink.Next(), "remove t:" + std::to_string(i));
    EXPECT_EQ(sink.Next(), "subscribed");
    EXPECT_EQ(sink.position().number, heard.number + 250);
  }
  // What the log no longer holds is missed.
  (void)server_->Ask({"XTRIM", "{cairn:1:log}", "MAXLEN", "100"});
  SinkForTest sink(heard);
  const HostForTest host(url_);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
}

TEST_F(RedisFaultTest, Rule11AMessageFromANewerVersionIsNotTrustedAway) {
  SinkForTest sink;
  const HostForTest host(url_);
  const HostForTest other(url_);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  const std::string last =
      server_->Ask({"XREVRANGE", "{cairn:1:log}", "+", "-", "COUNT", "1"}).elements[0].elements[0].text;
  (void)server_->Ask({"XADD", "{cairn:1:log}", last.substr(0, last.find('-')) + "-*", "from", "x", "say", "\x02new"});
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  ASSERT_TRUE(other.Remove('t', "one").ok());
  EXPECT_EQ(sink.Next(), "remove t:one");
}

TEST_F(RedisFaultTest, Rule2OthersAreToldAfterTheSharedStoreChanged) {
  // Whoever hears of a removal and reads finds it done.
  class ReadingSink : public SinkForTest {
   public:
    ReadingSink(const HostForTest* host, const KeyForTest* key) : host_(host), key_(key) {}
    void OnInvalidation(const Invalidation& invalidation, const Position& position) override {
      if (host_->Get(*key_) != "none") ++found_;
      SinkForTest::OnInvalidation(invalidation, position);
    }
    std::atomic<int> found_ = 0;

   private:
    const HostForTest* host_;
    const KeyForTest* key_;
  };
  const KeyForTest key("k", 1, {"tag"});
  const HostForTest reads(url_);
  ReadingSink sink(&reads, &key);
  const HostForTest hears(url_);
  const HostForTest removes(url_);
  ASSERT_TRUE(hears->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(removes.Load(key, "value"), "stored");
    ASSERT_TRUE((i % 2 == 0 ? removes.Remove('t', "tag") : removes.Remove(key)).ok());
    EXPECT_NE(sink.Next(), "nothing");
  }
  EXPECT_EQ(sink.found_, 0);
}

TEST_F(RedisFaultTest, Rule4AHerdOfProcessesLoadsOnce) {
  constexpr int kProcesses = 6;
  const KeyForTest key("k");
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    const HostForTest host(url_);
    std::string value = "none";
    while (value == "none") {
      const LevelRead read = host.Read(key);
      value = host.Get(key);
      if (value != "none") break;
      const auto lease = host->TryLease(key, std::chrono::seconds(30), HostForTest::Soon());
      if (lease && *lease != nullptr) {
        // Whoever loaded before may have stored between the read and the lease.
        const LevelRead again = host.Read(key);
        if (!again.bytes.empty()) continue;
        (void)server_->Ask({"INCR", "loads"});
        (void)host.Put(key, "loaded", again.fence);
      } else {
        (void)host->AwaitLease(key, HostForTest::Soon());
      }
    }
    _exit(value == "loaded" ? 0 : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(server_->Ask({"GET", "loads"}).text, "1");
}

TEST_F(RedisFaultTest, AChildAfterForkReadsStoresAndHears) {
  SinkForTest sink;
  const HostForTest host(url_);
  ASSERT_TRUE(host->Subscribe(&sink).ok());
  EXPECT_EQ(sink.Next(), "subscribed, missed");
  const KeyForTest key("k");
  ASSERT_EQ(host.Load(key, "parent"), "stored");
  const pid_t child = fork();
  if (child == 0) {
    bool ok = host.Get(key) == "parent" && sink.Next() == "subscribed, missed";
    ok = ok && host.Load(KeyForTest("child"), "child") == "stored";
    const HostForTest other(url_);
    ok = ok && other.Remove('t', "tag").ok() && sink.Next() == "remove t:tag";
    _exit(ok ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(sink.Next(), "remove t:tag");
  EXPECT_EQ(host.Get(KeyForTest("child")), "child");
}

TEST_F(RedisFaultTest, Rule3ClocksPlayNoPart) {
  // The server's clock says when a counter or a value ends, and nothing else: a fence from before stays before, however
  // the stores of two hosts are dated. What is dated in the future is for the entry's reader to judge.
  const HostForTest a(url_);
  const HostForTest b(url_);
  const KeyForTest key("k");
  const LevelFence before = a.Read(key).fence;
  ASSERT_TRUE(b.Remove(key).ok());
  const LevelFence after = b.Read(key).fence;
  EXPECT_EQ(b.Put(key, "new, from a clock that is behind", after, {.stamp = 1}), "stored");
  EXPECT_EQ(a.Put(key, "old, from a clock that is ahead", before, {.stamp = ~0ULL}), "fenced");
  EXPECT_EQ(a.Get(key), "new, from a clock that is behind");
}

TEST_F(RedisFaultTest, RefusesOptionsOutOfBounds) {
  const auto opens = [&](auto change) {
    CacheSharedOptions shared;
    shared.url = url_;
    change(shared);
    const auto level = OpenRedisLevel({.shared = shared, .random = [] { return std::uint64_t{1}; }});
    return level ? StatusCode::kOk : level.error().code();
  };
  EXPECT_EQ(opens([](CacheSharedOptions&) {}), StatusCode::kOk);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.url = "http://x"; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.prefix = "a{b}"; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.deadline = milliseconds(0); }), StatusCode::kInvalidArgument);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.connections = 0; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.breaker_failures = 0; }), StatusCode::kInvalidArgument);
  EXPECT_EQ(opens([](CacheSharedOptions& shared) { shared.breaker_wait_max = milliseconds(1); }),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace cairn
