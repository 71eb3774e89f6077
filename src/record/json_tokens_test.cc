#include "record/json_tokens.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>
#include <vector>

namespace cairn {
namespace {

TEST(JsonTokens, BeginWhereBracketsStringsAndScalarsDo) {
  JsonTokens tokens;
  ASSERT_TRUE(tokens.Find(R"({"a": [1,true], "b":"x y"})"));
  EXPECT_EQ(std::vector<std::uint32_t>(tokens.places().begin(), tokens.places().end()),
            (std::vector<std::uint32_t>{0, 1, 4, 6, 7, 8, 9, 13, 14, 16, 19, 20, 25, 26}));
}

TEST(JsonTokens, AreNotSoughtWhereCareIsNeeded) {
  JsonTokens tokens;
  EXPECT_FALSE(tokens.Find(""));
  EXPECT_FALSE(tokens.Find(R"({"a\u0062":1})")) << "an escape";
  EXPECT_FALSE(tokens.Find("{\"a\":\"\xff\"}")) << "no UTF-8";
  EXPECT_FALSE(tokens.Find("{\"a\":\"\n\"}")) << "a control character in a string";
  EXPECT_FALSE(tokens.Find(R"({"a":"x)")) << "an unclosed string";
}

TEST(JsonTokens, OfTextsOfAnySizeAfterEachOther) {
  JsonTokens tokens;
  for (const std::size_t size : {10, 300'000, 100, 1'000'000}) {
    const std::string text = "[\"" + std::string(size, 'x') + "\"]";
    ASSERT_TRUE(tokens.Find(text)) << size;
    EXPECT_EQ(tokens.places().size(), 4u);
    EXPECT_EQ(tokens.places().back(), text.size());
  }
}

TEST(JsonTokens, AreReadAsADocument) {
  JsonTokens tokens;
  simdjson::dom::element root;
  for (const std::size_t size : {10, 300'000, 100}) {
    const simdjson::padded_string text(R"({"a":[1,-2.5,null],"b":")" + std::string(size, 'x') + "\"}");
    ASSERT_TRUE(tokens.Find(text));
    ASSERT_TRUE(tokens.Read(&root));
    EXPECT_EQ(simdjson::minify(root), std::string_view(text));
  }
  for (const std::string_view broken : {"[1,2", "[1 2]", "{\"a\":01}", "[tru]", "1,"}) {
    const simdjson::padded_string text(broken);
    ASSERT_TRUE(tokens.Find(text)) << broken;
    EXPECT_FALSE(tokens.Read(&root)) << broken;
  }
  const std::string deep(2000, '[');
  const simdjson::padded_string text(deep + std::string(2000, ']'));
  ASSERT_TRUE(tokens.Find(text));
  EXPECT_FALSE(tokens.Read(&root));
}

}  // namespace
}  // namespace cairn
