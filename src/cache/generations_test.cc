#include "cache/generations.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using Hashes = std::vector<std::uint64_t>;
constexpr Generations::Key kKey{1000, "source:op:a=1"};

TEST(Generations, WhatWasLoadedBeforeABumpIsInvalidAfterIt) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  EXPECT_FALSE(generations.Check(kKey, Hashes{1, 2}, before).is_removed);
  generations.BumpHere({}, Hashes{2}, {}, CacheVerb::kRemove);
  EXPECT_TRUE(generations.Check(kKey, Hashes{1, 2}, before).is_removed);
  EXPECT_FALSE(generations.Check(kKey, Hashes{1, 3}, before).is_removed);
  EXPECT_FALSE(generations.Check(kKey, Hashes{1, 2}, generations.applied()).is_removed);
}

TEST(Generations, KeysAndTagsAreApart) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  generations.BumpHere(Hashes{kKey.text_hash}, {}, {}, CacheVerb::kRemove);
  EXPECT_TRUE(generations.Check(kKey, Hashes{1}, before).is_removed);
  EXPECT_FALSE(generations.Check({1, ""}, Hashes{kKey.text_hash}, before).is_removed);
}

TEST(Generations, ExpiredIsNotRemoved) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  generations.BumpHere({}, Hashes{2}, {}, CacheVerb::kExpire);
  EXPECT_FALSE(generations.Check(kKey, Hashes{2}, before).is_removed);
  EXPECT_TRUE(generations.Check(kKey, Hashes{2}, before).is_expired);
}

TEST(Generations, TagsThatAreForgottenCountAsRemoved) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  generations.BumpHere({}, Hashes{1}, {}, CacheVerb::kRemove);
  for (std::uint64_t i = 10; i < 10 + Generations::kBumpsMax; ++i) {
    generations.BumpHere({}, Hashes{i}, {}, CacheVerb::kRemove);
  }
  EXPECT_TRUE(generations.Check(kKey, Hashes{1}, before).is_removed);
  EXPECT_TRUE(generations.Check(kKey, Hashes{5}, before).is_removed);
  EXPECT_FALSE(generations.Check(kKey, Hashes{5}, generations.applied()).is_removed);
}

TEST(Generations, KeysThatAreForgottenAreUncertain) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  for (std::uint64_t i = 0; i <= Generations::kBumpsMax; ++i) {
    generations.BumpHere(Hashes{i + 10}, {}, {}, CacheVerb::kRemove);
  }
  const auto verdict = generations.Check({5, ""}, Hashes{1}, before);
  EXPECT_FALSE(verdict.is_removed);
  EXPECT_TRUE(verdict.is_uncertain);
  EXPECT_FALSE(generations.Check({5, ""}, Hashes{1}, generations.applied()).is_uncertain);
}

TEST(Generations, PatternsAreMatchedAtTheHit) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  generations.BumpHere({}, {}, std::vector<std::string>{"source:*a=1"}, CacheVerb::kRemove);
  generations.BumpHere({}, {}, std::vector<std::string>{"other:*"}, CacheVerb::kExpire);
  EXPECT_TRUE(generations.Check(kKey, {}, before).is_removed);
  EXPECT_FALSE(generations.Check(kKey, {}, before).is_expired);
  EXPECT_FALSE(generations.Check({1000, "source:op:a=2"}, {}, before).is_removed);
  EXPECT_TRUE(generations.Check({1, "other:x:"}, {}, before).is_expired);
  EXPECT_FALSE(generations.Check(kKey, {}, generations.applied()).is_removed);
  for (std::size_t i = 0; i < Generations::kPatternsMax; ++i) {
    generations.BumpHere({}, {}, std::vector<std::string>{"third:*"}, CacheVerb::kRemove);
  }
  EXPECT_TRUE(generations.Check(kKey, {}, before).is_uncertain);
}

TEST(Generations, AnOldReportTakesNothingBack) {
  Generations generations;
  generations.Apply(std::vector<Generations::Bump>{{.hash = 1, .removed = 20}}, {}, 20, {});
  generations.Apply(std::vector<Generations::Bump>{{.hash = 1, .removed = 10}}, {}, 10, {});
  EXPECT_EQ(generations.applied(), 20U);
  EXPECT_TRUE(generations.Check(kKey, Hashes{1}, 15).is_removed);
}

TEST(Generations, Rule3ARestartRevivesNothing) {
  Generations generations;
  const std::uint64_t before = generations.applied();
  generations.Restart(1000);
  EXPECT_TRUE(generations.Check(kKey, Hashes{1}, before).is_removed);
  EXPECT_FALSE(generations.Check(kKey, Hashes{1}, 1000).is_removed);
}

}  // namespace
}  // namespace cairn
