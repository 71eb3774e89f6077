#include "record/fact_json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

std::string JsonOf(std::string_view ingested_at, std::string_view record = "{\"a\":1}") {
  const std::string line = fmt::format(R"({{"seq":7,"ingested_at":"{}","record":{}}})", ingested_at, record);
  std::string out;
  EXPECT_TRUE(AppendFactJson(out, Fact(Seq{7}, {}, line, Fact::kWholeRecord, nullptr)).ok());
  return out;
}

TEST(FactJson, TimesAreAsTimestampsAreWritten) {
  for (const std::string_view text :
       {"2026-01-10T05:00:01.000000000Z", "2026-01-10T05:00:01.120000000Z", "2026-01-10T05:00:01.000100000Z",
        "2026-01-10T05:00:01.000000001Z", "2026-01-10T05:00:00.123456789Z", "2026-01-10T05:00:00.100000001Z"}) {
    const std::string written = FormatTimestamp(*ParseTimestamp(text));
    EXPECT_EQ(JsonOf(text), fmt::format(R"({{"seq":7,"ingested_at":"{}","record":{{"a":1}}}})", written));
  }
}

TEST(FactJson, ADamagedTimeStaysText) {
  const std::string json = JsonOf("2026-01-10T05:00:01.00\"000000Z");
  EXPECT_EQ(json,
            fmt::format(R"({{"seq":7,"ingested_at":"{}","record":{{"a":1}}}})", FormatTimestamp(Timestamp::Min())));
}

TEST(FactJson, OfALineWithoutARecordIsRefused) {
  std::string out = "[";
  EXPECT_EQ(AppendFactJson(out, Fact(Seq{7}, {}, "{\"seq\":7}", Fact::kWholeRecord, nullptr)).code(),
            StatusCode::kDataLoss);
  EXPECT_EQ(out, "[");
}

}  // namespace
}  // namespace cairn
