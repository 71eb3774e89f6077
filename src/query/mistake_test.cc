#include "query/mistake.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(MistakeStatus, ColumnsCountCharacters) {
  EXPECT_EQ(MistakeStatus("filter", "äöü = ", {9, "expected a value"}).message(), "filter, column 7: expected a value");
  EXPECT_EQ(MistakeStatus("filter", "", {0, "x"}).message(), "filter, column 1: x");
}

TEST(FindInvalidUtf8, TellsTheFirstBadByte) {
  EXPECT_FALSE(FindInvalidUtf8("aé日😀\x7f"));
  EXPECT_EQ(FindInvalidUtf8("a\x80"), 1U);
  EXPECT_EQ(FindInvalidUtf8("é\xC3"), 2U) << "cut";
  EXPECT_EQ(FindInvalidUtf8("\xC0\xAF"), 0U) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("\xE0\x80\xAF"), 0U) << "overlong";
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0U) << "surrogate";
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0U) << "beyond U+10FFFF";
  EXPECT_EQ(FindInvalidUtf8("\xFF"), 0U);
}

}  // namespace
}  // namespace cairn
