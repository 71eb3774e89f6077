#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "lineage/fold.h"
#include "lineage/fold_for_test.h"
#include "lineage/fold_reader.h"
#include "lineage/reader.h"

namespace cairn {
namespace {

using testing::UnorderedElementsAre;

constexpr NodeNumber kTopicA = 1;
constexpr NodeNumber kTopicB = 2;
constexpr NodeNumber kName = 3;
constexpr NodeNumber kOther = 4;

struct NamesUnderTest {
  /// That the thing goes by these names too, and by no others.
  void Say(NodeNumber thing, Stamp stamp, const std::set<NodeNumber>& names) {
    std::vector<Claim> claims;
    for (const NodeNumber name : names) {
      claims.push_back({fold.graph().Intern(EdgeType::kSame, thing, name), 0});
      claims.push_back({fold.graph().Intern(EdgeType::kSame, name, thing), 0});
    }
    fold.State({ClaimScope::kSymlinks, thing, kNoNumber}, stamp, 7, claims);
  }
  /// When `name` is one of the thing: `5..9 12..`.
  std::string When(NodeNumber thing, NodeNumber name) {
    const std::string there = WhenOf(fold.graph(), EdgeType::kSame, thing, name);
    EXPECT_EQ(there, WhenOf(fold.graph(), EdgeType::kSame, name, thing)) << thing << " and " << name;
    EXPECT_EQ(there.find("before"), std::string::npos) << there;
    return there;
  }

  LineageFold fold;
};

TEST(FoldNames, AnAliasIsThatOfTheOneWhoseClaimBeganLast) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "5..");
  test.Say(kTopicB, {8, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "5..8") << "two datasets that state one alias are not one dataset";
  EXPECT_EQ(test.When(kTopicB, kName), "8..");
  test.Say(kTopicA, {9, 1}, {kName});
  test.Say(kTopicB, {10, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "5..8") << "who says again what was said claims nothing anew";
  EXPECT_EQ(test.When(kTopicB, kName), "8..");
}

TEST(FoldNames, AClaimThatStandsStillCountsAgainOnceTheLaterOneIsOver) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName});
  test.Say(kTopicB, {8, 1}, {kName});
  test.Say(kTopicB, {12, 1}, {});
  EXPECT_EQ(test.When(kTopicA, kName), "5..8 12..");
  EXPECT_EQ(test.When(kTopicB, kName), "8..12");
  test.Say(kTopicB, {15, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "5..8 12..15");
  test.fold.End(kTopicB, {20, 1}, false);
  EXPECT_EQ(test.When(kTopicA, kName), "5..8 12..15 20..") << "what was dropped claims nothing";
}

TEST(FoldNames, AnAliasThatTwoBeginToClaimAtOnceIsNeithers) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName, kOther});
  test.Say(kTopicB, {5, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "");
  EXPECT_EQ(test.When(kTopicB, kName), "");
  EXPECT_EQ(test.When(kTopicA, kOther), "5..");
  test.Say(kTopicB, {9, 1}, {});
  EXPECT_EQ(test.When(kTopicA, kName), "9..");
}

TEST(FoldNames, ALateClaimTakesTheNameFromWhomItWentBackTo) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName});
  test.Say(kTopicB, {8, 1}, {kName});
  test.Say(kTopicB, {20, 1}, {});
  test.Say(kOther, {12, 1}, {kName});
  EXPECT_EQ(test.When(kTopicA, kName), "5..8");
  EXPECT_EQ(test.When(kTopicB, kName), "8..12");
  EXPECT_EQ(test.When(kOther, kName), "12..");
}

TEST(FoldNames, ManyMayClaimOneNameInWhateverOrder) {
  for (const bool dropped : {false, true}) {
    NamesUnderTest test;
    if (dropped) test.fold.End(kOther, {1, 1}, false);
    constexpr NodeNumber kThings = 4'000;
    for (NodeNumber i = 0; i < kThings; ++i) test.Say(10 + i * 7 % kThings, {100 + i * 7 % kThings, 1}, {kName});
    // What is gone through in memory, one after the other, is cheap; what is looked up is not gone through for all.
    EXPECT_LT(test.fold.gone_through(), std::uint64_t{kThings} * kThings);
    EXPECT_EQ(test.When(10, kName), "100..101");
    EXPECT_EQ(test.When(10 + kThings - 1, kName), fmt::format("{}..", 100 + kThings - 1));
    test.fold.End(kName, {100'000, 1}, false);
    EXPECT_EQ(test.When(10 + kThings - 1, kName), fmt::format("{}..100000", 100 + kThings - 1));
  }
}

TEST(FoldNames, TwoThatNameEachOtherAreOne) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kTopicB});
  test.Say(kTopicB, {8, 1}, {kTopicA});
  test.Say(kTopicA, {10, 1}, {});
  EXPECT_EQ(test.When(kTopicA, kTopicB), "5..");
  test.Say(kOther, {12, 1}, {kTopicA});
  EXPECT_EQ(test.When(kTopicA, kTopicB), "5..12");
  EXPECT_EQ(test.When(kOther, kTopicA), "12..");
}

TEST(FoldNames, EmptyingADatasetTakesNoNameFromIt) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName});
  test.fold.End(kTopicA, {8, 1}, true);
  test.fold.End(kName, {9, 1}, true);
  EXPECT_EQ(test.When(kTopicA, kName), "5..");
}

TEST(FoldNames, WhatIsANameOfAnotherIsTold) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kName});
  test.Say(kTopicA, {9, 1}, {kOther});
  const auto further = [&](NodeNumber node, std::int64_t at) {
    GraphReader reader(test.fold.graph(), {Moment::At({at})});
    return FoldReader(test.fold, reader).IsFurtherName(node);
  };
  EXPECT_TRUE(further(kName, 5));
  EXPECT_FALSE(further(kName, 9)) << "it is no more";
  EXPECT_TRUE(further(kOther, 9));
  EXPECT_FALSE(further(kTopicA, 5));
  EXPECT_FALSE(further(kTopicB, 5));
}

TEST(FoldNames, WhoNamesTheOtherIsToldOfTheInstant) {
  NamesUnderTest test;
  test.Say(kTopicA, {5, 1}, {kTopicB});
  test.Say(kTopicA, {10, 1}, {});
  test.Say(kTopicB, {12, 1}, {kTopicA});
  const auto claims = [&](Moment moment, NodeNumber holder, NodeNumber name) {
    GraphReader reader(test.fold.graph(), {moment});
    const FoldReader stated(test.fold, reader);
    EXPECT_EQ(stated.IsFurtherName(name), stated.IsClaimThen(test.fold.graph().Find(EdgeType::kSame, holder, name)) &&
                                              reader.IsName(test.fold.graph().Find(EdgeType::kSame, holder, name)));
    return stated.IsClaimThen(test.fold.graph().Find(EdgeType::kSame, holder, name));
  };
  EXPECT_TRUE(claims(Moment::At({6}), kTopicA, kTopicB));
  EXPECT_FALSE(claims(Moment::At({6}), kTopicB, kTopicA));
  EXPECT_FALSE(claims(Moment::Present(), kTopicA, kTopicB)) << "it was taken back";
  EXPECT_TRUE(claims(Moment::Present(), kTopicB, kTopicA));
  EXPECT_FALSE(claims({0, 11}, kTopicB, kTopicA));
  GraphReader ever(test.fold.graph(), {Moment{0, kForever}});
  EXPECT_TRUE(FoldReader(test.fold, ever).IsClaimThen(test.fold.graph().Find(EdgeType::kSame, kTopicA, kTopicB)));
}

TEST(NameClaims, TheLatestBegunCounts) {
  const auto kept = [](std::vector<NameClaim> claims) {
    std::sort(claims.begin(), claims.end(), BeganLater);
    return KeepLatestBegun(claims);
  };
  EXPECT_THAT(kept({{{1, 20}, 1}, {{5, 9}, 2}, {{6, 7}, 3}}),
              UnorderedElementsAre(NameClaim{{1, 5}, 1}, NameClaim{{9, 20}, 1}, NameClaim{{5, 6}, 2},
                                   NameClaim{{7, 9}, 2}, NameClaim{{6, 7}, 3}));
  EXPECT_THAT(kept({{{1, 9}, 1}, {{1, 5}, 2}, {{1, 3}, 3}, {{4, 7}, 4}}),
              UnorderedElementsAre(NameClaim{{4, 7}, 4}, NameClaim{{7, 9}, 1}));
}

// A model by the instant, of what the comment of LineageFold says.
class NamesModel {
 public:
  void Say(NodeNumber thing, Stamp stamp, std::set<NodeNumber> names) { said_[thing][stamp] = std::move(names); }
  void Delete(NodeNumber thing, Stamp stamp) { deleted_[thing].insert(stamp); }
  void End(NodeNumber thing, Stamp stamp) { ended_[thing].insert(stamp); }

  [[nodiscard]] bool Claimed(NodeNumber thing, NodeNumber name, std::int64_t at) const {
    const auto said = said_.find(thing);
    if (said == said_.end()) return false;
    auto last = said->second.upper_bound({at, ~0U});
    if (last == said->second.begin()) return false;
    --last;
    if (!last->second.contains(name)) return false;
    const auto over = [&](const std::map<NodeNumber, std::set<Stamp>>& ends, NodeNumber node, bool with) {
      const auto found = ends.find(node);
      if (found == ends.end()) return false;
      const auto end = with ? found->second.lower_bound(last->first) : found->second.upper_bound(last->first);
      return end != found->second.end() && end->time <= at;
    };
    return !over(deleted_, thing, false) && !over(ended_, thing, true) && !over(ended_, name, true);
  }
  [[nodiscard]] bool IsNameOf(NodeNumber thing, NodeNumber name, std::int64_t at) const {
    if (!Claimed(thing, name, at)) return false;
    const auto begun = [&](NodeNumber one) {
      std::int64_t from = at;
      while (from > 0 && Claimed(one, name, from - 1)) --from;
      return from;
    };
    for (const auto& [other, all] : said_) {
      if (other != thing && Claimed(other, name, at) && begun(other) >= begun(thing)) return false;
    }
    return true;
  }

 private:
  std::map<NodeNumber, std::map<Stamp, std::set<NodeNumber>>> said_;
  std::map<NodeNumber, std::set<Stamp>> deleted_;
  std::map<NodeNumber, std::set<Stamp>> ended_;
};

TEST(FoldNames, StandAsTheModelSaysInWhateverOrderStatementsCome) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto up_to = [&](unsigned most) { return static_cast<std::uint32_t>(random() % (most + 1)); };
  constexpr std::int64_t kLast = 12;
  for (int round = 0; round < 400; ++round) {
    NamesModel model;
    std::vector<std::function<void(NamesUnderTest&)>> statements;
    for (std::uint32_t i = 0; i < 12; ++i) {
      const Stamp stamp{static_cast<std::int64_t>(up_to(kLast)), i};
      const NodeNumber thing = up_to(3);
      std::set<NodeNumber> names;
      for (NodeNumber name = 0; name < 5; ++name) {
        if (name != thing && up_to(2) == 0) names.insert(name);
      }
      // In every other round nothing ends but by being replaced.
      const unsigned what = round % 2 == 0 ? up_to(9) : 9;
      if (what == 0) {
        model.End(thing, stamp);
        statements.emplace_back([=](NamesUnderTest& test) { test.fold.End(thing, stamp, false); });
      } else if (what == 1) {
        model.Delete(thing, stamp);
        statements.emplace_back([=](NamesUnderTest& test) { test.fold.Delete(ClaimScope::kSymlinks, thing, stamp); });
      } else {
        model.Say(thing, stamp, names);
        statements.emplace_back([=](NamesUnderTest& test) { test.Say(thing, stamp, names); });
      }
    }
    // By time first, as events mostly come.
    for (int order = 0; order < 4; ++order) {
      NamesUnderTest test;
      for (const auto& statement : statements) statement(test);
      for (NodeNumber a = 0; a < 5; ++a) {
        for (NodeNumber b = 0; b < a; ++b) {
          std::string expected;
          for (std::int64_t at = 0; at <= kLast; ++at) {
            expected += model.IsNameOf(a, b, at) || model.IsNameOf(b, a, at) ? '#' : '.';
          }
          std::string stood;
          Interval room;
          const EdgeNumber edge = test.fold.graph().Find(EdgeType::kSame, a, b);
          for (std::int64_t at = 0; at <= kLast; ++at) {
            bool stands = false;
            if (edge != kNoNumber) {
              for (const Interval& one : test.fold.graph().ValidityOf(edge, &room)) {
                stands = stands || (one.from <= at && at < one.until);
              }
            }
            stood += stands ? '#' : '.';
          }
          ASSERT_EQ(stood, expected) << a << " and " << b << ", round " << round << " order " << order;
          test.When(a, b);
        }
      }
      std::shuffle(statements.begin(), statements.end(), random);
    }
  }
}

}  // namespace
}  // namespace cairn
