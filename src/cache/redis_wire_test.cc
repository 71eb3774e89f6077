#include <gtest/gtest.h>

#include "cache/redis_message.h"
#include "cache/redis_value.h"

namespace cairn {
namespace {

Invalidation Everything() {
  Invalidation invalidation{.verb = CacheVerb::kExpire};
  invalidation.keys.push_back({std::string("s:o:a\0b", 7), "short", "s", 0xfedcba9876543210, 7});
  invalidation.keys.push_back({"s:o:c", "s:o:c", "s", 0, 0});
  invalidation.tags = {MakeTag('t', "author:42"), MakeTag('a', "")};
  invalidation.pattern = "s:*";
  return invalidation;
}

TEST(RedisMessage, ReadsBack) {
  const Invalidation sent = Everything();
  const auto heard = DecodeInvalidation(EncodeInvalidation(sent));
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->verb, sent.verb);
  ASSERT_EQ(heard->keys.size(), 2U);
  EXPECT_EQ(heard->keys[0].text, sent.keys[0].text);
  EXPECT_EQ(heard->keys[0].short_text, "short");
  EXPECT_EQ(heard->keys[0].source, "s");
  EXPECT_EQ(heard->keys[0].hash, sent.keys[0].hash);
  EXPECT_EQ(heard->keys[0].version, 7U);
  ASSERT_EQ(heard->tags.size(), 2U);
  EXPECT_EQ(heard->tags[0].text, "t:author:42");
  EXPECT_EQ(heard->tags[0].hash, sent.tags[0].hash);
  EXPECT_EQ(heard->pattern, "s:*");
}

TEST(RedisMessage, CutAtEveryByteAndPadded) {
  const std::string bytes = EncodeInvalidation(Everything());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(DecodeInvalidation(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(DecodeInvalidation(bytes + "x"));
}

TEST(RedisMessage, OfANewerVersionIsNotUnderstood) {
  std::string bytes = EncodeInvalidation(Everything());
  bytes[0] = 2;
  EXPECT_FALSE(DecodeInvalidation(bytes));
}

TEST(RedisMessage, CountsThatCannotBeAreRefusedAtOnce) {
  std::string bytes = EncodeInvalidation({});
  bytes.replace(2, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(DecodeInvalidation(bytes));
}

TEST(RedisValue, ReadsBack) {
  std::string bytes = "entry";
  RedisValue{{1}, {{2}, {3}}, {{4, {5}}}}.AppendTo(bytes);
  const auto value = RedisValue::CutFrom(bytes);
  ASSERT_TRUE(value);
  EXPECT_EQ(bytes, "entry");
  EXPECT_EQ(value->key.count, 1U);
  EXPECT_EQ(value->implicit_tags.at(1).count, 3U);
  EXPECT_EQ(value->explicit_tags.at(0).hash, 4U);
  EXPECT_EQ(value->explicit_tags.at(0).generation.count, 5U);
}

TEST(RedisValue, CutAtEveryByte) {
  std::string whole = "G";
  RedisValue{{1}, {{2}, {3}}, {{4, {5}}}}.AppendTo(whole);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    std::string bytes = whole.substr(0, cut);
    EXPECT_FALSE(RedisValue::CutFrom(bytes)) << cut;
  }
}

TEST(RedisFence, ReadsBackForItsOwnKeyOnly) {
  const std::string bytes = RedisFence{{1}, {2}, 3, {{4}, {5}}, {{6}}}.ToBytes();
  const auto fence = RedisFence::Read(bytes, 2, 1);
  ASSERT_TRUE(fence);
  EXPECT_EQ(fence->key.count, 1U);
  EXPECT_EQ(fence->any_explicit_tag.count, 2U);
  EXPECT_EQ(fence->dead_stamp, 3U);
  EXPECT_EQ(fence->implicit_tags.at(1).count, 5U);
  EXPECT_EQ(fence->explicit_tags.at(0).count, 6U);
  EXPECT_FALSE(RedisFence::Read(bytes, 2, 2));
  EXPECT_FALSE(RedisFence::Read("", 2, 1));
}

TEST(RedisGeneration, RemovedAndExpiredAreApart) {
  const RedisGeneration then{(5ULL << 32) + 9};
  EXPECT_FALSE(then.IsExpiredSince(then));
  const RedisGeneration expired{then.count + 1};
  EXPECT_TRUE(expired.IsExpiredSince(then));
  EXPECT_FALSE(expired.IsRemovedSince(then));
  const RedisGeneration removed{then.count + (1ULL << 32)};
  EXPECT_TRUE(removed.IsRemovedSince(then));
  EXPECT_FALSE(RedisGeneration::Read("12x"));
  EXPECT_FALSE(RedisGeneration::Read(""));
  EXPECT_EQ(RedisGeneration::Read("4611686018427387903")->count, RedisGeneration::kRandomMask);
}

}  // namespace
}  // namespace cairn
