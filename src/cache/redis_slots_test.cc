#include "cache/redis_slots.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

RedisReply Integer(std::int64_t value) { return {.kind = RedisReply::Kind::kInteger, .integer = value}; }
RedisReply Text(std::string value) { return {.kind = RedisReply::Kind::kText, .text = RedisText(value)}; }
RedisReply Array(std::vector<RedisReply> elements) {
  return {.kind = RedisReply::Kind::kArray, .elements = std::move(elements)};
}
RedisReply Range(std::int64_t first, std::int64_t last, std::string host, std::int64_t port) {
  return Array({Integer(first), Integer(last), Array({Text(std::move(host)), Integer(port), Text("id")})});
}

// The values are `CLUSTER KEYSLOT`'s of Redis 7.
TEST(RedisSlots, SlotsAreTheServers) {
  EXPECT_EQ(RedisSlotOf("123456789"), 0x31C3 % 16384);
  EXPECT_EQ(RedisSlotOf(""), 0);
  EXPECT_EQ(RedisSlotOf("foo"), 12182);
}

TEST(RedisSlots, HashTagDecides) {
  EXPECT_EQ(RedisSlotOf("a{user1000}.x"), RedisSlotOf("user1000"));
  EXPECT_EQ(RedisSlotOf("{a}{b}"), RedisSlotOf("a"));
  EXPECT_EQ(RedisSlotOf("foo{{bar}}zap"), RedisSlotOf("{bar"));
  EXPECT_NE(RedisSlotOf("{}a"), RedisSlotOf("{}b")) << "an empty tag is no tag";
  EXPECT_NE(RedisSlotOf("{a"), RedisSlotOf("a")) << "an open brace alone is no tag";
}

TEST(RedisSlots, MapOfRanges) {
  const auto map = RedisSlotMap::Read(
      Array({Range(0, 100, "10.0.0.1", 7000), Range(101, 16383, "10.0.0.2", 7001), Range(50, 50, "", 7002)}),
      {"door", 7000});
  ASSERT_TRUE(map) << map.status();
  EXPECT_EQ(map->owners[map->owner_of[0]], (RedisEndpoint{"10.0.0.1", 7000}));
  EXPECT_EQ(map->owners[map->owner_of[101]], (RedisEndpoint{"10.0.0.2", 7001}));
  EXPECT_EQ(map->owners[map->owner_of[50]], (RedisEndpoint{"door", 7002})) << "a node without a name is the one asked";
}

TEST(RedisSlots, SlotsThatNobodyOwns) {
  const auto map = RedisSlotMap::Read(Array({Range(0, 0, "h", 1)}), {"door", 1});
  ASSERT_TRUE(map);
  EXPECT_EQ(map->owner_of[1], RedisSlotMap::kNobody);
}

TEST(RedisSlots, DamagedMapsAreRefused) {
  EXPECT_FALSE(RedisSlotMap::Read(Text("x"), {"door", 1}));
  EXPECT_FALSE(RedisSlotMap::Read(Array({Array({Integer(0), Integer(1)})}), {"door", 1}));
  EXPECT_FALSE(RedisSlotMap::Read(Array({Range(0, 16384, "h", 1)}), {"door", 1}));
  EXPECT_FALSE(RedisSlotMap::Read(Array({Range(5, 4, "h", 1)}), {"door", 1}));
}

TEST(RedisSlots, Redirections) {
  const RedisEndpoint asked{"door", 1};
  EXPECT_EQ(*RedirectionOf("MOVED 12182 10.0.0.1:6381", asked), (RedisEndpoint{"10.0.0.1", 6381}));
  EXPECT_EQ(*RedirectionOf("ASK 12182 ::1:6381", asked), (RedisEndpoint{"::1", 6381}));
  EXPECT_EQ(*RedirectionOf("MOVED 12182 :6381", asked), (RedisEndpoint{"door", 6381}));
  EXPECT_FALSE(RedirectionOf("MOVED", asked));
  EXPECT_FALSE(RedirectionOf("MOVED 1 h:0", asked));
  EXPECT_FALSE(RedirectionOf("MOVED 1 h:x", asked));
}

}  // namespace
}  // namespace cairn
