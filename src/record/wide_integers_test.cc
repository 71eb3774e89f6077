#include "record/wide_integers.h"

#include <gtest/gtest.h>

#include "record/parse.h"

namespace cairn {
namespace {

TEST(WideIntegers, ThoseOf64BitsStay) {
  for (const std::string_view text :
       {"0", "-0", "[18446744073709551615,-9223372036854775808]", R"({"a":"18446744073709551616"})", R"(["\"","\\",1])",
        "123456789012345678901234567890.5", "1234567890123456789012345e3", "", "\"", "--------------------------",
        R"("\)"}) {
    EXPECT_FALSE(WidenIntegers(text).has_value()) << text;
  }
}

TEST(WideIntegers, OthersBecomeDecimals) {
  EXPECT_EQ(WidenIntegers("18446744073709551616"), "18446744073709551616.0");
  EXPECT_EQ(WidenIntegers("-9223372036854775809"), "-9223372036854775809.0");
  EXPECT_EQ(WidenIntegers(R"({"\"a":[100000000000000000000000, 7],"b":-99999999999999999999})"),
            R"({"\"a":[100000000000000000000000.0, 7],"b":-99999999999999999999.0})");
}

std::string RecordWith(std::string_view payload) {
  return std::string(R"({"kind":"k","target":{"namespace":"n","name":"t"},"produced_at":"2026-01-01T00:00:00Z",)") +
         R"("producer_id":"p","payload":)" + std::string(payload) + "}";
}

TEST(WideIntegers, ARecordWithThemIsTaken) {
  RecordParser parser;
  ParsedBatch batch;
  const std::string wide = "[ 99999999999999999999 , 1 ]";
  ASSERT_TRUE(parser.Parse(RecordWith(wide), batch).ok());
  ASSERT_TRUE(parser.Parse(RecordWith("[99999999999999999999,1]"), batch).ok());
  ASSERT_EQ(batch.records.size(), 2U);
  EXPECT_EQ(batch.records[0].json, RecordWith("[99999999999999999999.0,1]"));
  EXPECT_EQ(batch.records[0].fingerprint, batch.records[1].fingerprint) << "sent twice it is known";
  const std::string kept = std::string(batch.records[0].json) + std::string(kJsonPadding, '\0');
  ParsedBatch again;
  EXPECT_TRUE(parser.ParseStored(std::string_view(kept).substr(0, batch.records[0].json.size()), again).ok());
}

TEST(WideIntegers, WhatNoDoubleHoldsIsRefused) {
  RecordParser parser;
  ParsedBatch batch;
  const Status beyond = parser.Parse(RecordWith("[" + std::string(400, '9') + "]"), batch);
  EXPECT_EQ(beyond.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(beyond.message(), "not JSON: a number is malformed, or beyond a double's range");
  EXPECT_EQ(parser.Parse(RecordWith("[1e400]"), batch).code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(parser.Parse(RecordWith("[099999999999999999999]"), batch).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(batch.records.empty());
}

}  // namespace
}  // namespace cairn
