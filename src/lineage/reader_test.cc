#include "lineage/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
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

}  // namespace
}  // namespace cairn
