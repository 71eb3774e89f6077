#include "query/value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cairn {
namespace {

Value Number(const std::string& text) {
  Value value;
  const std::string padded = text + ",";
  EXPECT_EQ(*ReadNumber(padded.c_str(), value), ',');
  return value;
}

TEST(CompareNumbers, OrdersAsMathematicsDoes) {
  // Each is greater than the one before, and by less than a double could tell for some.
  const std::vector<std::string> ascending = {"-1e300",
                                              "-9223372036854775808",
                                              "-9223372036854775807",
                                              "-9007199254740993",
                                              "-9007199254740992.0",
                                              "-1.5",
                                              "-1",
                                              "-0.5",
                                              "0",
                                              "5e-324",
                                              "1",
                                              "1.5",
                                              "9007199254740992.0",
                                              "9007199254740993",
                                              "9223372036854775807",
                                              "9223372036854775808.0",
                                              "9223372036854775809",
                                              "18446744073709551615",
                                              "18446744073709551616",
                                              "1e300"};
  for (std::size_t a = 0; a < ascending.size(); ++a) {
    for (std::size_t b = 0; b < ascending.size(); ++b) {
      EXPECT_EQ(CompareNumbers(Number(ascending[a]), Number(ascending[b])), a <=> b)
          << ascending[a] << " " << ascending[b];
    }
  }
}

TEST(CompareNumbers, SpellingDoesNotMatter) {
  for (const std::string text : {"0", "-0", "-0.0", "0e5", "0.00"})
    EXPECT_TRUE(CompareNumbers(Number(text), Number("0")) == 0);
  for (const std::string text : {"100", "1e2", "100.0", "1000e-1"}) {
    EXPECT_TRUE(CompareNumbers(Number(text), Number("100")) == 0) << text;
  }
  EXPECT_TRUE(CompareNumbers(Number("9223372036854775808"), Number("9223372036854775808.0")) == 0);
}

TEST(CompareNumbers, NaNHasNoOrder) {
  Value nan;
  nan.type = Value::Type::kDouble;
  nan.real = std::numeric_limits<double>::quiet_NaN();
  for (const std::string text : {"0", "18446744073709551615", "1.5"}) {
    EXPECT_EQ(CompareNumbers(nan, Number(text)), std::partial_ordering::unordered);
    EXPECT_EQ(CompareNumbers(Number(text), nan), std::partial_ordering::unordered);
  }
}

}  // namespace
}  // namespace cairn
