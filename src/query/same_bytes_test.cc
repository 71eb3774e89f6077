#include "query/same_bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn {
namespace {

TEST(SameBytes, EveryByteCountsAndNoneBehind) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(SameBytes((text + "x").data(), (text + "y").data(), size)) << size;
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      EXPECT_FALSE(SameBytes(text.data(), other.data(), size)) << size << ", " << at;
    }
  }
}

}  // namespace
}  // namespace cairn
