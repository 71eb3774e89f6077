#include "query/group_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace cairn {
namespace {

class GroupTableTest : public testing::Test {
 protected:
  Accumulator* Group(std::string_view key) { return table_.FindOrAdd(key, table_.Prefetch(key)); }

  PathSet paths_;
  AccumulatorPlan plan_ = *AccumulatorPlan::Create({{Measure::Op::kCount, ""}}, paths_);
  GroupTable table_{plan_, 0};
};

TEST_F(GroupTableTest, CountsAsAMapDoes) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::map<std::string, std::uint64_t> expected;
  for (int i = 0; i < 50'000; ++i) {
    const std::string key = std::to_string(random() % 7'000) + std::string(random() % 3 * 12, 'x');
    ++expected[key];
    ++Group(key)->count;
  }
  std::map<std::string, std::uint64_t> actual;
  for (const GroupTable::Group& group : table_.groups()) actual[std::string(group.key)] = group.accumulators->count;
  EXPECT_EQ(table_.size(), expected.size());
  EXPECT_EQ(actual, expected);
}

TEST_F(GroupTableTest, KeysOfOneHashAreDifferentGroups) {
  constexpr std::uint32_t kHash = 0xFFFFFFFF;  // The last slot: those after it are the first.
  Accumulator* const group = table_.FindOrAdd("a key", kHash);
  EXPECT_NE(table_.FindOrAdd("a kex", kHash), group);
  EXPECT_NE(table_.FindOrAdd("a key and more", kHash), group);
  EXPECT_NE(table_.FindOrAdd("", kHash), group);
  EXPECT_EQ(table_.FindOrAdd("a key", kHash), group);
  EXPECT_EQ(table_.size(), 4U);
}

TEST_F(GroupTableTest, GroupsStandInTheOrderOfTheirComingUntilTheyAreSorted) {
  const auto keys = [&] {
    std::vector<std::string> out;
    for (const GroupTable::Group& group : table_.groups()) out.emplace_back(group.key);
    return out;
  };
  for (const char* const key : {"b", "a", "", "ab", "b"}) Group(key);
  EXPECT_EQ(keys(), (std::vector<std::string>{"b", "a", "", "ab"}));
  table_.SortGroups();
  EXPECT_EQ(keys(), (std::vector<std::string>{"", "a", "ab", "b"}));
}

TEST_F(GroupTableTest, EveryGroupTakesMemoryUntilAllAreForgotten) {
  std::size_t before = table_.MemoryBytes();
  for (int i = 0; i < 1'000; ++i) {
    Group(std::to_string(i));
    EXPECT_GT(table_.MemoryBytes(), before + sizeof(Accumulator));
    before = table_.MemoryBytes();
  }
  table_.Clear();
  EXPECT_EQ(table_.MemoryBytes(), 0U);
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(Group("7")->count, 0U);
  EXPECT_EQ(table_.size(), 1U);
}

}  // namespace
}  // namespace cairn
