#include "extract/extracted.h"

#include <gtest/gtest.h>

#include "extract/extractor.h"

namespace cairn {
namespace {

TEST(Extracted, HoldsSoManyFields) {
  Extracted out(ExtractLimits{.fields = 2});
  for (int i = 0; i < 5; ++i) out.Add("A", std::int64_t{i});
  EXPECT_EQ(out.fields.size(), 2U);
  EXPECT_EQ(out.warnings.size(), 1U);
}

TEST(Extracted, CutsTextsBetweenCharacters) {
  Extracted out(ExtractLimits{.value_bytes = 4});
  out.Add("A", std::string("abc\xc3\xa9"));
  out.Add("B", std::vector<std::string>{"abcdef", "g"});
  EXPECT_EQ(out.fields, (std::vector<Field>{{"A", "abc"}, {"B", std::vector<std::string>{"abcd", "g"}}}));
}

TEST(Extracted, HoldsSoManyBytesOfFields) {
  Extracted out(ExtractLimits{.field_bytes = 10'000});
  out.Add("A", std::string(9'000, 'a'));
  out.Add("B", std::vector<std::string>(9'000));
  out.Add("C", std::string("c"));
  EXPECT_EQ(out.fields.size(), 2U);
  EXPECT_EQ(out.fields[1].name, "C");
  EXPECT_EQ(out.warnings.size(), 1U);
}

TEST(Extracted, ListsHoldNoMoreThanFields) {
  Extracted out(ExtractLimits{.fields = 3});
  out.Add("A", std::vector<std::string>(5, "a"));
  EXPECT_EQ(std::get<std::vector<std::string>>(out.fields[0].value).size(), 3U);
}

TEST(Extracted, HoldsSoManyWarnings) {
  Extracted out(ExtractLimits{.warnings = 3});
  for (int i = 0; i < 5; ++i) out.Warn("damaged");
  EXPECT_EQ(out.warnings, (std::vector<std::string>{"damaged", "damaged", "further warnings are left out"}));
}

TEST(Extracted, WhatIsLeftToHoldIsNoPartOfTheResult) {
  Extracted bounded(ExtractLimits{});
  Extracted other;
  bounded.Add("A", true);
  other.Add("A", true);
  EXPECT_EQ(bounded, other);
}

}  // namespace
}  // namespace cairn
