#include "book/book_path.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "extract/text.h"

namespace cairn {
namespace {

TEST(BookPath, ReadsTheWholeForm) {
  const BookPath book = ParseBookPath("Tales/The Tower - vol_01 (2010) (Ann Author) {ASIN.B002V1A0WE} [Uploader]");
  EXPECT_EQ(book, (BookPath{"The Tower", "Tales", "1", "2010", "Ann Author", "B002V1A0WE", "Uploader"}));
}

TEST(BookPath, ReadsAFileOfItAsWell) {
  const BookPath wanted{"The Tower", "Tales", "1.5", "2010", "Ann Author", "1234567890", ""};
  const std::string folder = "/books/Tales/The Tower - vol_01.5 (2010) (Ann Author) {ASIN.1234567890}";
  EXPECT_EQ(ParseBookPath(folder + "/01 - Chapter.mp3"), wanted);
  EXPECT_EQ(ParseBookPath(folder + ".m4b"), wanted);
  EXPECT_EQ(ParseBookPath(folder + "/"), wanted);
}

TEST(BookPath, ReadsLooserForms) {
  const auto title_and_volume = [](std::string_view path) {
    const BookPath book = ParseBookPath(path);
    return book.title + "|" + book.volume;
  };
  EXPECT_EQ(title_and_volume("The Tower - Vol. 2"), "The Tower|2");
  EXPECT_EQ(title_and_volume("The Tower, Book 3"), "The Tower|3");
  EXPECT_EQ(title_and_volume("The Tower #004"), "The Tower|4");
  EXPECT_EQ(title_and_volume("Der Turm - Band 5"), "Der Turm|5");
  EXPECT_EQ(title_and_volume("06 - The Tower"), "The Tower|6");
  EXPECT_EQ(title_and_volume("The Tower (Book 7)"), "The Tower|7");
  EXPECT_EQ(title_and_volume("The Jungle Book 2"), "The Jungle Book 2|") << "no volume without a mark before it";
  EXPECT_EQ(title_and_volume("The Tower - a Tale"), "The Tower - a Tale|");
}

TEST(BookPath, ReadsTheSeriesFromTheNameToo) {
  const BookPath in_brackets = ParseBookPath("x/The Tower (Tales, Book 2) (2010)");
  EXPECT_EQ(in_brackets.series, "Tales");
  EXPECT_EQ(in_brackets.volume, "2");
  const BookPath before = ParseBookPath("x/Tales - vol_03 - The Tower");
  EXPECT_EQ(before.series, "Tales");
  EXPECT_EQ(before.title, "The Tower");
  EXPECT_EQ(ParseBookPath("Tales/The Tower").series, "") << "a folder is a series only of a volume";
}

TEST(BookPath, ReadsYearsAndNumbersInAnyBrackets) {
  EXPECT_EQ(ParseBookPath("2010 - The Tower").year, "2010");
  EXPECT_EQ(ParseBookPath("The Tower [2010]").year, "2010");
  EXPECT_EQ(ParseBookPath("The Tower [B002V1A0WE]").asin, "B002V1A0WE");
  EXPECT_EQ(ParseBookPath("The Tower {123456789X}").asin, "123456789X");
  EXPECT_EQ(ParseBookPath("The Tower (ASIN B002V1A0WE)").asin, "B002V1A0WE");
  EXPECT_EQ(ParseBookPath("The Tower {ASIN.B002}").asin, "");
  EXPECT_EQ(ParseBookPath("1984 (George Orwell)").title, "1984");
}

TEST(BookPath, BracketsThatMeanNothingStayInTheTitle) {
  const BookPath book = ParseBookPath("The Tower (a Tale) (2010) (Ann Author)");
  EXPECT_EQ(book.title, "The Tower (a Tale)");
  EXPECT_EQ(book.author, "Ann Author");
  EXPECT_EQ(ParseBookPath("The Tower (Unabridged) (Ann Author)").title, "The Tower");
}

TEST(BookPath, OfNothingIsNothing) {
  for (const std::string_view path : {"", "/", ".", "..", "///"}) EXPECT_EQ(ParseBookPath(path), BookPath()) << path;
  EXPECT_EQ(ParseBookPath(std::string(100'000, '(')).title.size(), 100'000U);
}

TEST(BookPath, WhatIsWrittenIsReadAgain) {
  const BookPath plain{"The Tower", "Tales", "1", "2010", "Ann Author", "B002V1A0WE", "Uploader"};
  EXPECT_EQ(FormatBookPath(plain), "Tales/The Tower - vol_01 (2010) (Ann Author) {ASIN.B002V1A0WE} [Uploader]");
  EXPECT_EQ(FormatBookPath({"100% (a/b)", "", "", "", "", "", ""}), "100%25 %28a%2Fb%29");
}

// Texts made of what has a meaning to the parser.
TEST(BookPath, WhateverIsWrittenIsReadAgain) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> pieces = {
      "a",    "Tower", " - ", "vol_",  "01",  "1.5",        " ",          "(",          ")",
      "[",    "]",     "{",   "}",     "%28", "%",          "/",          ".m4b",       "Book 3",
      "#4",   ", ",    "-",   "2010",  "1",   "unabridged", "ASIN.",      "B002V1A0WE", "\xc3\xb6",
      "\xff", "..",    ".",   "Vol. ", "X",   "\n",         "1234567890", "x, Band 2",  "\u00fcber"};
  const auto text = [&](int pieces_max) {
    std::string out;
    for (unsigned count = random() % static_cast<unsigned>(pieces_max + 1); count > 0; --count) {
      out += pieces[random() % pieces.size()];
    }
    return std::string(Trim(out));
  };
  const std::vector<std::string> volumes = {"", "0", "1", "1.5", "12", "100.25", "999999"};
  const std::vector<std::string> asins = {"", "B002V1A0WE", "1234567890", "123456789X"};
  int tried = 0;
  for (int round = 0; round < 20'000; ++round) {
    BookPath book;
    book.title = text(5);
    book.volume = volumes[random() % volumes.size()];
    if (!book.volume.empty() && random() % 2 == 0) book.series = text(3);
    if (random() % 2 == 0) book.year = "2010";
    if (random() % 2 == 0) book.author = text(3);
    book.asin = asins[random() % asins.size()];
    if (random() % 2 == 0) book.uploader = text(3);
    if (!IsWritable(book)) continue;
    ++tried;
    const std::string path = FormatBookPath(book);
    ASSERT_EQ(ParseBookPath(path), book) << path;
    // A folder that says nothing but a title is no sign of a book.
    if (!book.year.empty()) {
      ASSERT_EQ(ParseBookPath("/some/" + path + "/01.mp3").title, book.title) << path;
    }
  }
  EXPECT_GT(tried, 10'000);
}

}  // namespace
}  // namespace cairn
