#include "base/arena.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn {
namespace {

TEST(Arena, ViewsStayValidWhateverIsAddedAndWhenItMoves) {
  Arena arena(64);
  std::vector<std::string> texts;
  std::vector<std::string_view> kept;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(std::string(static_cast<std::size_t>(i % 150), static_cast<char>('a' + i % 26)));
    kept.push_back(arena.Copy(texts.back()));
  }
  const Arena moved = std::move(arena);
  for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(kept[i], texts[i]) << i;
}

TEST(Arena, AllocationsDoNotOverlap) {
  Arena arena(64);
  char* first = arena.Allocate(40);
  std::memset(first, 'a', 40);
  char* second = arena.Allocate(40);  // Does not fit into the rest of the block.
  std::memset(second, 'b', 40);
  char* large = arena.Allocate(1000);
  std::memset(large, 'c', 1000);
  EXPECT_EQ(std::string_view(first, 40), std::string(40, 'a'));
  EXPECT_EQ(std::string_view(second, 40), std::string(40, 'b'));
}

TEST(Arena, TakesBackTheUnusedEnd) {
  Arena arena(64);
  char* first = arena.Allocate(60);
  arena.Shrink(first + 8);
  EXPECT_EQ(arena.Allocate(10), first + 8);
}

TEST(Arena, ResetKeepsItsMemoryForReuse) {
  Arena arena(64);
  const char* first = arena.Copy(std::string(50, 'a')).data();
  const char* second = arena.Copy(std::string(50, 'b')).data();
  arena.Reset();
  EXPECT_EQ(arena.Copy(std::string(50, 'c')).data(), first);
  EXPECT_EQ(arena.Copy(std::string(50, 'd')).data(), second);
  arena.Reset();
  const std::string large(1000, 'e');
  const std::string_view kept = arena.Copy(large);  // Fits into none of them.
  (void)arena.Copy("f");
  EXPECT_EQ(kept, large);
}

}  // namespace
}  // namespace cairn
