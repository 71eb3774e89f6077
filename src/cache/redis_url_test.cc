#include "cache/redis_url.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

RedisUrl Parsed(std::string_view text) {
  auto url = ParseRedisUrl(text);
  EXPECT_TRUE(url) << url.status();
  return url ? *url : RedisUrl{{{"none", 1}}};
}

TEST(RedisUrl, HostAlone) {
  const RedisUrl url = Parsed("redis://cache.example");
  EXPECT_EQ(url.doors, (std::vector<RedisEndpoint>{{"cache.example", 6379}}));
  EXPECT_EQ(url.password, "");
  EXPECT_EQ(url.db, 0);
  EXPECT_FALSE(url.tls);
}

TEST(RedisUrl, Everything) {
  const RedisUrl url = Parsed("rediss://bob:p%40ss%3A1@10.0.0.1:7000,[::1]:7001/3?ca=%2Fetc%2Fca.pem&cert=c&key=k");
  EXPECT_EQ(url.doors, (std::vector<RedisEndpoint>{{"10.0.0.1", 7000}, {"::1", 7001}}));
  EXPECT_EQ(url.user, "bob");
  EXPECT_EQ(url.password, "p@ss:1");
  EXPECT_EQ(url.db, 3);
  EXPECT_TRUE(url.tls);
  EXPECT_EQ(url.ca_file, "/etc/ca.pem");
  EXPECT_EQ(url.cert_file, "c");
  EXPECT_EQ(url.key_file, "k");
}

TEST(RedisUrl, PasswordAloneIsTheDefaultUsers) {
  const RedisUrl url = Parsed("redis://:secret@h");
  EXPECT_EQ(url.user, "");
  EXPECT_EQ(url.password, "secret");
}

TEST(RedisUrl, Socket) {
  const RedisUrl url = Parsed("unix:///run/redis.sock?db=2");
  EXPECT_TRUE(url.doors.at(0).is_socket());
  EXPECT_EQ(url.doors.at(0).ToString(), "/run/redis.sock");
  EXPECT_EQ(url.db, 2);
}

TEST(RedisUrl, MessagesHoldNoPassword) {
  EXPECT_EQ(Parsed("redis://bob:secret@h:7/1").ToString(), "redis://h:7/1");
  for (const char* text :
       {"http://bob:secret@h", "redis://bob:secret@h:0", "redis://bob:secret@", "redis://b:secret%@h",
        "redis://bob:secret@h/x", "redis://bob:secret@h?db=x", "redis://bob:secret@h?color=red"}) {
    const auto url = ParseRedisUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(url.error().message().find("secret"), std::string::npos) << url.error();
  }
}

TEST(RedisUrl, RefusesWhatItCannotRead) {
  for (const char* text : {"", "redis:", "redis://", "redis://h:99999", "redis://[::1", "redis://[::1]x",
                           "unix://relative", "redis://user@h", "redis://h/-1", "redis://h?ca=x", "redis://,h"}) {
    EXPECT_FALSE(ParseRedisUrl(text)) << text;
  }
}

}  // namespace
}  // namespace cairn
