#include "query/glob.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "query/mistake.h"

namespace cairn {
namespace {

TEST(GlobMatch, StarIsAnyRunAndQuestionMarkOneCharacter) {
  EXPECT_TRUE(GlobMatch("", ""));
  EXPECT_TRUE(GlobMatch("*", ""));
  EXPECT_TRUE(GlobMatch("crm:*", "crm:public.orders"));
  EXPECT_TRUE(GlobMatch("*.orders", "crm:public.orders"));
  EXPECT_TRUE(GlobMatch("*a*b*", "xxaxxbxx"));
  EXPECT_TRUE(GlobMatch("a?c", "abc"));
  EXPECT_FALSE(GlobMatch("a?c", "ac"));
  EXPECT_FALSE(GlobMatch("?", ""));
  EXPECT_FALSE(GlobMatch("abc", "abcd"));
  EXPECT_FALSE(GlobMatch("abcd", "abc"));
  EXPECT_FALSE(GlobMatch("*.orders", "crm:public.orders2"));
}

TEST(GlobMatch, EveryOtherCharacterIsItself) {
  EXPECT_TRUE(GlobMatch("[a].\\+", "[a].\\+"));
  EXPECT_FALSE(GlobMatch("[a]", "a"));
  EXPECT_FALSE(GlobMatch("A", "a"));
}

TEST(GlobMatch, AQuestionMarkIsACodePoint) {
  EXPECT_TRUE(GlobMatch("gr??e", "größe"));
  EXPECT_TRUE(GlobMatch("?", "😀"));
  EXPECT_FALSE(GlobMatch("??", "😀"));
  EXPECT_FALSE(GlobMatch("*???", "日本"));
  EXPECT_TRUE(GlobMatch("??", "\xFF\xC3")) << "bytes that are no UTF-8 count one by one";
}

TEST(GlobMatch, ManyStarsTakeNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(GlobMatch(pattern + "*b", std::string(20'000, 'a')));
}

bool Naive(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*')
    return Naive(pattern.substr(1), text) || (!text.empty() && Naive(pattern, text.substr(CharacterBytes(text, 0))));
  if (text.empty()) return false;
  if (pattern[0] == '?') return Naive(pattern.substr(1), text.substr(CharacterBytes(text, 0)));
  return pattern[0] == text[0] && Naive(pattern.substr(1), text.substr(1));
}

TEST(GlobMatch, AgreesWithThePlainDefinition) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const std::vector<std::string> pieces = {"a", "b", "é", "*", "?"};
  for (int round = 0; round < 50'000; ++round) {
    std::string pattern;
    std::string text;
    for (auto n = random() % 8; n != 0; --n) pattern += pieces[random() % 5];
    for (auto n = random() % 10; n != 0; --n) text += pieces[random() % 3];
    ASSERT_EQ(GlobMatch(pattern, text), Naive(pattern, text)) << pattern << " " << text;
  }
}

}  // namespace
}  // namespace cairn
