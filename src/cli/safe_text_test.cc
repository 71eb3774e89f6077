#include "cli/safe_text.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(SafeText, PlainTextStays) { EXPECT_EQ(Visible("public.orders äöü 表 🍎"), "public.orders äöü 表 🍎"); }

TEST(SafeText, NothingReachesTheTerminalAsAnOrder) {
  EXPECT_EQ(Visible("\x1b[2J"), "\\u001b[2J");
  EXPECT_EQ(Visible("a\r\nb\tc\x7f"), "a\\u000d\\u000ab\\u0009c\\u007f");
  EXPECT_EQ(Visible("\xC2\x9B"
                    "31m"),
            "\\u009b31m")
      << "the C1 form of escape [";
  EXPECT_EQ(Visible("user\u202Egpj.exe"), "user\\u202egpj.exe") << "writing turned around";
  EXPECT_EQ(Visible("a\u200Bb\uFEFF"), "a\\u200bb\\ufeff") << "invisible";
  EXPECT_EQ(Visible("\U000E0041"), "\\udb40\\udc41") << "tags, as JSON spells them";
  EXPECT_EQ(Visible(std::string_view("a\0b", 3)), "a\\u0000b");
}

TEST(SafeText, NewlinesStayOnRequest) { EXPECT_EQ(Visible("a\n\x1b", true), "a\n\\u001b"); }

TEST(SafeText, BytesThatAreNoUtf8) {
  EXPECT_EQ(Visible("\xFF"), "\\xff");
  EXPECT_EQ(Visible("\xC3"), "\\xc3") << "cut off";
  EXPECT_EQ(Visible("\xC0\x80"), "\\xc0\\x80") << "overlong";
  EXPECT_EQ(Visible("\xED\xA0\x80"), "\\xed\\xa0\\x80") << "half a pair";
}

TEST(SafeText, Widths) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("表表"), 4u);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1u);
  EXPECT_EQ(DisplayWidth("🍎"), 2u);
}

TEST(SafeText, CutLeavesRoomForTheEllipsis) {
  EXPECT_EQ(CutToWidth("abcdef", 6), "abcdef");
  EXPECT_EQ(CutToWidth("abcdef", 5), "abcd…");
  EXPECT_EQ(CutToWidth("abcdef", 1), "…");
  EXPECT_EQ(CutToWidth("abcdef", 0), "");
  EXPECT_EQ(CutToWidth("表表表", 5), "表表…");
  EXPECT_EQ(CutToWidth("表表表", 4), "表…");
}

}  // namespace
}  // namespace cairn
