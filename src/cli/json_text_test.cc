#include "cli/json_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cairn {
namespace {

TEST(PrettyJson, WhatIsShortStaysOnOneLine) {
  EXPECT_EQ(PrettyJson(R"({"a":[1,2],"b":"x:y,z"})"), R"({"a": [1, 2], "b": "x:y,z"})");
  EXPECT_EQ(PrettyJson("{}"), "{}");
  EXPECT_EQ(PrettyJson("12"), "12");
}

TEST(PrettyJson, WhatIsLongIsIndented) {
  const std::string text(80, 'x');
  EXPECT_EQ(PrettyJson("{\"a\":{\"b\":\"" + text + "\"},\"c\":[1]}", 1),
            "{\n   \"a\": {\n     \"b\": \"" + text + "\"\n   },\n   \"c\": [1]\n }");
}

TEST(PrettyJson, BrokenTextEndsToo) {
  for (const std::string_view text : {"{\"a", "}}}]", "[\"\\", "{{{{", ""}) {
    std::string out = PrettyJson(text);
    std::erase_if(out, [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_EQ(out, text);
  }
}

}  // namespace
}  // namespace cairn
