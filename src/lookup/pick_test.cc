#include "lookup/pick.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

std::vector<std::optional<std::string>> Pick(std::string_view json, const std::vector<std::string>& texts) {
  std::vector<Path> paths;
  for (const std::string& text : texts) {
    auto path = ParseAnswerPath(text);
    EXPECT_TRUE(path) << path.status();
    paths.push_back(*path);
  }
  auto picked = PickJson(json, paths);
  EXPECT_TRUE(picked) << picked.status();
  return *picked;
}

TEST(Pick, FieldsOfObjectsAndLists) {
  const auto picked = Pick(R"( {"a": {"b c": [1, {"d": "é\n"}]}, "n": null, "e": [], "f": false} )",
                           {"a.\"b c\"[1].d", "a", "n", "e", "f", "missing", "a.b", "e[0]", "n.x", "a[0]"});
  EXPECT_EQ(picked[0], "\"é\\n\"");
  EXPECT_EQ(picked[1], R"({"b c":[1,{"d":"é\n"}]})");
  EXPECT_EQ(picked[2], "null");
  EXPECT_EQ(picked[3], "[]");
  EXPECT_EQ(picked[4], "false");
  for (std::size_t i = 5; i < picked.size(); ++i) EXPECT_EQ(picked[i], std::nullopt) << i;
  EXPECT_EQ(Pick("[{\"asin\":\"B1\"}]", {"[0].asin"})[0], "\"B1\"");
}

TEST(Pick, MinifiedKeepsNumbersAsWritten) {
  EXPECT_EQ(*MinifiedJson(" { \"a\" : 4.80 , \"b\": [ 1e2, 0 ] } "), R"({"a":4.80,"b":[1e2,0]})");
  EXPECT_EQ(*MinifiedJson("null"), "null");
  EXPECT_EQ(*MinifiedJson("\"\""), "\"\"");
}

TEST(Pick, WhatIsNoJsonIsBroken) {
  for (const std::string& bad :
       {std::string(""), std::string("<html>"), std::string("{\"a\":1"), std::string("\"\xff\""),
        std::string(300, '[') + std::string(300, ']'), std::string("{} {}")}) {
    EXPECT_EQ(MinifiedJson(bad).status().code(), StatusCode::kDataLoss) << bad;
    EXPECT_EQ(PickJson(bad, {}).status().code(), StatusCode::kDataLoss) << bad;
  }
}

}  // namespace
}  // namespace cairn
