#include "base/uuid.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(NameUuid, FollowsFromTheNameAlone) {
  EXPECT_EQ(NameUuid("a"), NameUuid("a"));
  EXPECT_NE(NameUuid("a"), NameUuid("b"));
  EXPECT_EQ(NameUuid("a")[14], '5');
  EXPECT_TRUE(IsUuid(NameUuid("")));
  EXPECT_NE(std::string("89ab").find(NameUuid("variant")[19]), std::string::npos);
}

TEST(IsUuid, LooksAtEachCharacter) {
  EXPECT_TRUE(IsUuid("ea9badc5-7cb2-49af-9a9f-155771d3a797"));
  EXPECT_TRUE(IsUuid("EA9BADC5-7CB2-49AF-9A9F-155771D3A797"));
  EXPECT_FALSE(IsUuid("ea9badc5-7cb2-49af-9a9f-155771d3a79"));
  EXPECT_FALSE(IsUuid("ea9badc57-cb2-49af-9a9f-155771d3a797"));
  EXPECT_FALSE(IsUuid("ga9badc5-7cb2-49af-9a9f-155771d3a797"));
}

}  // namespace
}  // namespace cairn
