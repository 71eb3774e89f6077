#include "view/node_lists.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NodeLists, FollowTheTableInPieces) {
  NodeTable nodes;
  NodeLists lists;
  EXPECT_TRUE(lists.Follow(nodes, 0));
  constexpr std::uint32_t kNodes = 10'000;
  for (std::uint32_t i = 0; i < kNodes; ++i)
    nodes.Intern({"", "dataset", i % 2 == 0 ? "a" : "b", fmt::format("{}", i)});
  EXPECT_FALSE(lists.Follow(nodes, 0));
  while (!lists.Follow(nodes, 0)) {
  }
  EXPECT_EQ(lists.SizeOf(0), kNodes / 2);
  EXPECT_THAT(lists.Read(1, 2, 3), ElementsAre(5, 7, 9));
  EXPECT_THAT(lists.Read(1, kNodes / 2 - 1, 3), ElementsAre(kNodes - 1));
  EXPECT_THAT(lists.Read(1, kNodes, 3), IsEmpty());
  EXPECT_THAT(lists.Read(2, 0, 3), IsEmpty());
  nodes.Intern({"", "dataset", "a", "late"});
  EXPECT_TRUE(lists.Follow(nodes, 0));
  EXPECT_EQ(lists.SizeOf(0), kNodes / 2 + 1);
}

TEST(NodeLists, BeginAnewWithAnotherTable) {
  NodeLists lists;
  NodeTable before;
  for (const char* name : {"x", "y", "z"}) before.Intern({"", "dataset", "a", name});
  EXPECT_TRUE(lists.Follow(before, 0));
  NodeTable after;
  after.Intern({"", "dataset", "a", "y"});
  EXPECT_TRUE(lists.Follow(after, 1));
  EXPECT_THAT(lists.Read(0, 0, 9), ElementsAre(0));
}

}  // namespace
}  // namespace cairn
