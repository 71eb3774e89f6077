#include "extract/charset.h"

#include <gtest/gtest.h>

#include "extract/text_encoding.h"

namespace cairn {
namespace {

TEST(Charset, TextOfEachIsRead) {
  // "Привет" and so on, as Python's codecs write them.
  EXPECT_EQ(DecodeCharset("\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251"), "Привет");
  EXPECT_EQ(DecodeCharset("\xf0\xd2\xc9\xd7\xc5\xd4", "KOI8-R"), "Привет");
  EXPECT_EQ(DecodeCharset("\x8f\xe0\xa8\xa2\xa5\xe2", "cp866"), "Привет");
  EXPECT_EQ(DecodeCharset("\x9elu\x9dou\xe8k\xfd", "windows-1250"), "žluťoučký");
  EXPECT_EQ(DecodeCharset("\xbelu\xbbou\xe8k\xfd", "iso-8859-2"), "žluťoučký");
  EXPECT_EQ(DecodeCharset("\x93\xfa\x96{\x8c\xea \xb1", "Shift_JIS"), "日本語 ｱ");
  EXPECT_EQ(DecodeCharset("\xc6\xfc\xcb\xdc\xb8\xec \x8e\xb1", "euc-jp"), "日本語 ｱ");
  EXPECT_EQ(DecodeCharset("\x1b$BF|K\\8l\x1b(B x", "iso-2022-jp"), "日本語 x");
  EXPECT_EQ(DecodeCharset("\xd6\xd0\xce\xc4", "gb2312"), "中文");
  EXPECT_EQ(DecodeCharset("\xa4\xa4\xa4\xe5", "Big5"), "中文");
  EXPECT_EQ(DecodeCharset("\xc7\xd1\xb1\xdb", "ks_c_5601-1987"), "한글");
  EXPECT_EQ(DecodeCharset("\x8e", "macintosh"), "é");
}

TEST(Charset, WhatStandsForNothingIsMarked) {
  EXPECT_EQ(DecodeCharset("a\xff<", "gbk"), "a\xef\xbf\xbd<") << "a letter behind half a character stays";
  EXPECT_EQ(DecodeCharset("\x93", "shift_jis"), "\xef\xbf\xbd");
  EXPECT_EQ(DecodeCharset("\x84\x31\xa4\x37x", "gb18030"), "\xef\xbf\xbdx") << "four bytes are one character";
  EXPECT_EQ(DecodeCharset("\x8f\xb0\xa1x", "euc-jp"), "\xef\xbf\xbdx");
  EXPECT_EQ(DecodeCharset("\x98", "windows-1251"), "\xef\xbf\xbd");
  EXPECT_EQ(DecodeCharset("\x1b$B!", "iso-2022-jp"), "!");
}

TEST(Charset, OtherLabelsAreNotKnown) {
  for (const char* label : {"", "utf-8", "iso-8859-1", "windows-1252", "none"}) {
    EXPECT_EQ(DecodeCharset("x", label), std::nullopt) << label;
  }
}

TEST(Charset, TextThatIsUtf8IsReadAsThatWhateverItSays) {
  EXPECT_EQ(DecodeText("日本語", "shift_jis"), "日本語");
  EXPECT_EQ(DecodeText("caf\xe9", "iso-8859-1"), "café");
  EXPECT_EQ(DecodeText("plain", "gbk"), "plain");
  EXPECT_EQ(DecodeText("\x1b$BF|\x1b(B", "iso-2022-jp"), "日");
}

}  // namespace
}  // namespace cairn
