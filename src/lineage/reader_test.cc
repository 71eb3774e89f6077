#include "lineage/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

namespace cairn {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

using Intervals = std::vector<Interval>;

// Edges of few nodes, so that some nodes have many.
class ReaderTest : public ::testing::Test {
 protected:
  // Some lie within one step of coarse time, some far apart: with long strides, in other steps of broad time too.
  std::int64_t AnyTime() {
    const std::int64_t near = std::uniform_int_distribution<std::int64_t>(0, 3)(random_);
    return std::uniform_int_distribution<std::int64_t>(-3, 20)(random_) * stride_ + near;
  }

  Intervals AnyValidity() {
    Intervals out;
    const int count = std::uniform_int_distribution<int>(0, 4)(random_);
    std::int64_t at = AnyTime();
    for (int i = 0; i < count; ++i) {
      const std::int64_t until = at + 1 + std::uniform_int_distribution<std::int64_t>(0, 4 * stride_)(random_);
      out.push_back({at, until});
      at = until + 1 + std::uniform_int_distribution<std::int64_t>(0, 4 * stride_)(random_);
    }
    if (!out.empty() && random_() % 2 == 0) out.back().until = kForever;
    return out;
  }

  void ChangeSomething() {
    const auto from = static_cast<NodeNumber>(random_() % 5);
    const auto to = static_cast<NodeNumber>(5 + random_() % 30);
    const EdgeNumber edge = graph_.Intern(random_() % 2 == 0 ? EdgeType::kDerives : EdgeType::kInfluences, from, to);
    if (random_() % 3 == 0) {
      const std::int64_t begun = AnyTime();
      graph_.SetBegun(edge, begun);
      valid_[edge] = {{begun, kForever}};
    } else if (random_() % 8 != 0) {  // Else it may be that it never stands.
      valid_[edge] = AnyValidity();
      graph_.SetValidity(edge, valid_[edge]);
    }
  }

  std::vector<EdgeNumber> Seen(const Moment& moment, bool up, NodeNumber node) const {
    std::vector<EdgeNumber> out;
    GraphReader(graph_, {.moment = moment}).ForEach(up, node, [&](NodeNumber other, EdgeNumber edge, EdgeClass) {
      EXPECT_EQ(other, up ? graph_.edge(edge).from : graph_.edge(edge).to);
      out.push_back(edge);
    });
    return out;
  }

  std::vector<EdgeNumber> Expected(const Moment& moment, bool up, NodeNumber node) const {
    std::vector<EdgeNumber> out;
    for (const auto& [edge, intervals] : valid_) {
      if ((up ? graph_.edge(edge).to : graph_.edge(edge).from) != node) continue;
      const bool stands = std::any_of(intervals.begin(), intervals.end(),
                                      [&](const Interval& interval) { return moment.Meets(interval); });
      if (stands) out.push_back(edge);
    }
    return out;
  }

  void Compare(const Moment& moment) const {
    for (NodeNumber node = 0; node < 35; ++node) {
      for (const bool up : {true, false}) {
        ASSERT_EQ(Seen(moment, up, node), Expected(moment, up, node))
            << "node " << node << " up " << up << " [" << moment.from << ", " << moment.until << ")";
      }
    }
  }

  std::mt19937_64 random_;
  std::int64_t stride_ = 2 * kSecond;
  Graph graph_;
  std::map<EdgeNumber, Intervals> valid_;
};

TEST_F(ReaderTest, AnyMomentShowsTheEdgesThatStoodThen) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  random_.seed(seed);
  constexpr std::int64_t kDay = 86'400 * kSecond;
  for (const std::int64_t stride : {2 * kSecond, kDay / 2, 100 * kDay, 5 * 365 * kDay}) {
    stride_ = stride;
    graph_ = Graph();
    valid_.clear();
    for (int round = 0; round < 100; ++round) {
      for (int i = 0; i < 5; ++i) ChangeSomething();
      ASSERT_NO_FATAL_FAILURE(Compare(Moment::Present()));
      ASSERT_NO_FATAL_FAILURE(Compare(Moment::At({AnyTime()})));
      ASSERT_NO_FATAL_FAILURE(Compare(Moment::At({AnyTime() + 30 * stride})));
      const std::int64_t from = AnyTime();
      const std::int64_t length = 1 + std::abs(AnyTime());
      ASSERT_NO_FATAL_FAILURE(Compare({.from = from, .until = from + length}));
    }
  }
}

TEST_F(ReaderTest, EndsOfTimeAreInstantsToo) {
  const EdgeNumber edge = graph_.Intern(EdgeType::kDerives, 0, 5);
  graph_.SetBegun(edge, Timestamp::Min().ns);
  valid_[edge] = {{Timestamp::Min().ns, kForever}};
  Compare(Moment::At(Timestamp::Min()));
  Compare(Moment::At(Timestamp::Max()));
  valid_[edge] = {{Timestamp::Min().ns, Timestamp::Min().ns + 1}};
  graph_.SetValidity(edge, valid_[edge]);
  Compare(Moment::At(Timestamp::Min()));
  Compare(Moment::At({Timestamp::Min().ns + 1}));
}

// Writers come in wherever it is let go.
class Writers final : public Pause {
 public:
  explicit Writers(std::function<void()> write) : write_(std::move(write)) {}
  bool Tick() override { return true; }
  void Release() override { held_ = false; }
  bool Again() override {
    write_();
    held_ = true;
    return still_there_;
  }
  void Lose() { still_there_ = false; }
  [[nodiscard]] bool held() const { return held_; }

 private:
  std::function<void()> write_;
  bool held_ = true;
  bool still_there_ = true;
};

TEST_F(ReaderTest, WhatChangedWhileTheGraphWasLetGoIsSeenAsItWas) {
  const EdgeNumber edge = graph_.Intern(EdgeType::kDerives, 0, 5);
  graph_.SetValidity(edge, Intervals{{10, 20}});
  Writers writers([&] { graph_.SetValidity(edge, Intervals{{30, 40}}); });
  GraphReader reader(graph_, {.moment = Moment::At({15})}, &writers);
  ASSERT_TRUE(reader.WhileLetGo([&] { EXPECT_FALSE(writers.held()); }));
  EXPECT_TRUE(writers.held());
  EXPECT_TRUE(reader.Stands(edge));
  EXPECT_FALSE(GraphReader(graph_, {.moment = Moment::At({15})}).Stands(edge));
}

TEST_F(ReaderTest, NobodyToLetInIsNoHindrance) {
  GraphReader reader(graph_, {});
  bool done = false;
  EXPECT_TRUE(reader.WhileLetGo([&] { done = true; }));
  EXPECT_TRUE(done);
}

TEST_F(ReaderTest, AGraphThatWasReplacedKnowsNoneOfTheReadersOfTheOther) {
  Writers writers([&] { graph_ = Graph(); });
  {
    GraphReader lost(graph_, {}, &writers);
    GraphReader unaware(graph_, {}, &writers);
    writers.Lose();
    EXPECT_FALSE(lost.WhileLetGo([] {}));
    EXPECT_FALSE(lost.Rest());
  }
  const EdgeNumber edge = graph_.Intern(EdgeType::kDerives, 0, 5);
  std::int64_t until = 20;
  const auto remembered = [&] {
    graph_.SetValidity(edge, Intervals{{10, ++until}});
    return graph_.undo().size();
  };
  EXPECT_EQ(remembered(), 0u) << "nobody reads it";
  {
    const GraphReader reader(graph_, {}, &writers);
    EXPECT_NE(remembered(), 0u);
  }
  EXPECT_EQ(remembered(), 0u);
}

}  // namespace
}  // namespace cairn
