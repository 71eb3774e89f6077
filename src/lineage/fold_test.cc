#include "lineage/fold.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "lineage/fold_for_test.h"
#include "lineage/fold_reader.h"
#include "lineage/reader.h"

namespace cairn {
namespace {

using testing::ElementsAre;

constexpr NodeNumber kJob = 0;
constexpr NodeNumber kIn = 1;
constexpr NodeNumber kOut = 2;

struct FoldUnderTest {
  FoldUnderTest() { fold.graph().SetClass(kJob, NodeClass::kJob); }

  EdgeNumber Edge(EdgeType type, NodeNumber from, NodeNumber to) { return fold.graph().Intern(type, from, to); }
  void Io(Stamp stamp, std::vector<std::pair<NodeNumber, NodeNumber>> edges) {
    std::vector<Claim> claims;
    for (const auto& [from, to] : edges) {
      claims.push_back({Edge(from == kJob ? EdgeType::kWrites : EdgeType::kReads, from, to), 0});
    }
    fold.State({ClaimScope::kInputsOutputs, kJob, kNoNumber}, stamp, 7, claims);
  }
  void Facet(Stamp stamp, std::vector<std::pair<NodeNumber, NodeNumber>> edges, NodeNumber by = kJob) {
    std::vector<Claim> claims;
    for (const auto& [from, to] : edges) claims.push_back({Edge(EdgeType::kDerives, from, to), 0});
    fold.State({ClaimScope::kColumnLineage, kOut, by}, stamp, 7, claims);
  }
  /// By a facet that replaces what it said before.
  void Writes(Stamp stamp, std::vector<NodeNumber> outputs, NodeNumber by = kJob) {
    std::vector<Claim> claims;
    for (const NodeNumber to : outputs) claims.push_back({Edge(EdgeType::kWrites, kJob, to), 0});
    fold.State({ClaimScope::kColumnLineage, kJob, by}, stamp, 7, claims);
  }
  /// `5..9 12..` of an edge.
  std::string When(EdgeType type, NodeNumber from, NodeNumber to) { return WhenOf(fold.graph(), type, from, to); }

  std::int64_t LastStated(EdgeType type, NodeNumber from, NodeNumber to) {
    GraphReader reader(fold.graph(), {});
    std::int64_t last = 0;
    EXPECT_TRUE(FoldReader(fold, reader).LastStated(Edge(type, from, to), &last));
    return last;
  }

  LineageFold fold;
};

TEST(LineageFold, AnEdgeOfARunStandsFromItsFirstStatementOn) {
  FoldUnderTest test;
  test.Io({9, 1}, {{kIn, kJob}});
  test.Io({5, 1}, {{kIn, kJob}, {kJob, kOut}});
  test.Io({12, 1}, {{kIn, kJob}});
  EXPECT_EQ(test.When(EdgeType::kReads, kIn, kJob), "5..");
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "5..") << "a run without it takes nothing back";
  EXPECT_EQ(test.LastStated(EdgeType::kReads, kIn, kJob), 12);
}

TEST(LineageFold, ADropEndsWhatWasStatedBeforeIt) {
  FoldUnderTest test;
  test.Io({5, 1}, {{kIn, kJob}, {kJob, kOut}});
  test.fold.End(kOut, {8, 0}, false);
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "5..8");
  EXPECT_EQ(test.When(EdgeType::kReads, kIn, kJob), "5..");
  test.Io({10, 1}, {{kJob, kOut}});
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "5..8 10..");
}

TEST(LineageFold, ADropOutlivesAStatementThatComesLate) {
  FoldUnderTest test;
  test.fold.End(kOut, {8, 0}, false);
  test.Io({5, 1}, {{kJob, kOut}});
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "5..8");
}

TEST(LineageFold, WhatTheDroppingEventSaysItselfIsDroppedToo) {
  FoldUnderTest test;
  test.Io({5, 1}, {{kJob, kOut}});
  test.fold.End(kOut, {5, 1}, false);
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "");
}

TEST(LineageFold, EmptyingEndsWhatFlowedInAndNotWhatItSaysItself) {
  FoldUnderTest test;
  test.Io({5, 1}, {{kIn, kJob}, {kJob, kOut}});
  test.Io({8, 3}, {{kJob, kOut}});
  test.fold.End(kOut, {8, 3}, true);
  test.fold.End(kIn, {9, 1}, true);
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), "5..") << "ended and begun at once";
  EXPECT_EQ(test.When(EdgeType::kReads, kIn, kJob), "5..") << "what was made of it stays";
}

TEST(LineageFold, OfOneInstantTheContentDecides) {
  for (const std::uint32_t drop : {1U, 9U}) {
    FoldUnderTest test;
    test.Io({5, 5}, {{kJob, kOut}});
    test.fold.End(kOut, {5, drop}, false);
    EXPECT_EQ(test.When(EdgeType::kWrites, kJob, kOut), drop == 1 ? "5.." : "");
  }
}

TEST(LineageFold, ADropOfTheWholeEndsItsParts) {
  FoldUnderTest test;
  test.fold.SetPart(3, kOut);
  test.fold.SetPart(4, kIn);
  test.Facet({5, 1}, {{4, 3}});
  test.fold.End(kOut, {8, 0}, false);
  EXPECT_EQ(test.When(EdgeType::kDerives, 4, 3), "5..8");
}

TEST(LineageFold, ANewerFacetReplacesTheOlderWhole) {
  FoldUnderTest test;
  test.Facet({5, 1}, {{3, kOut}, {4, kOut}});
  test.Facet({8, 1}, {{4, kOut}, {5, kOut}});
  EXPECT_EQ(test.When(EdgeType::kDerives, 3, kOut), "5..8");
  EXPECT_EQ(test.When(EdgeType::kDerives, 4, kOut), "5..");
  EXPECT_EQ(test.When(EdgeType::kDerives, 5, kOut), "8..");
  test.Facet({6, 1}, {{5, kOut}});
  EXPECT_EQ(test.When(EdgeType::kDerives, 3, kOut), "5..6");
  EXPECT_EQ(test.When(EdgeType::kDerives, 4, kOut), "5..6 8..");
  EXPECT_EQ(test.When(EdgeType::kDerives, 5, kOut), "6..");
}

TEST(LineageFold, TwoJobsDoNotReplaceEachOther) {
  FoldUnderTest test;
  test.Facet({5, 1}, {{3, kOut}});
  test.Facet({8, 1}, {{4, kOut}}, 9);
  EXPECT_EQ(test.When(EdgeType::kDerives, 3, kOut), "5..");
  EXPECT_EQ(test.When(EdgeType::kDerives, 4, kOut), "8..");
}

TEST(LineageFold, ADeletedFacetHoldsNoMoreWhoeverStatedIt) {
  FoldUnderTest test;
  test.Facet({5, 1}, {{3, kOut}});
  test.Facet({6, 1}, {{4, kOut}}, 9);
  test.fold.Delete(ClaimScope::kColumnLineage, kOut, {8, 0});
  EXPECT_EQ(test.When(EdgeType::kDerives, 3, kOut), "5..8");
  EXPECT_EQ(test.When(EdgeType::kDerives, 4, kOut), "6..8");
  test.Facet({9, 1}, {{3, kOut}});
  EXPECT_EQ(test.When(EdgeType::kDerives, 3, kOut), "5..8 9..");
}

TEST(LineageFold, ADeclarationCountsFromItsBeginningOn) {
  FoldUnderTest test;
  const EdgeNumber edge = test.Edge(EdgeType::kDerives, kIn, kOut);
  test.fold.Declare({edge, 0}, {5, 1}, {5, kForever}, true);
  EXPECT_EQ(test.When(EdgeType::kDerives, kIn, kOut), "5..");
  test.fold.Declare({edge, 0}, {9, 1}, {9, kForever}, false);
  EXPECT_EQ(test.When(EdgeType::kDerives, kIn, kOut), "5..9");
  test.fold.Declare({edge, 0}, {10, 1}, {7, 20}, true);
  EXPECT_EQ(test.When(EdgeType::kDerives, kIn, kOut), "5..20") << "said later, of an earlier time";
  test.fold.Declare({edge, 0}, {11, 1}, {8, kForever}, false);
  EXPECT_EQ(test.When(EdgeType::kDerives, kIn, kOut), "5..8");
}

TEST(LineageFold, ManyShapesOfOneJobAreFoundAgain) {
  FoldUnderTest test;
  for (int round = 0; round < 2; ++round) {
    for (NodeNumber out = 10; out < 40; ++out) test.Io({out + round * 100, 1}, {{kIn, kJob}, {kJob, out}});
  }
  std::size_t reasons = 0;
  GraphReader reader(test.fold.graph(), {});
  FoldReader stated(test.fold, reader);
  EXPECT_TRUE(stated.ForEachReason(test.Edge(EdgeType::kWrites, kJob, 10), [&](const auto&) { ++reasons; }));
  EXPECT_EQ(reasons, 2u);
  EXPECT_EQ(test.When(EdgeType::kWrites, kJob, 30), "30..");
  EXPECT_EQ(test.When(EdgeType::kReads, kIn, kJob), "10..");
}

// A job whose outputs differ from run to run, as its inputs and outputs and as its own facet say.
TEST(LineageFold, ManySetsOfOutputsCostWhatTheyAre) {
  for (const bool backwards : {false, true}) {
    FoldUnderTest test;
    constexpr NodeNumber kSets = 3000;
    for (NodeNumber i = 0; i < kSets; ++i) {
      const NodeNumber set = backwards ? kSets - 1 - i : i;
      const Stamp stamp{1 + set, 1};
      test.Io(stamp, {{kIn, kJob}, {kJob, 10 + set}});
      test.Writes(stamp, {10 + set, 10 + kSets + set});
    }
    EXPECT_EQ(test.When(EdgeType::kWrites, kJob, 15), "6..");
    EXPECT_EQ(test.When(EdgeType::kWrites, kJob, 15 + kSets), "6..7");
    EXPECT_LT(test.fold.gone_through(), 20 * kSets) << backwards;
  }
}

// The same where something had been dropped, before or among them.
TEST(LineageFold, ManySetsOfOutputsCostWhatTheyAreAfterADropToo) {
  for (const bool backwards : {false, true}) {
    FoldUnderTest test;
    constexpr NodeNumber kSets = 3000;
    test.fold.End(kIn, {0, 1}, false);
    for (NodeNumber i = 0; i < kSets; ++i) {
      const NodeNumber set = backwards ? kSets - 1 - i : i;
      test.Io({1 + set, 1}, {{kIn, kJob}, {kJob, 10 + set}});
      if (i == kSets / 2) test.fold.End(kIn, {kSets / 2, 1}, false);
    }
    EXPECT_EQ(test.When(EdgeType::kReads, kIn, kJob), fmt::format("1..{} {}..", kSets / 2, kSets / 2 + 1));
    EXPECT_EQ(test.When(EdgeType::kWrites, kJob, 15), "6..");
    EXPECT_LT(test.fold.gone_through(), 20 * kSets) << backwards;
  }
}

// Whatever the order in which statements come, the graph is the same.
TEST(LineageFoldProperty, TheOrderOfArrivalDoesNotMatter) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto up_to = [&](unsigned most) { return random() % (most + 1); };
  for (int round = 0; round < 200; ++round) {
    std::vector<std::function<void(FoldUnderTest&)>> statements;
    for (int i = 0; i < 14; ++i) {
      const Stamp stamp{static_cast<std::int64_t>(up_to(12)), static_cast<std::uint32_t>(i)};
      const NodeNumber a = 1 + up_to(3);
      const NodeNumber b = 1 + up_to(3);
      const NodeNumber job = 8 + up_to(1);
      const bool two = up_to(1) == 0;
      // In every other round nothing ends but by being replaced.
      const auto what = round % 2 == 0 ? up_to(9) : 3 + up_to(6);
      const std::int64_t span = 1 + static_cast<std::int64_t>(up_to(6));
      const std::int64_t shift = static_cast<std::int64_t>(up_to(4));
      const bool flag = up_to(1) == 0;
      statements.emplace_back([=](FoldUnderTest& test) {
        switch (what) {
          case 0:
            return test.fold.End(a, stamp, flag);
          case 1:
            return test.fold.Delete(ClaimScope::kColumnLineage, kOut, stamp);
          case 2:
            return test.fold.Declare({test.Edge(EdgeType::kDerives, a, b), 0}, stamp,
                                     {stamp.time - shift, stamp.time - shift + span}, flag);
          case 3:
          case 4: {
            std::vector<std::pair<NodeNumber, NodeNumber>> edges{{a, b}};
            if (two) edges.emplace_back(b, a);
            return test.Facet(stamp, edges, job);
          }
          case 5:
          case 6:
            return two ? test.Writes(stamp, {a, b}, job) : test.Writes(stamp, {a}, job);
          default: {
            std::vector<std::pair<NodeNumber, NodeNumber>> edges{{a, kJob}};
            if (two) edges.emplace_back(kJob, b);
            return test.Io(stamp, edges);
          }
        }
      });
    }
    std::string expected;
    for (int order = 0; order < 4; ++order) {
      FoldUnderTest test;
      // After something has ended, though it be elsewhere, every edge is folded from all that was said of it.
      if (order == 0) test.fold.End(50, {1, 1}, false);
      for (const auto& statement : statements) statement(test);
      std::string all;
      for (NodeNumber from = 0; from < 5; ++from) {
        for (NodeNumber to = 0; to < 5; ++to) {
          for (const EdgeType type : {EdgeType::kReads, EdgeType::kWrites, EdgeType::kDerives}) {
            const std::string when = test.When(type, from, to);
            if (when != "no edge") all += fmt::format("{}-{}->{} {}\n", from, static_cast<int>(type), to, when);
          }
        }
      }
      if (order == 0) expected = all;
      ASSERT_EQ(all, expected) << "round " << round << " order " << order;
      std::shuffle(statements.begin(), statements.end(), random);
    }
  }
}

TEST(LineageFold, AnEdgeCostsLessThanAHundredBytes) {
  // A job of two inputs and one output, each dataset read twice: the benchmark's shape.
  LineageFold fold;
  constexpr std::uint32_t kJobs = 20'000;
  std::vector<Claim> claims;
  for (std::uint32_t job = 0; job < kJobs; ++job) {
    fold.graph().SetClass(job * 2, NodeClass::kJob);
    claims.clear();
    for (const std::uint32_t input : {job * 2654435761U % kJobs, job * 40503U % kJobs}) {
      claims.push_back({fold.graph().Intern(EdgeType::kReads, input * 2 + 1, job * 2), 0});
    }
    claims.push_back({fold.graph().Intern(EdgeType::kWrites, job * 2, job * 2 + 1), 0});
    fold.State({ClaimScope::kInputsOutputs, job * 2, kNoNumber}, {job, 1}, job, claims);
  }
  EXPECT_LT(static_cast<double>(fold.bytes()) / fold.graph().edges(), 100.0);
}

}  // namespace
}  // namespace cairn
