#include "base/percent.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(PercentDecode, UndoesEscapes) {
  EXPECT_EQ(PercentDecode(""), "");
  EXPECT_EQ(PercentDecode("a:b"), "a:b");
  EXPECT_EQ(PercentDecode("%41%3a%3A"), "A::");
  EXPECT_EQ(PercentDecode("%00"), std::string(1, '\0'));
  EXPECT_EQ(PercentDecode("100%25"), "100%");
}

TEST(PercentDecode, RefusesWhatIsNone) {
  for (const char* text : {"%", "%4", "a%4", "%4g", "%g4", "%%41"})
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cairn
