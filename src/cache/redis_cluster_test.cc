#include <gtest/gtest.h>

#include <set>

#include "cache/redis_client.h"
#include "cache/redis_for_test.h"

namespace cairn {
namespace {

/// One cluster for all of these tests: it takes some seconds to come up.
class RedisClusterTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (HasRedisServer()) cluster_ = std::make_unique<RedisClusterForTest>();
  }
  static void TearDownTestSuite() { cluster_.reset(); }
  void SetUp() override {
    ASSERT_TRUE(HasRedisServer()) << kNoRedisServer;
    client_ = std::make_unique<RedisClient>(*ParseRedisUrl(cluster_->url()), RedisNode::Options());
  }

  static RedisDeadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(10); }
  Result<RedisReply> Run(std::initializer_list<std::string_view> words) {
    RedisCommands command;
    command.Add(words);
    return client_->Run(RedisSlotOf(words.begin()[1]), command, Soon());
  }
  static std::size_t OwnerOf(std::uint16_t slot) { return slot * RedisClusterForTest::kPrimaries / kRedisSlots; }

  static std::unique_ptr<RedisClusterForTest> cluster_;
  std::unique_ptr<RedisClient> client_;
};
std::unique_ptr<RedisClusterForTest> RedisClusterTest::cluster_;

TEST_F(RedisClusterTest, SlotsAreAsTheServerCountsThem) {
  EXPECT_TRUE(*client_->IsCluster(Soon()));
  for (const char* key : {"foo", "a{b}c", "{}x", "a{}{b}", "{{a}}", "}{", "{cairn:07}v"}) {
    EXPECT_EQ(cluster_->server(0).Ask({"CLUSTER", "KEYSLOT", key}).integer, RedisSlotOf(key)) << key;
  }
}

TEST_F(RedisClusterTest, EachKeyGoesToItsOwnerAtOnce) {
  for (std::size_t i = 0; i < RedisClusterForTest::kPrimaries; ++i)
    (void)cluster_->server(i).Ask({"CONFIG", "RESETSTAT"});
  std::set<std::size_t> owners;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "key" + std::to_string(i);
    EXPECT_EQ(Run({"SET", key, key})->text, "OK");
    owners.insert(OwnerOf(RedisSlotOf(key)));
  }
  std::int64_t calls = 0;
  for (std::size_t i = 0; i < RedisClusterForTest::kPrimaries; ++i) calls += cluster_->server(i).Calls("set");
  EXPECT_EQ(owners.size(), RedisClusterForTest::kPrimaries);
  EXPECT_EQ(calls, 100) << "none was sent to the wrong one first";
}

TEST_F(RedisClusterTest, RequestsToManySlotsKeepTheirOrder) {
  std::vector<RedisRequest> requests(200);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string key = "many" + std::to_string(i);
    requests[i].slot = RedisSlotOf(key);
    requests[i].commands.Add({"SET", key, std::to_string(i)});
    requests[i].commands.Add({"GET", key});
  }
  std::vector<std::vector<RedisReply>> replies;
  ASSERT_TRUE(client_->RunAll(requests, Soon(), replies).ok());
  for (std::size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(replies[i].at(1).text, std::to_string(i));
}

TEST_F(RedisClusterTest, FollowsASlotThatMoved) {
  const std::string key = "moved";
  const std::uint16_t slot = RedisSlotOf(key);
  const std::size_t from = OwnerOf(slot);
  const std::size_t to = (from + 1) % RedisClusterForTest::kPrimaries;
  ASSERT_EQ(Run({"SET", key, "1"})->text, "OK");
  cluster_->MoveSlot(slot, from, to);
  EXPECT_EQ(Run({"GET", key})->text, "1");
  cluster_->MoveSlot(slot, to, from);
  std::vector<RedisRequest> requests(1);
  requests[0].slot = slot;
  requests[0].commands.Add({"GET", key});
  std::vector<std::vector<RedisReply>> replies;
  ASSERT_TRUE(client_->RunAll(requests, Soon(), replies).ok());
  EXPECT_EQ(replies[0].at(0).text, "1");
}

TEST_F(RedisClusterTest, AsksWhereASlotIsMovingTo) {
  const std::string gone = "{asking}a";
  const std::string still = "{asking}b";
  const std::uint16_t slot = RedisSlotOf(gone);
  const std::size_t from = OwnerOf(slot);
  const std::size_t to = (from + 1) % RedisClusterForTest::kPrimaries;
  ASSERT_EQ(Run({"SET", gone, "1"})->text, "OK");
  ASSERT_EQ(Run({"SET", still, "2"})->text, "OK");
  cluster_->BeginMove(slot, from, to);
  cluster_->MoveKey(gone, from, to);
  RedisCommands both;
  both.Add({"GET", gone});
  both.Add({"GET", still});
  std::vector<RedisReply> replies;
  const Status ran = client_->Run(slot, both, Soon(), replies);
  cluster_->MoveKey(still, from, to);
  cluster_->EndMove(slot, to);
  const auto moved = Run({"GET", still});
  cluster_->MoveSlot(slot, to, from);
  ASSERT_TRUE(ran.ok()) << ran;
  EXPECT_EQ(replies.at(0).text, "1");
  EXPECT_EQ(replies.at(1).text, "2");
  EXPECT_EQ(moved->text, "2");
}

// Last: afterwards another server owns the slots.
TEST_F(RedisClusterTest, TheReplicaTakesOver) {
  const std::string key = "foo";
  const std::size_t owner = OwnerOf(RedisSlotOf(key));
  RedisServerForTest& replica = cluster_->server(owner + RedisClusterForTest::kPrimaries);
  cluster_->AwaitReplicas();
  ASSERT_EQ(Run({"SET", key, "1"})->text, "OK");
  ASSERT_TRUE(
      WaitUntil([&] { return replica.Ask({"DBSIZE"}).integer == cluster_->server(owner).Ask({"DBSIZE"}).integer; }));
  cluster_->server(owner).Kill();
  EXPECT_TRUE(WaitUntil([&] {
    const auto answer = Run({"GET", key});
    return answer && answer->text == "1";
  }));
}

}  // namespace
}  // namespace cairn
