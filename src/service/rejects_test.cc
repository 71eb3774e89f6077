#include "service/rejects.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace cairn {
namespace {

TEST(Rejects, NameHoldsTheTime) {
  const auto time = ParseTimestamp("2026-01-10T05:00:00.123Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(RejectsFileName(*time), "cairn-rejects-20260110T050000Z.jsonl");
}

TEST(Rejects, ALineIsOneJsonObject) {
  EXPECT_EQ(RejectLine({"a\nb", 3, "no \"x\""}, "{\n"),
            "{\"file\":\"a\\nb\",\"line\":3,\"reason\":\"no \\\"x\\\"\",\"input\":\"{\\n\"}\n");
}

TEST(Rejects, BytesAreBase64OfAnyLength) {
  const auto encoded = [](std::string_view bytes) { return RejectLine({"f", 1, "r"}, bytes); };
  const std::string head = "{\"file\":\"f\",\"line\":1,\"reason\":\"r\",\"input_base64\":\"";
  EXPECT_EQ(encoded("\xFF"), head + "/w==\"}\n");
  EXPECT_EQ(encoded("\xFF\xFF"), head + "//8=\"}\n");
  EXPECT_EQ(encoded("\xFF\xFF\xFF"), head + "////\"}\n");
}

TEST(Rejects, LongTextIsCutBetweenCharacters) {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'a');
    while (text.size() < 100'000) text += "\xF0\x9F\x98\x80";
    const std::string line = RejectLine({"f", 1, "r"}, text);
    EXPECT_TRUE(IsUtf8(line));
    EXPECT_NE(line.find("\"input\":"), std::string::npos) << "shift " << shift;
    EXPECT_NE(line.find("\"truncated\":true"), std::string::npos);
    EXPECT_LT(line.size(), 66'000u);
  }
}

}  // namespace
}  // namespace cairn
