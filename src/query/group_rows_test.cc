#include "query/group_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn {
namespace {

using Key = GroupBy::Key;
using Keys = std::vector<std::string>;

class GroupRowsTest : public testing::Test {
 protected:
  /// Rows by target and kind.
  std::vector<AggregateRow> Rows(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& groups) {
    GroupRows rows(plan_, accumulators_);
    AddTo(rows, groups);
    return rows.Finish(names_);
  }

  /// The number of facts of a group is its place in `groups`.
  void AddTo(GroupRows& rows, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& groups) {
    Accumulator count;
    std::string key;
    for (const auto& [target, kind] : groups) {
      plan_.Encode({.target = target, .kind = kind}, {}, key);
      rows.Add(key, &count);
      ++count.count;
    }
  }

  PathSet paths_;
  GroupKeyPlan plan_ = *GroupKeyPlan::Create({{Key::kTarget, ""}, {Key::kKind, ""}}, paths_);
  AccumulatorPlan accumulators_ = *AccumulatorPlan::Create({{Measure::Op::kCount, ""}}, paths_);
  RowNames names_{[](std::uint32_t number) { return "target-" + std::to_string(number); },
                  [](std::uint32_t number) { return "kind-" + std::to_string(number); }};
};

TEST_F(GroupRowsTest, AreSortedByTextsNotByNumbers) {
  const auto rows = Rows({{2, 2}, {10, 2}, {2, 10}});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].keys, (Keys{"target-10", "kind-2"}));
  EXPECT_EQ(rows[0].values[0], 1);
  EXPECT_EQ(rows[1].keys, (Keys{"target-2", "kind-10"}));
  EXPECT_EQ(rows[1].values[0], 2);
  EXPECT_EQ(rows[2].keys, (Keys{"target-2", "kind-2"}));
  EXPECT_EQ(rows[2].values[0], 0);
}

TEST_F(GroupRowsTest, OfEqualTextsTheNextColumnDecides) {
  names_.target = [](std::uint32_t) { return "same"; };
  const auto rows = Rows({{1, 3}, {2, 1}, {1, 2}});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].keys, (Keys{"same", "kind-1"}));
  EXPECT_EQ(rows[1].keys, (Keys{"same", "kind-2"}));
  EXPECT_EQ(rows[2].keys, (Keys{"same", "kind-3"}));
}

TEST_F(GroupRowsTest, StandAsOneSortsThemByHand) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> groups;
  for (std::uint32_t target = 0; target < 60; ++target) {
    for (std::uint32_t kind = 0; kind < 60; ++kind) groups.emplace_back(target * 7, kind * 7);
  }
  std::shuffle(groups.begin(), groups.end(), random);
  groups.resize(2'000);
  std::vector<std::pair<Keys, double>> expected, actual;
  for (const auto& [target, kind] : groups) {
    expected.push_back({{names_.target(target), names_.kind(kind)}, static_cast<double>(expected.size())});
  }
  std::sort(expected.begin(), expected.end());
  for (const AggregateRow& row : Rows(groups)) actual.emplace_back(row.keys, *row.values[0]);
  EXPECT_EQ(actual, expected);
}

TEST_F(GroupRowsTest, EachNumberIsAskedForOnce) {
  std::vector<std::uint32_t> asked;
  names_.target = [&](std::uint32_t number) {
    asked.push_back(number);
    return std::to_string(number);
  };
  Rows({{1, 1}, {2, 1}, {1, 2}, {2, 2}});
  std::sort(asked.begin(), asked.end());
  EXPECT_EQ(asked, (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(GroupRowsTest, EveryKindOfKeyIsTaken) {
  PathSet paths;
  const GroupKeyPlan plan =
      *GroupKeyPlan::Create({{Key::kRun, ""}, {Key::kPath, "a"}, {Key::kDay, ""}, {Key::kPath, "b"}}, paths);
  Value text{.type = Value::Type::kString, .text = "x\"y"};
  std::vector<std::pair<Value, std::string>> values = {
      {{}, ""},
      {{.type = Value::Type::kNull}, "null"},
      {{.type = Value::Type::kBool, .boolean = true}, "true"},
      {{.type = Value::Type::kInt, .integer = -5}, "-5"},
      {{.type = Value::Type::kUint, .natural = 18446744073709551615U}, "18446744073709551615"},
      {{.type = Value::Type::kDouble, .real = 0.5}, "0.5"},
      {text, R"("x\"y")"},
      {{.type = Value::Type::kJson, .text = "[1]"}, "[1]"}};
  for (const auto& [value, expected] : values) {
    GroupRows rows(plan, accumulators_);
    std::string key;
    plan.Encode({.run_id = "run", .produced_at = *ParseTimestamp("2026-01-10T05:00:00Z")}, {value, text}, key);
    const Accumulator count;
    rows.Add(key, &count);
    const auto made = rows.Finish(names_);
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].keys, (Keys{"run", expected, "2026-01-10T00:00:00Z", R"("x\"y")"}));
  }
}

TEST_F(GroupRowsTest, WithoutAGroupingThereIsARowWithoutKeys) {
  const GroupKeyPlan plan;
  GroupRows rows(plan, accumulators_);
  const Accumulator count;
  rows.Add("", &count);
  const auto made = rows.Finish(names_);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_TRUE(made[0].keys.empty());
}

TEST_F(GroupRowsTest, AreGivenOnce) {
  GroupRows rows(plan_, accumulators_);
  AddTo(rows, {{1, 1}});
  EXPECT_EQ(rows.Finish(names_).size(), 1U);
  EXPECT_TRUE(rows.Finish(names_).empty());
  AddTo(rows, {{2, 1}, {3, 1}});
  EXPECT_EQ(rows.Finish(names_).size(), 2U);
}

}  // namespace
}  // namespace cairn
