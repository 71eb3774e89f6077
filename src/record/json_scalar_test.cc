#include "record/json_scalar.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn {
namespace {

std::size_t BytesOf(std::string_view text) { return ScalarBytes(PaddedText(text).From(text.data())); }

TEST(ScalarBytes, OfNumbersAndLiterals) {
  for (const std::string_view scalar : {"0", "-0", "7", "-12", "0.5", "-0.25", "123456789012345678", "true", "false",
                                        "null", "123456789012345678.123456789012345678"}) {
    EXPECT_EQ(BytesOf(scalar), scalar.size()) << scalar;
    EXPECT_EQ(BytesOf(std::string(scalar) + ","), scalar.size()) << scalar;
  }
}

TEST(ScalarBytes, IsNothingWhereCareIsNeeded) {
  for (const std::string_view scalar : {"", "-", "+1", ".5", "01", "-01", "1.", "tru", "nul", "falsy", "True", "NaN",
                                        "1234567890123456789", "0.1234567890123456789"}) {
    EXPECT_EQ(BytesOf(scalar), 0u) << scalar;
  }
  EXPECT_EQ(BytesOf("1e5"), 1u) << "an exponent is left over, which is no end of a value";
}

TEST(PaddedText, ReadsZerosBehindTheEndOfAnyText) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string text(size, 'x');
    const PaddedText padded(text);
    for (std::size_t at = 0; at <= size; ++at) {
      const char* from = padded.From(text.data() + at);
      for (std::size_t i = 0; i < PaddedText::kReadAhead; ++i) {
        ASSERT_EQ(from[i], at + i < size ? 'x' : '\0') << size << " " << at << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace cairn
