#include "base/json_string.h"

#include <gtest/gtest.h>

#include "base/json_text_for_test.h"

namespace cairn {
namespace {

TEST(UnescapeJson, KnowsEveryEscape) {
  EXPECT_EQ(UnescapeJson(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(UnescapeJson(R"(\u0041\u00e9\u65E5\ud83d\uDE00)"), "Aé日😀");
  EXPECT_EQ(UnescapeJson(R"(a\u0000b)"), std::string("a\0b", 3));
}

TEST(UnescapeJson, HalfAPairIsTheReplacementCharacter) {
  EXPECT_EQ(UnescapeJson(R"(\ud83d)"), "\uFFFD");
  EXPECT_EQ(UnescapeJson(R"(\ude00x)"), "\uFFFDx");
  EXPECT_EQ(UnescapeJson(R"(\ud83d\u0041)"), "\uFFFDA");
  EXPECT_EQ(UnescapeJson(R"(\ud83d\ud83d\ude00)"), "\uFFFD😀");
}

TEST(UnescapeJson, WhatIsNoEscapeStays) {
  EXPECT_EQ(UnescapeJson(R"(\x \u12 \uzzzz)"), R"(\x \u12 \uzzzz)");
  EXPECT_EQ(UnescapeJson("\\"), "\\");
}

TEST(UnescapeJson, UndoesAnySpelling) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = RandomText(random);
    const std::string json = RandomJsonString(random, text);
    ASSERT_EQ(UnescapeJson(std::string_view(json).substr(1, json.size() - 2)), text) << json;
  }
}

}  // namespace
}  // namespace cairn
