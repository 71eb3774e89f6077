#include "base/hash.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <random>
#include <string>

#include "base/processor.h"

namespace cairn {
namespace {

TEST(Hash64, IsTheLibrarysAtEveryLength) {
  std::mt19937_64 random(7);
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(Hash64(text), XXH3_64bits(text.data(), text.size())) << text.size();
    text += static_cast<char>(random());
  }
}

TEST(Hash64, IsTheSameOnEveryProcessor) {
  const std::string text(5000, 'x');
  for (std::size_t size = 241; size < text.size(); size += 97) {
    const std::uint64_t wanted = XXH3_64bits(text.data(), size);
    EXPECT_EQ(LongHashSse2(text.data(), size), wanted) << size;
    if (HasAvx2()) {
      EXPECT_EQ(LongHashAvx2(text.data(), size), wanted) << size;
    }
  }
}

}  // namespace
}  // namespace cairn
