#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace cairn {
namespace {

// RFC 3720, appendix B.4.
TEST(Crc32c, GivesTheVectorsOfTheStandard) {
  EXPECT_EQ(Crc32c(0, std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(0, std::string(32, '\xff')), 0x62A8AB43u);
  std::string up;
  std::string down;
  for (int i = 0; i < 32; ++i) {
    up += static_cast<char>(i);
    down += static_cast<char>(31 - i);
  }
  EXPECT_EQ(Crc32c(0, up), 0x46DD794Eu);
  EXPECT_EQ(Crc32c(0, down), 0x113FDB5Cu);
  const unsigned char read_command[48] = {0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0,
                                          0x14, 0,    0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
                                          0x28, 0,    0, 0, 0, 0, 0, 0, 2, 0, 0, 0,    0, 0, 0, 0};
  EXPECT_EQ(Crc32c(0, {reinterpret_cast<const char*>(read_command), sizeof read_command}), 0xD9963A56u);
}

TEST(Crc32c, OfNothingIsWhatWasBefore) {
  EXPECT_EQ(Crc32c(0, ""), 0u);
  EXPECT_EQ(Crc32c(0x1234ABCD, ""), 0x1234ABCDu);
}

TEST(Crc32c, GoesOnFromThePieceBefore) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::string text(1000, ' ');
  for (char& c : text) c = static_cast<char>(random());
  for (std::size_t cut = 0; cut <= text.size(); cut += 1 + random() % 9) {
    ASSERT_EQ(Crc32c(Crc32c(0, std::string_view(text).substr(0, cut)), std::string_view(text).substr(cut)),
              Crc32c(0, text))
        << cut;
  }
}

TEST(Crc32c, NoticesEveryFlippedBit) {
  std::string text = R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{}})";
  const std::uint32_t crc = Crc32c(0, text);
  for (std::size_t i = 0; i < text.size() * 8; ++i) {
    text[i / 8] = static_cast<char>(text[i / 8] ^ 1 << i % 8);
    EXPECT_NE(Crc32c(0, text), crc) << i;
    text[i / 8] = static_cast<char>(text[i / 8] ^ 1 << i % 8);
  }
}

}  // namespace
}  // namespace cairn
