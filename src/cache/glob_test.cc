#include "cache/glob.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Glob, MatchesAsAShellDoes) {
  EXPECT_TRUE(GlobMatches("a*c", "abc"));
  EXPECT_TRUE(GlobMatches("a*c", "ac"));
  EXPECT_FALSE(GlobMatches("a*c", "ab"));
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_FALSE(GlobMatches("", "a"));
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_TRUE(GlobMatches("a?c", "abc"));
  EXPECT_FALSE(GlobMatches("a?c", "ac"));
  EXPECT_TRUE(GlobMatches("x[a-c]y", "xby"));
  EXPECT_FALSE(GlobMatches("x[a-c]y", "xdy"));
  EXPECT_TRUE(GlobMatches("x[!a-c]y", "xdy"));
  EXPECT_FALSE(GlobMatches("x[!a-c]y", "xby"));
  EXPECT_TRUE(GlobMatches("[]]", "]"));
  EXPECT_TRUE(GlobMatches("[a-]", "-"));
  EXPECT_TRUE(GlobMatches("*:book:*asin=B0?2*", "audnexus:book:asin=B002V1A0WE&region=us"));
  EXPECT_TRUE(GlobMatches("a*b*c", "a1b2b3c"));
  EXPECT_FALSE(GlobMatches("a*b*c", "a1c2b"));
}

TEST(Glob, CannotBeMadeToHang) {
  const std::string text(20'000, 'a');
  std::string glob;
  for (int i = 0; i < 50; ++i) glob += "*a";
  EXPECT_FALSE(GlobMatches(glob + "*b", text));
}

TEST(Glob, SaysWhatItBeginsWith) {
  EXPECT_EQ(GlobPrefix("source:op:a=1*"), "source:op:a=1");
  EXPECT_EQ(GlobPrefix("*x"), "");
  EXPECT_EQ(GlobPrefix("abc"), "abc");
}

TEST(Glob, TakesAPrefixAsItStands) {
  EXPECT_TRUE(GlobMatches(GlobOfPrefix("a*[b"), "a*[bc"));
  EXPECT_FALSE(GlobMatches(GlobOfPrefix("a*[b"), "axxb"));
}

TEST(Glob, NamesItsFault) {
  EXPECT_EQ(GlobFault("a[b-c]*"), "");
  EXPECT_EQ(GlobFault("ab[c"), "the bracket at byte 2 is not closed");
  EXPECT_FALSE(GlobMatches("ab[c", "abc"));
}

}  // namespace
}  // namespace cairn
