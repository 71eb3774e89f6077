#include "record/produced_at.h"

#include <gtest/gtest.h>

#include "record/parse_for_test.h"

namespace cairn {
namespace {

Result<Timestamp> Read(std::string json) {
  const std::size_t bytes = json.size();
  json.resize(bytes + kJsonPadding);
  return ProducedAt(std::string_view(json).substr(0, bytes));
}

// It is read from the log without parsing the record; the answer must be the parser's.
TEST(ProducedAt, IsTheTimeOfTheRecord) {
  for (const std::string& json :
       {PlainRecord(), RecordWith("produced_at", R"("2026-01-10T15:00:00.5+10:00")"),
        RecordWith("produced_at", R"("2026\u002d01-10")"), RecordWith("aa", R"({"produced_at":"1999-01-01"})"),
        std::string(R"({"payload":{"produced_at":"1999-01-01","x":["produced_at"]},"produced_at":"2026-01-10",)"
                    R"("kind":"k","producer_id":"p","target":{"namespace":"n","name":"produced_at"}})")}) {
    const auto time = Read(json);
    ASSERT_TRUE(time) << time.status() << json;
    EXPECT_EQ(*time, TakenRecord(json).record.produced_at) << json;
  }
}

TEST(ProducedAt, IsFoundUnderAnySpellingOfItsKey) {
  const std::string json =
      R"({"kind":"k","target":{"namespace":"s","name":"n"},"produced\u005fat":"2026-01-10","producer_id":"p","payload":1})";
  const auto time = Read(json);
  ASSERT_TRUE(time) << time.status();
  EXPECT_EQ(*time, TakenRecord(json).record.produced_at);
}

TEST(ProducedAt, WhatHasNoneIsDamaged) {
  for (const std::string json : {"", "{", "[]", "{}", R"({"produced_at":1})", R"({"produced_at":"never"})"}) {
    EXPECT_EQ(Read(json).status().code(), StatusCode::kDataLoss) << json;
  }
}

}  // namespace
}  // namespace cairn
