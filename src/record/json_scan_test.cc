#include "record/json_scan.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "fixtures.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

/// A copy that ends where its memory ends, so that a sanitizer sees a read beyond it.
struct ExactCopy {
  explicit ExactCopy(std::string_view text) : bytes(new char[text.size()]), size(text.size()) {
    if (size != 0) std::memcpy(bytes.get(), text.data(), size);
  }
  [[nodiscard]] std::string_view view() const { return {bytes.get(), size}; }
  std::unique_ptr<char[]> bytes;
  std::size_t size;
};

TEST(JsonScan, TakesValuesOfEveryKind) {
  for (const std::string_view value :
       {R"("text")", R"("")", R"("quote \" and \\")",
        R"("a long text of more than sixteen bytes \\\" with } ] , inside")", "0", "-1.5e+10", "true", "false", "null",
        "{}", "[]", R"({"a":[1,{"b":"]}"}],"c":"}"})", R"([[[]],"[",{"x":{}}])"}) {
    const std::string text = std::string(value) + ",next";
    JsonCursor cursor(text);
    std::string_view taken;
    ASSERT_TRUE(TakeValue(cursor, &taken)) << text;
    EXPECT_EQ(taken, value);
    EXPECT_EQ(cursor.Peek(), ',');
  }
}

TEST(JsonScan, FindsTheEndWhereverBlocksBegin) {
  // Quotes, escapes and brackets at every place of the 64 bytes that are looked at together.
  const std::vector<std::string> inside = {R"("\\")",       R"("}\"]")",         R"(["\\\\",{}])", R"({"\\\"}":[[]]})",
                                           R"("\\","\"]")", R"({"a":{"b":{}}})", R"([1,[2,[3]]])", R"("")"};
  for (const std::string& part : inside) {
    for (std::size_t before = 0; before < 140; ++before) {
      for (const std::size_t after : {0U, 1U, 63U, 64U, 200U}) {
        const std::string value =
            "[\"" + std::string(before, 'x') + "\"," + part + ",\"" + std::string(after, 'y') + "\"]";
        const std::string text = value + "]}\"";
        JsonCursor cursor(text);
        std::string_view taken;
        ASSERT_TRUE(TakeValue(cursor, &taken)) << text;
        ASSERT_EQ(taken, value);
      }
    }
  }
}

TEST(JsonScan, WalksMembersAndElements) {
  const std::string_view text = R"({"a":1,"b\"c":[true,"x"],"":{}})";
  JsonCursor cursor(text);
  std::vector<std::string> seen;
  EXPECT_TRUE(WalkObject(cursor, [&](std::string_view key) {
    seen.emplace_back(key);
    if (cursor.Peek() != '[') return SkipValue(cursor);
    return WalkArray(cursor, [&] {
      std::string_view element;
      const bool ok = TakeValue(cursor, &element);
      seen.emplace_back(element);
      return ok;
    });
  }));
  EXPECT_EQ(seen, (std::vector<std::string>{"a", R"(b\"c)", "true", R"("x")", ""}));
  EXPECT_EQ(cursor.Peek(), '\0');
}

TEST(JsonScan, KeysAreComparedByWhatTheyMean) {
  EXPECT_TRUE(KeyIs("run", "run"));
  EXPECT_TRUE(KeyIs("r\\u0075n", "run"));
  EXPECT_FALSE(KeyIs("runs", "run"));
  EXPECT_FALSE(KeyIs("r\\\\u0075n", "run"));
}

TEST(JsonScan, UnescapesAsTheParserDoes) {
  simdjson::dom::parser parser;
  std::mt19937 random(std::random_device{}());
  const unsigned seed = random();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random.seed(seed);
  const std::vector<std::string> pieces = {
      "a",   "ü",   "🕷",    "\\n",     "\\t",     "\\\"",    "\\\\",           "\\/",        "\\b",
      "\\f", "\\r", "\\u0041", "\\u00fc", "\\u20AC", "\\u0000", "\\ud83d\\udd77", "plain text", " "};
  for (int i = 0; i < 2000; ++i) {
    std::string raw;
    for (unsigned n = random() % 12; n > 0; --n) raw += pieces[random() % pieces.size()];
    std::string_view expected;
    ASSERT_EQ(parser.parse("\"" + raw + "\"").get_string().get(expected), simdjson::SUCCESS) << raw;
    EXPECT_EQ(UnescapeJson(raw), expected) << raw;
  }
}

TEST(JsonScan, DamagedEscapesDoNoHarm) {
  for (const std::string_view raw :
       {"\\", "a\\", "\\u", "\\u12", "\\ud83d", "\\ud83d\\u", "\\ud83d\\u0041", "\\udd77", "\\q"}) {
    const ExactCopy copy(raw);
    EXPECT_LE(UnescapeJson(copy.view()).size(), raw.size() + 3) << raw;
  }
}

TEST(JsonScan, CutAtEveryByteItEndsEarly) {
  const std::string text =
      R"({"key with \" quote":"value \\ of some length, more than a block","n":[1,{"a":"}"},-2e5],"t":true})";
  for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
    const ExactCopy copy(std::string_view(text).substr(0, bytes));
    JsonCursor whole(copy.view());
    EXPECT_FALSE(SkipValue(whole)) << bytes;
    JsonCursor walk(copy.view());
    EXPECT_FALSE(WalkObject(walk, [&](std::string_view) { return SkipValue(walk); })) << bytes;
  }
}

TEST(JsonScan, StepsOverEveryFixtureWhole) {
  CAIRN_NEED_FIXTURES(fixtures);
  for (const auto& event : FixtureEvents(fixtures)) {
    const ExactCopy copy(event.json);
    JsonCursor cursor(copy.view());
    EXPECT_TRUE(SkipValue(cursor)) << event.name;
    EXPECT_EQ(cursor.at, cursor.end) << event.name;
  }
}

}  // namespace
}  // namespace cairn
