#include "query/group_by.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using Key = GroupBy::Key;

std::string Message(std::string_view text) {
  const auto by = ParseGroupBy(text);
  return by ? "accepted" : by.error().message();
}

TEST(ParseGroupBy, KeysAndPaths) {
  const auto by = ParseGroupBy("target, day,payload.region ,extras.\"a,b\",\"day\",target.name");
  ASSERT_TRUE(by) << by.error();
  ASSERT_EQ(by->size(), 6U);
  const std::vector<std::pair<Key, std::string>> expected = {{Key::kTarget, ""},
                                                             {Key::kDay, ""},
                                                             {Key::kPath, "payload.region"},
                                                             {Key::kPath, "extras.\"a,b\""},
                                                             {Key::kPath, "day"},
                                                             {Key::kPath, "target.name"}};
  for (std::size_t i = 0; i < by->size(); ++i) {
    EXPECT_EQ((*by)[i].key, expected[i].first) << i;
    EXPECT_EQ((*by)[i].path, expected[i].second) << i;
  }
}

TEST(ParseGroupBy, EveryKeyHasItsWord) {
  const auto by = ParseGroupBy("target,kind,run,minute,hour,day,week,month");
  ASSERT_TRUE(by);
  const std::vector<Key> keys = {Key::kTarget, Key::kKind, Key::kRun,  Key::kMinute,
                                 Key::kHour,   Key::kDay,  Key::kWeek, Key::kMonth};
  ASSERT_EQ(by->size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ((*by)[i].key, keys[i]);
}

TEST(ParseGroupBy, EachMistakeIsToldWithItsColumn) {
  constexpr std::string_view kExpected = "expected target, kind, run, minute, hour, day, week, month or a path";
  EXPECT_EQ(Message(""), "grouping, column 1: " + std::string(kExpected));
  EXPECT_EQ(Message("day,"), "grouping, column 5: " + std::string(kExpected));
  EXPECT_EQ(Message("day,,kind"), "grouping, column 5: " + std::string(kExpected));
  EXPECT_EQ(Message("day kind"), "grouping, column 5: expected ',' or the end");
  EXPECT_EQ(Message("größe., a"), "grouping, column 7: expected a field name after '.'");
  EXPECT_EQ(Message("a\x80"), "grouping, column 2: not UTF-8");
}

}  // namespace
}  // namespace cairn
