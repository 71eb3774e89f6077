#include <gtest/gtest.h>

#include <map>
#include <random>

#include "cache/operation_for_test.h"

namespace cairn {
namespace {

std::string Text(const std::vector<CacheParam>& params) { return OperationForTest().Key(params)->text(); }

TEST(CacheKey, Rule6KeysAreUnambiguous) {
  EXPECT_EQ(Text({{"a", "1"}}), "source:op:a=1");
  EXPECT_EQ(Text({{"a", "1"}, {"b", 2}}), "source:op:a=1&b=:2");
  // One text with an ampersand is not two parameters.
  EXPECT_EQ(Text({{"a", "1&b=2"}}), "source:op:a=1%26b%3D2");
  EXPECT_NE(Text({{"a", "1&b=2"}}), Text({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(Text({{"a", "%26"}}), "source:op:a=%2526");
  EXPECT_EQ(Text({{"a:*", "x"}}), "source:op:a%3A%2A=x");
}

TEST(CacheKey, OrderOfParametersDoesNotMatter) { EXPECT_EQ(Text({{"b", 2}, {"a", 1}}), Text({{"a", 1}, {"b", 2}})); }

TEST(CacheKey, TypesAreApart) {
  const std::vector<std::vector<CacheParam>> all = {
      {},
      {{"a", 1}},
      {{"a", 1.0}},
      {{"a", "1"}},
      {{"a", true}},
      {{"a", "true"}},
      {{"a", nullptr}},
      {{"a", "null"}},
      {{"a", "None"}},
      {{"a", ""}},
      {{"a", ":1"}},
      {{"a", ":null"}},
      {{"a", false}},
      {{"a", 0}},
  };
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [at, is_new] = seen.emplace(Text(all[i]), i);
    EXPECT_TRUE(is_new) << i << " and " << at->second << " both make " << at->first;
  }
  EXPECT_EQ(Text({{"a", -0.0}}), Text({{"a", 0.0}}));
  EXPECT_EQ(Text({{"a", 1e300}}), "source:op:a=:1e+300");
}

TEST(CacheKey, BytesThatAreNoTextAreEscaped) {
  EXPECT_EQ(Text({{"a", "\xff\xc3\xa9"}}), "source:op:a=%FF%C3%A9");
  EXPECT_EQ(Text({{"a", "\xc3\xa9"}}), "source:op:a=\xc3\xa9");
  EXPECT_EQ(Text({{"a", std::string("\0\n", 2)}}), "source:op:a=%00%0A");
}

TEST(CacheKey, RefusesDoubledAndNamelessParameters) {
  const OperationForTest operation;
  EXPECT_EQ(operation.Key({{"a", 1}, {"a", 2}}).error().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(operation.Key({{"", 1}}).error().code(), StatusCode::kInvalidArgument);
}

TEST(CacheKey, DifferentParametersNeverMeet) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string letters = "ab=&:%1@";
  const auto text = [&] {
    std::string out;
    for (std::size_t i = random() % 4; i > 0; --i) out += letters[random() % letters.size()];
    return out;
  };
  std::map<std::string, std::map<std::string, std::string>> seen;
  for (int i = 0; i < 20'000; ++i) {
    std::map<std::string, std::string> params;
    for (std::size_t n = random() % 3; n > 0; --n) params["n" + text()] = text();
    std::vector<CacheParam> list;
    for (const auto& [name, value] : params) list.push_back({name, value});
    const auto [at, is_new] = seen.emplace(Text(list), params);
    ASSERT_EQ(at->second, params) << at->first;
  }
}

TEST(CacheKey, LongOnesAreCutAndHashed) {
  const OperationForTest operation;
  const std::string filler(300, 'x');
  const CacheKey a = *operation.Key({{"a", filler + "1"}});
  const CacheKey b = *operation.Key({{"a", filler + "2"}});
  EXPECT_EQ(a.short_text().size(), CacheKey::kShortBytes);
  EXPECT_NE(a.short_text(), b.short_text());
  EXPECT_EQ(a.short_text().substr(0, 100), a.text().substr(0, 100));
  EXPECT_FALSE(a == b);
  const CacheKey brief = *operation.Key({{"a", 1}});
  EXPECT_EQ(brief.short_text(), brief.text());
}

TEST(CacheKey, UsersGoInAsAKeyedHash) {
  CachePolicy policy;
  policy.per_user = true;
  const OperationForTest ours(policy, "one");
  const OperationForTest others(policy, "two");
  const CacheKey key = *ours.KeyOfUser("ann@example.org", {{"a", 1}});
  EXPECT_EQ(key.text().find("ann"), std::string::npos);
  EXPECT_EQ(key.user().size(), 32U);
  EXPECT_EQ(key.text(), "source:op:@=" + std::string(key.user()) + "&a=:1");
  EXPECT_EQ(*ours.KeyOfUser("ann@example.org", {{"a", 1}}), key);
  EXPECT_NE(ours.KeyOfUser("bob", {{"a", 1}})->text(), key.text());
  EXPECT_NE(others.KeyOfUser("ann@example.org", {{"a", 1}})->text(), key.text());
  EXPECT_EQ(ours.Key({{"a", 1}}).error().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ours.KeyOfUser("", {}).error().code(), StatusCode::kInvalidArgument);
}

TEST(CacheKey, ReadsBackItsText) {
  const OperationForTest operation;
  const CacheKey key = *operation.Key({{"a", "x y"}});
  EXPECT_EQ(*operation.KeyOfText(key.text()), key);
  EXPECT_EQ(operation.KeyOfText("source:other:a=1").error().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(operation.KeyOfText("source:op").error().code(), StatusCode::kInvalidArgument);
}

TEST(CacheKey, VersionsArePlacedApart) {
  CachePolicy newer;
  newer.schema_version = 2;
  CachePolicy other_codec;
  other_codec.codec = "json";
  const CacheKey a = *OperationForTest().Key({{"a", 1}});
  for (const CachePolicy& policy : {newer, other_codec}) {
    const OperationForTest operation(policy);
    const CacheKey b = *operation.Key({{"a", 1}});
    EXPECT_EQ(a.text(), b.text());
    EXPECT_NE(a.hash(), b.hash());
    EXPECT_EQ(a.text_hash(), b.text_hash());
  }
}

}  // namespace
}  // namespace cairn
