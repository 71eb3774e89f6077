#include "cache/redis_client.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "cache/redis_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

RedisDeadline Within(int ms) { return std::chrono::steady_clock::now() + milliseconds(ms); }

RedisCommands Command(std::initializer_list<std::string_view> words) {
  RedisCommands command;
  command.Add(words);
  return command;
}

class RedisClientTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(HasRedisServer()) << kNoRedisServer; }
  static std::unique_ptr<RedisClient> Client(const std::string& url, RedisNode::Options options = {}) {
    return std::make_unique<RedisClient>(*ParseRedisUrl(url), options);
  }
  static Result<RedisReply> Run(RedisClient& client, std::initializer_list<std::string_view> words, int ms = 5000) {
    return client.Run(words.size() > 1 ? RedisSlotOf(words.begin()[1]) : 0, Command(words), Within(ms));
  }
};

TEST_F(RedisClientTest, AnswersOfEveryKind) {
  const RedisServerForTest server;
  const auto client = Client(server.url());
  EXPECT_FALSE(*client->IsCluster(Within(5000)));
  EXPECT_EQ(Run(*client, {"SET", "a", std::string_view("1\r\n\0x", 5)})->text, "OK");
  EXPECT_EQ(Run(*client, {"GET", "a"})->text, std::string("1\r\n\0x", 5));
  EXPECT_TRUE(Run(*client, {"GET", "none"})->is_nil());
  EXPECT_EQ(Run(*client, {"INCRBY", "n", "-7"})->integer, -7);
  const RedisReply list = *Run(*client, {"EVAL", "return {1, {'b', {}}, redis.status_reply('S')}", "0"});
  ASSERT_TRUE(list.IsArray(3));
  EXPECT_EQ(list.elements[1].elements[0].text, "b");
  EXPECT_TRUE(list.elements[1].elements[1].IsArray(0));
  EXPECT_EQ(list.elements[2].kind, RedisReply::Kind::kStatus);
  const RedisReply error = *Run(*client, {"INCR", "a"});
  EXPECT_TRUE(error.IsError("ERR")) << error.text;
  EXPECT_EQ(error.status().code(), StatusCode::kInternal);
}

TEST_F(RedisClientTest, PipelineTakesOneRoundTripAndKeepsTheOrder) {
  const RedisServerForTest server;
  const auto client = Client(server.url());
  RedisCommands commands;
  for (int i = 0; i < 1000; ++i) commands.Add({"INCR", "n"});
  std::vector<RedisReply> replies;
  ASSERT_TRUE(client->Run(0, commands, Within(5000), replies).ok());
  ASSERT_EQ(replies.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(replies[static_cast<std::size_t>(i)].integer, i + 1);
}

TEST_F(RedisClientTest, LargeValues) {
  const RedisServerForTest server;
  const auto client = Client(server.url());
  std::string value(32 << 20, 'x');
  value[12345] = '\0';
  EXPECT_EQ(Run(*client, {"SET", "a", value}, 30'000)->text, "OK");
  EXPECT_EQ(Run(*client, {"GET", "a"}, 30'000)->text, value);
}

TEST_F(RedisClientTest, PasswordAndDatabase) {
  const RedisServerForTest server({"--requirepass", "p@ss word", "--user", "bob", "on", ">b:2", "~*", "+@all"});
  const std::string host = server.endpoint().ToString();
  EXPECT_EQ(Run(*Client("redis://:p%40ss%20word@" + host + "/3"), {"SET", "a", "3"})->text, "OK");
  EXPECT_EQ(Run(*Client("redis://bob:b%3A2@" + host + "/3"), {"GET", "a"})->text, "3");
  EXPECT_TRUE(Run(*Client("redis://bob:b%3A2@" + host), {"GET", "a"})->is_nil());
  const auto refused = Run(*Client("redis://:wrong@" + host), {"GET", "a"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), StatusCode::kUnauthenticated) << refused.error();
  EXPECT_EQ(refused.error().message().find("wrong@"), std::string::npos);
  EXPECT_EQ(Run(*Client("redis://" + host), {"GET", "a"}).error().code(), StatusCode::kUnauthenticated);
}

TEST_F(RedisClientTest, UnixSocket) {
  const RedisServerForTest server({"--unixsocket", "socket"});
  EXPECT_EQ(Run(*Client("unix://" + server.dir() + "/socket?db=1"), {"SET", "a", "1"})->text, "OK");
  EXPECT_EQ(Run(*Client(server.url() + "/1"), {"GET", "a"})->text, "1");
}

TEST_F(RedisClientTest, NobodyListens) {
  RedisServerForTest server;
  server.Kill();
  const auto client = Client(server.url(), {.breaker = {.failures = 2, .wait_min = milliseconds(60'000)}});
  for (int i = 0; i < 2; ++i) {
    const auto answer = Run(*client, {"GET", "a"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), StatusCode::kUnavailable);
  }
  // The breaker is open: a server that has come back is not asked before the wait is over.
  server.Start();
  EXPECT_EQ(Run(*client, {"GET", "a"}).error().code(), StatusCode::kUnavailable);
  EXPECT_EQ(server.Calls("get"), 0);
}

TEST_F(RedisClientTest, NamesThatDoNotResolve) {
  const auto answer = Run(*Client("redis://no-such-host.invalid"), {"GET", "a"}, 300);
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().code() == StatusCode::kUnavailable ||
              answer.error().code() == StatusCode::kDeadlineExceeded)
      << answer.error();
}

TEST_F(RedisClientTest, ServerThatHangsIsLeftAtTheDeadline) {
  const RedisServerForTest server;
  const auto client = Client(server.url(), {.breaker = {.failures = 3, .wait_min = milliseconds(1)}});
  ASSERT_TRUE(Run(*client, {"SET", "a", "1"}));
  server.Freeze();
  const auto began = std::chrono::steady_clock::now();
  const auto answer = Run(*client, {"GET", "a"}, 50);
  const auto took = std::chrono::steady_clock::now() - began;
  server.Thaw();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), StatusCode::kDeadlineExceeded);
  EXPECT_GE(took, milliseconds(50));
  EXPECT_LT(took, milliseconds(2000));
  // The late answer is never taken for another question's.
  EXPECT_EQ(Run(*client, {"INCR", "n"})->integer, 1);
}

TEST_F(RedisClientTest, ServerThatRestartedIsMetAgainAtOnce) {
  RedisServerForTest server;
  const auto client = Client(server.url());
  ASSERT_TRUE(Run(*client, {"SET", "a", "1"}));
  server.Kill();
  server.Start();
  const auto answer = Run(*client, {"GET", "a"});
  ASSERT_TRUE(answer) << answer.status();
  EXPECT_TRUE(answer->is_nil());
}

TEST_F(RedisClientTest, CallersBeyondTheConnectionsWait) {
  const RedisServerForTest server;
  const auto client = Client(server.url(), {.pool = {.connections_max = 1}});
  ASSERT_TRUE(Run(*client, {"PING"}));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) EXPECT_TRUE(Run(*client, {"INCR", "n"}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Run(*client, {"GET", "n"})->text, "1000");

  // Where none comes free in time the server is not blamed.
  std::thread blocker([&] { EXPECT_TRUE(Run(*client, {"BLPOP", "list", "0"})); });
  ASSERT_TRUE(WaitUntil([&] {
    return server.Ask({"INFO", "clients"}).text.find("blocked_clients:1") != std::string::npos;
  }));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Run(*client, {"PING"}, 1).error().code(), StatusCode::kResourceExhausted);
  }
  (void)server.Ask({"LPUSH", "list", "x"});
  blocker.join();
  EXPECT_TRUE(Run(*client, {"PING"}));
}

TEST_F(RedisClientTest, ForkedChildTakesNoAnswerOfItsParent) {
  const RedisServerForTest server;
  const auto client = Client(server.url());
  ASSERT_TRUE(Run(*client, {"SET", "who", "parent"}));
  const pid_t child = fork();
  if (child == 0) {
    bool ok = true;
    for (int i = 0; i < 200; ++i) ok = ok && Run(*client, {"ECHO", "child"})->text == "child";
    _exit(ok ? 0 : 1);
  }
  for (int i = 0; i < 200; ++i) EXPECT_EQ(Run(*client, {"ECHO", "parent"})->text, "parent");
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(RedisClientTest, DamagedAnswersBreakTheConnection) {
  RedisReplyReader reader;
  RedisReply reply;
  ASSERT_TRUE(reader.Feed("hello\r\n", 7).ok());
  EXPECT_EQ(reader.Take(reply).error().code(), StatusCode::kDataLoss);
}

TEST_F(RedisClientTest, AnswersCutAtEveryByte) {
  const std::string bytes = "*3\r\n$3\r\na\r\n\r\n:-5\r\n*2\r\n$-1\r\n-ERR x\r\n+OK\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    RedisReplyReader reader;
    RedisReply reply;
    std::size_t answers = 0;
    for (const std::string& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
      ASSERT_TRUE(reader.Feed(part.data(), part.size()).ok());
      while (*reader.Take(reply)) ++answers;
    }
    EXPECT_EQ(answers, 2U) << cut;
    EXPECT_EQ(reply.text, "OK");
  }
}

}  // namespace
}  // namespace cairn
