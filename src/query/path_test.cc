#include "query/path.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

std::string Message(std::string_view text) {
  const auto path = Path::Parse(text);
  if (path) return "accepted";
  EXPECT_EQ(path.error().code(), StatusCode::kInvalidArgument);
  return path.error().message();
}

TEST(Path, ReadsFieldsAndIndices) {
  const auto path = Path::Parse(R"(payload.items[0].x."odd key".'it''s')");
  ASSERT_FALSE(path) << "two strings side by side are no step";
  const auto good = Path::Parse(R"(payload.items[0][12].x."odd \"key\"".'it is')");
  ASSERT_TRUE(good) << good.error();
  const std::vector<Path::Step> steps = {{"payload", {}}, {"items", {}},       {"", 0U},     {"", 12U},
                                         {"x", {}},       {"odd \"key\"", {}}, {"it is", {}}};
  EXPECT_EQ(good->steps, steps);
}

TEST(Path, TextReadsBackAsTheSamePath) {
  for (const std::string_view text :
       {"kind", "payload.row_count", R"("a.b".c)", R"(extras."odd key")", "x[0][4294967295]", R"(größe.日本)",
        R"(payload."")", R"("0".-1)", "a.0.-1", R"(a."q\"\\\n")"}) {
    const auto path = Path::Parse(text);
    ASSERT_TRUE(path) << text << ": " << path.error();
    EXPECT_EQ(path->ToString(), text);
    const auto again = Path::Parse(path->ToString());
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *path);
  }
}

TEST(Path, EachMistakeIsToldWithItsColumn) {
  EXPECT_EQ(Message(""), "path, column 1: expected a path");
  EXPECT_EQ(Message("0"), "path, column 1: expected a path");
  EXPECT_EQ(Message("größe."), "path, column 7: expected a field name after '.'");
  EXPECT_EQ(Message("a..b"), "path, column 3: expected a field name after '.'");
  EXPECT_EQ(Message("a b"), "path, column 2: expected '.', '[' or the end of the path");
  EXPECT_EQ(Message("a[x]"), "path, column 3: expected a whole number from 0 to 4294967295, then ']'");
  EXPECT_EQ(Message("a[-1]"), "path, column 3: expected a whole number from 0 to 4294967295, then ']'");
  EXPECT_EQ(Message("a[1"), "path, column 3: expected a whole number from 0 to 4294967295, then ']'");
  EXPECT_EQ(Message("a[4294967296]"), "path, column 3: expected a whole number from 0 to 4294967295, then ']'");
  EXPECT_EQ(Message("a.\"b"), "path, column 3: the quote is not closed");
  EXPECT_EQ(Message(R"(a."b\x")"), R"(path, column 5: not an escape: \" \' \\ \/ \b \f \n \r \t \uXXXX are known)");
  EXPECT_EQ(Message("ab\xFF"), "path, column 3: not UTF-8");
  std::string deep = "a";
  for (int i = 1; i < 64; ++i) deep += ".a";
  EXPECT_EQ(Message(deep), "accepted");
  EXPECT_EQ(Message(deep + ".a"), "path, column 128: a path has at most 64 steps");
}

}  // namespace
}  // namespace cairn
