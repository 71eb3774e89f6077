#include "obs/yaml.h"

#include <gtest/gtest.h>

#include <random>

namespace cairn {
namespace {

std::string Message(std::string_view text) {
  const auto parsed = ParseYaml(text, "f");
  return parsed ? "" : parsed.error().message();
}

TEST(Yaml, EachPartKnowsItsPlace) {
  const auto root = ParseYaml("a: 1\nb:\n  - x\n  - 'null'\n  -\nc: {d: \"e\"}\n", "f");
  ASSERT_TRUE(root) << root.error();
  ASSERT_EQ(root->keys.size(), 3u);
  const YamlNode* list = root->Find("b");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->items[0].text, "x");
  EXPECT_EQ(list->items[0].line, 3u);
  EXPECT_EQ(list->items[0].column, 5u);
  EXPECT_EQ(list->items[1].kind, YamlNode::Kind::kScalar);
  EXPECT_TRUE(list->items[1].quoted);
  EXPECT_EQ(list->items[2].kind, YamlNode::Kind::kNull);
  EXPECT_EQ(root->Find("c")->Find("d")->text, "e");
  EXPECT_EQ(root->Find("nothing"), nullptr);
}

TEST(Yaml, AnEmptyDocumentIsNull) {
  for (const char* text : {"", "\n", "# only words\n", "---\n"}) {
    const auto root = ParseYaml(text, "f");
    ASSERT_TRUE(root) << root.error();
    EXPECT_EQ(root->kind, YamlNode::Kind::kNull);
  }
}

TEST(Yaml, MistakesSayWhere) {
  EXPECT_EQ(Message("a: 1\na: 2\n"), "f:2:1: a stands twice; first in line 1");
  EXPECT_TRUE(Message("a: [1, 2\nb: 3\n").starts_with("f:")) << Message("a: [1, 2\nb: 3\n");
  EXPECT_NE(Message("a: !python/object x\n").find("f:1:4"), std::string::npos) << Message("a: !python/object x\n");
  EXPECT_NE(Message("a: &x {b: 1}\nc:\n  <<: *x\n").find("merge keys"), std::string::npos);
  EXPECT_NE(Message("? [a]\n: b\n").find("a key must be a word"), std::string::npos);
  EXPECT_NE(Message("a: 1\n---\nb: 2\n").find("second document"), std::string::npos);
  EXPECT_NE(Message("a: &x [*x]\n").find("within what it stands for"), std::string::npos);
}

TEST(Yaml, AnAliasIsWhatItStandsFor) {
  const auto root = ParseYaml("a: &x {b: [1, 2]}\nc: *x\n", "f");
  ASSERT_TRUE(root) << root.error();
  EXPECT_EQ(root->Find("c")->Find("b")->items[1].text, "2");
  EXPECT_EQ(root->Find("c")->line, 2u);
}

TEST(Yaml, AnAliasBombIsRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) text += (j == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    text += "]\n";
  }
  const auto bomb = ParseYaml(text, "f");
  ASSERT_FALSE(bomb);
  EXPECT_EQ(bomb.error().code(), StatusCode::kResourceExhausted) << bomb.error();
}

TEST(Yaml, DepthAndSizeAreBound) {
  EXPECT_EQ(ParseYaml(std::string(100'000, '['), "f").status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ParseYaml(std::string(kYamlBytesMax + 1, ' '), "f").status().code(), StatusCode::kResourceExhausted);
  std::string many = "a:\n";
  for (std::size_t i = 0; i <= kYamlNodesMax; ++i) many += "- x\n";
  EXPECT_EQ(ParseYaml(many, "f").status().code(), StatusCode::kResourceExhausted);
}

TEST(Yaml, AnyBytesAreReadOrRefused) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  const std::string base = "a: &x {b: [1, 2], 'c': \"d\\n\"}\ne: *x\nf: |\n  text\n";
  for (int i = 0; i < 3000; ++i) {
    std::string text = base;
    for (auto n = random() % 4 + 1; n != 0; --n) text[random() % text.size()] = static_cast<char>(random());
    const auto parsed = ParseYaml(text, "f");
    if (!parsed) {
      EXPECT_FALSE(parsed.error().message().empty()) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace cairn
