#include "base/json.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

namespace cairn {
namespace {

using namespace std::string_literals;

TEST(JsonString, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(JsonString(""), R"("")");
  EXPECT_EQ(JsonString("plain"), R"("plain")");
  EXPECT_EQ(JsonString("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(JsonString("\0\x01\x1f\x7f"s), "\"\\u0000\\u0001\\u001f\x7f\"");
}

TEST(JsonString, LeavesEverythingElseAsItIs) { EXPECT_EQ(JsonString("größe 日本 😀 / <b>"), "\"größe 日本 😀 / <b>\""); }

TEST(JsonString, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(JsonString("a\xff\"b"), "\"a\uFFFD\\\"b\"");
  EXPECT_EQ(JsonString("\xe6\x97"), "\"\uFFFD\uFFFD\"") << "a sequence cut short";
  EXPECT_EQ(JsonString("\xc0\xaf"), "\"\uFFFD\uFFFD\"") << "an overlong spelling of /";
  EXPECT_EQ(JsonString("日\x80本"), "\"日\uFFFD本\"");
}

TEST(JsonString, Appends) {
  std::string out = "[";
  AppendJsonString(out, "a");
  EXPECT_EQ(out, "[\"a\"");
}

// What is escaped, byte by byte, whatever stands around it.
TEST(JsonString, FindsEachByteAtEachPlace) {
  for (std::size_t length = 1; length < 35; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 0x80; ++byte) {
        const char c = static_cast<char>(byte);
        std::string text(length, 'a');
        text[at] = c;
        const std::string one = JsonString(std::string(1, c));
        const std::string wanted = '"' + text.substr(0, at) + one.substr(1, one.size() - 2) + text.substr(at + 1) + '"';
        ASSERT_EQ(JsonString(text), wanted) << length << " " << at << " " << byte;
        std::string written(JsonStringBytesMax(length), '?');
        written.resize(static_cast<std::size_t>(WriteJsonString(written.data(), text) - written.data()));
        ASSERT_EQ(written, wanted) << length << " " << at << " " << byte;
      }
    }
  }
}

TEST(IsUtf8, KnowsTheDifference) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("日本 😀"));
  EXPECT_TRUE(IsUtf8("\0"s));
  for (const std::string& text : {"\xff"s, "\x80"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe6\x97"s}) {
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(text);
  }
}

TEST(JsonString, AnyTextReadsBack) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  static constexpr std::string_view kPieces[] = {"a", "\"", "\\", "\n", "\x01", "é", "日", "😀", "/", "\x7f", "u0041"};
  simdjson::dom::parser parser;
  for (int i = 0; i < 5'000; ++i) {
    std::string text;
    for (std::size_t pieces = random() % 8; pieces > 0; --pieces) text += kPieces[random() % std::size(kPieces)];
    std::string_view back;
    ASSERT_EQ(parser.parse(JsonString(text)).get_string().get(back), simdjson::SUCCESS) << JsonString(text);
    ASSERT_EQ(back, text);
  }
}

}  // namespace
}  // namespace cairn
