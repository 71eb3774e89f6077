#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "extract/extracted_codec.h"
#include "extract/extractor.h"
#include "extract/file_type.h"

/// What every reader holds to, whatever was done to a file.
namespace cairn::damage {

/// Reads by the extractor of `type`, that of the whole file, since damage may have made another type: ends with what
/// can be written down and read back, or with an error that tells.
inline void Survives(std::string_view type, std::string bytes) {
  ExtractContext context;
  context.type = std::string(type);
  const auto out = ExtractorFor(type)->Extract(MemoryBytes(std::move(bytes)), context);
  if (!out) {
    // A damaged length may be beyond a limit.
    const bool told =
        out.error().code() == StatusCode::kInvalidArgument || out.error().code() == StatusCode::kResourceExhausted;
    EXPECT_TRUE(told) << type << ": " << out.error();
    return;
  }
  const std::string json = EncodeExtracted(*out);
  const auto back = DecodeExtracted(json);
  ASSERT_TRUE(back) << type << ": " << back.error();
  EXPECT_EQ(EncodeExtracted(*back), json) << type;
}

inline void SurvivesCuts(std::string_view type, const std::string& whole) {
  for (std::size_t size = 0; size < whole.size(); ++size) Survives(type, whole.substr(0, size));
}

/// Of the first 2,000 bytes each is set to values that lengths and counts fear, and has its bits turned.
inline void SurvivesFlippedBytes(std::string_view type, const std::string& whole) {
  constexpr std::size_t kMost = 2000;
  for (std::size_t at = 0; at < std::min(whole.size(), kMost); ++at) {
    const char was = whole[at];
    for (const int value : {0x00, 0x01, 0x7f, 0x80, 0xff, was ^ 0x01, was ^ 0x80, was ^ 0xff}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(value);
      Survives(type, std::move(damaged));
    }
  }
}

/// For one file whose first bytes tell its type.
inline void SurvivesDamage(const std::string& whole) {
  const std::string_view type = FileType(std::string_view(whole).substr(0, kTypeHeadBytes), "");
  ASSERT_NE(ExtractorFor(type), nullptr) << type;
  SurvivesCuts(type, whole);
  SurvivesFlippedBytes(type, whole);
}

}  // namespace cairn::damage
