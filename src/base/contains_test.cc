#include "base/contains.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cairn {
namespace {

TEST(Contains, FindsAWordAtEachPlace) {
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      std::string text(length, '.');
      text.insert(at, "word");
      EXPECT_TRUE(Contains(text, "word")) << text;
      text[at + 2] = '.';
      EXPECT_FALSE(Contains(text, "word")) << text;
    }
  }
}

TEST(Contains, FindsAWordInQuotes) {
  for (std::size_t length = 0; length < 70; ++length) {
    for (std::size_t at = 0; at <= length; ++at) {
      std::string text(length, '"');
      text.insert(at, "\"word\"");
      EXPECT_TRUE(Contains(text, "\"word\"")) << text;
      EXPECT_FALSE(Contains(text, "\"work\"")) << text;
      text[at] = '.';
      EXPECT_FALSE(Contains(text, "\"word\"")) << text;
    }
  }
  EXPECT_TRUE(Contains(R"(,"a")", R"("a")"));
  EXPECT_TRUE(Contains(R"(,"")", R"("")"));
}

TEST(Contains, AnswersAsFindDoes) {
  std::mt19937 random(7);
  const auto text_of = [&](std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += static_cast<char>('a' + random() % 3);
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = text_of(random() % 60);
    const std::string word = text_of(random() % 7);
    EXPECT_EQ(Contains(text, word), text.find(word) != std::string::npos) << text << " " << word;
  }
}

TEST(JsonMayContain, KnowsWordsWithSpelledLetters) {
  EXPECT_TRUE(JsonMayContain(R"({"a":"tenant"})", "tenant"));
  EXPECT_TRUE(JsonMayContain(R"({"a":"ten\u0061nt"})", "tenant"));
  EXPECT_FALSE(JsonMayContain(R"({"a":"ten\nant"})", "tenant"));
  EXPECT_FALSE(JsonMayContain(R"({"a":"ten"})", "tenant"));
}

}  // namespace
}  // namespace cairn
