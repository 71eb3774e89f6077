#include "cache/redis_polls.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace cairn {
namespace {

bool Ask(RedisPolls& polls, bool answers) {
  RedisPolls::Turn turn(polls);
  if (turn.is_granted() && answers) turn.OnAnswer();
  return turn.is_granted();
}

TEST(RedisPolls, GoOnWhileAnswersCome) {
  RedisPolls polls;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(Ask(polls, true));
}

TEST(RedisPolls, RestWhereTheyWereInVain) {
  RedisPolls polls;
  int granted = 0;
  constexpr int kRounds = 10;
  for (int i = 0; i < kRounds * (1 + RedisPolls::kRestAfterVain); ++i) granted += Ask(polls, false) ? 1 : 0;
  EXPECT_EQ(granted, kRounds);
  RedisPolls other;
  EXPECT_TRUE(Ask(other, true)) << "each connection learns by itself";
}

TEST(RedisPolls, AtMostHalfOfTheProcessorsPoll) {
  const auto max = std::max(1U, std::thread::hardware_concurrency() / 2);
  std::vector<std::unique_ptr<RedisPolls>> polls;
  std::vector<std::unique_ptr<RedisPolls::Turn>> turns;
  for (unsigned i = 0; i < max + 3; ++i) {
    polls.push_back(std::make_unique<RedisPolls>());
    turns.push_back(std::make_unique<RedisPolls::Turn>(*polls.back()));
    EXPECT_EQ(turns.back()->is_granted(), i < max);
  }
  turns.clear();
  EXPECT_TRUE(Ask(*polls.back(), true)) << "who was refused for the crowd has nothing to rest from";
}

}  // namespace
}  // namespace cairn
