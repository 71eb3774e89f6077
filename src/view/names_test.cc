#include "view/names.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace cairn {
namespace {

TEST(NumberSet, TellsKeysOfOneHashApart) {
  NumberSet set;
  for (std::uint32_t i = 0; i < 300; ++i) set.Add(42);
  EXPECT_EQ(set.size(), 300u);
  for (const std::uint32_t wanted : {0u, 150u, 299u}) {
    EXPECT_EQ(set.Find(42, [&](std::uint32_t number) { return number == wanted; }), wanted);
  }
  EXPECT_EQ(set.Find(42, [](std::uint32_t) { return false; }), NumberSet::kNone);
  EXPECT_EQ(set.Find(std::uint64_t{1} << 32 | 42, [](std::uint32_t) { return true; }), NumberSet::kNone)
      << "that hash was never added";
}

TEST(NumberSet, OfNothingFindsNothing) {
  EXPECT_EQ(NumberSet().Find(0, [](std::uint32_t) { return true; }), NumberSet::kNone);
}

TEST(TextTable, NumbersInTheOrderOfTheirComing) {
  TextTable texts;
  EXPECT_EQ(texts.Intern("b"), 0u);
  EXPECT_EQ(texts.Intern("a"), 1u);
  EXPECT_EQ(texts.Intern("b"), 0u);
  EXPECT_EQ(texts.Intern(""), 2u) << "the empty text is one as well";
  EXPECT_EQ(texts.size(), 3u);
  EXPECT_EQ(texts.at(1), "a");
  EXPECT_EQ(texts.Find("a"), 1u);
  EXPECT_EQ(texts.Find("c"), NumberSet::kNone);
}

TEST(TextTable, KeepsItsOwnCopy) {
  TextTable texts;
  std::string text = "kind";
  texts.Intern(text);
  text = "gone";
  EXPECT_EQ(texts.at(0), "kind");
}

TEST(NodeTable, TellsNodesApartByEveryPart) {
  NodeTable nodes;
  const NodeView different[] = {{"", "a", "b", "c"},      {"", "a", "bc", ""},  {"", "ab", "c", ""},
                                {"", "a", "", "bc"},      {"a", "", "b", "c"},  {"", "a", "b", "", "c"},
                                {"", "a", "b", "c", "d"}, {"t", "a", "b", "c"}, {"", "", "", ""},
                                {"", "a", "c", "b"},      {"d", "a", "b", "c"}, {"", "d", "b", "c"}};
  for (const NodeView& node : different) nodes.Intern(node);
  EXPECT_EQ(nodes.size(), std::size(different));
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    EXPECT_EQ(nodes.Find(different[i]), i);
    EXPECT_EQ(nodes.at(i), different[i]);
    EXPECT_EQ(nodes.Intern(different[i]), i);
  }
  EXPECT_EQ(nodes.Find({"", "x", "b", "c"}), NumberSet::kNone);
}

TEST(NodeTable, HoldsAnyBytes) {
  NodeTable nodes;
  const NodeKey key{std::string("t\0t", 3), "ty:pe", std::string(5000, 'n'), "\xff\n", "日"};
  const std::uint32_t number = nodes.Intern(key);
  EXPECT_EQ(nodes.at(number).Own(), key);
}

TEST(NodeTable, AgreesWithAMap) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const auto text = [&] { return std::string(random() % 3, static_cast<char>('a' + random() % 3)); };
  NodeTable nodes;
  std::map<NodeKey, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const NodeKey key{text(), text(), text(), text() + std::to_string(random() % 30), text()};
    const auto known = expected.find(key);
    ASSERT_EQ(nodes.Find(key), known == expected.end() ? NumberSet::kNone : known->second);
    const auto number = static_cast<std::uint32_t>(expected.size());
    ASSERT_EQ(nodes.Intern(key), known == expected.end() ? number : known->second);
    expected.emplace(key, number);
  }
  ASSERT_EQ(nodes.size(), expected.size());
  for (const auto& [key, number] : expected) ASSERT_EQ(nodes.at(number), NodeView(key));
}

}  // namespace
}  // namespace cairn
