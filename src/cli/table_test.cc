#include "cli/table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace cairn {
namespace {

std::string Printed(const RowTable& table, bool color = false) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  {
    Output out(ends[1]);
    table.Print(out, Painter(color));
  }
  ::close(ends[1]);
  std::string text(4096, '\0');
  const ssize_t got = ::read(ends[0], text.data(), text.size());
  ::close(ends[0]);
  text.resize(static_cast<std::size_t>(got));
  return text;
}

TEST(RowTable, ColumnsAreAsWideAsWhatTheyHold) {
  RowTable table({{"name"}, {"rows", RowTable::Align::kRight}, {"note"}});
  table.Add({{"public.orders"}, {"12"}, {"ok"}});
  table.Add({{"表"}, {"1234567"}, {""}});
  EXPECT_EQ(Printed(table),
            "name              rows  note\n"
            "public.orders       12  ok\n"
            "表             1234567\n");
}

TEST(RowTable, HostileNamesAreSpelledOut) {
  RowTable table({{"name"}});
  table.Add({{"\x1b[31mred\nline"}});
  EXPECT_EQ(Printed(table), "name\n\\u001b[31mred\\u000aline\n");
}

TEST(RowTable, ColorStandsAroundTheTextOnly) {
  RowTable table({{"a", RowTable::Align::kLeft, Style::kGreen}, {"b"}});
  table.Add({{"x"}, {"y", Style::kRed}});
  EXPECT_EQ(Printed(table, true), "\x1b[2ma\x1b[0m  \x1b[2mb\x1b[0m\n\x1b[32mx\x1b[0m  \x1b[31my\x1b[0m\n");
}

TEST(RowTable, AMissingCellIsEmpty) {
  RowTable table({{"a"}, {"b"}});
  table.Add({{"x"}});
  EXPECT_EQ(Printed(table), "a  b\nx\n");
}

TEST(Output, AReaderThatHasGoneIsNoError) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  ::signal(SIGPIPE, SIG_IGN);
  Output out(ends[1]);
  out.Line("text");
  out.Flush();
  EXPECT_TRUE(out.closed());
  EXPECT_TRUE(out.status().ok());
  ::close(ends[1]);
}

}  // namespace
}  // namespace cairn
