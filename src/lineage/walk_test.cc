#include "lineage/walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "lineage/paths.h"
#include "lineage/shared.h"

namespace cairn {
namespace {

using testing::ElementsAre;

void Add(Graph& graph, EdgeType type, NodeNumber from, NodeNumber to, std::int64_t begun = 1) {
  graph.SetBegun(graph.Intern(type, from, to), begun);
}

// 0 -> 1 -> 2 -> 3, and 1 -> 4; 1 and 3 are jobs.
Graph Fork() {
  Graph graph;
  graph.SetClass(1, NodeClass::kJob);
  graph.SetClass(3, NodeClass::kJob);
  Add(graph, EdgeType::kReads, 0, 1, 10);
  Add(graph, EdgeType::kWrites, 1, 2, 10);
  Add(graph, EdgeType::kReads, 2, 3, 10);
  Add(graph, EdgeType::kWrites, 1, 4, 10);
  return graph;
}

std::set<NodeNumber> Reach(const Graph& graph, NodeNumber start, const WalkSpec& spec,
                           const GraphReader::Wanted& wanted = {}) {
  GraphReader reader(graph, wanted);
  Walk walk;
  EXPECT_TRUE(walk.Run(reader, {{start}}, spec));
  return {walk.nodes().begin(), walk.nodes().end()};
}

TEST(Walk, UpstreamAndDownstreamFollowTheFlow) {
  const Graph graph = Fork();
  EXPECT_EQ(Reach(graph, 2, {.up = true}), (std::set<NodeNumber>{0, 1, 2}));
  EXPECT_EQ(Reach(graph, 1, {.up = false}), (std::set<NodeNumber>{1, 2, 3, 4}));
  EXPECT_EQ(Reach(graph, 99, {.up = false}), (std::set<NodeNumber>{99})) << "a node without edges";
}

TEST(Walk, DepthCountsEdgesOrThings) {
  const Graph graph = Fork();
  EXPECT_EQ(Reach(graph, 0, {.up = false, .depth = 0}), (std::set<NodeNumber>{0}));
  EXPECT_EQ(Reach(graph, 0, {.up = false, .depth = 1}), (std::set<NodeNumber>{0, 1}));
  EXPECT_EQ(Reach(graph, 0, {.up = false, .depth = 1, .hops_are_edges = false}), (std::set<NodeNumber>{0, 1, 2, 4}));
}

TEST(Walk, AsOfAnInstantAndOverAWindow) {
  Graph graph;
  Add(graph, EdgeType::kDerives, 0, 1, 10);
  const EdgeNumber ended = graph.Intern(EdgeType::kDerives, 1, 2);
  const std::vector<Interval> twice{{10, 20}, {30, 40}};
  graph.SetValidity(ended, twice);
  const auto at = [&](std::int64_t ns) { return Reach(graph, 0, {.up = false}, {.moment = Moment::At({ns})}).size(); };
  EXPECT_EQ(at(9), 1u);
  EXPECT_EQ(at(10), 3u);
  EXPECT_EQ(at(20), 2u);
  EXPECT_EQ(at(35), 3u);
  EXPECT_EQ(Reach(graph, 0, {.up = false}).size(), 2u) << "the present";
  Moment window{20, 31};
  EXPECT_EQ(Reach(graph, 0, {.up = false}, {.moment = window}).size(), 3u);
  window = {20, 30};
  EXPECT_EQ(Reach(graph, 0, {.up = false}, {.moment = window}).size(), 2u);
}

TEST(Walk, AnEdgeThatBeganAgainStandsAtPresent) {
  Graph graph;
  const std::vector<Interval> again{{10, 20}, {30, kForever}};
  graph.SetValidity(graph.Intern(EdgeType::kDerives, 0, 1), again);
  EXPECT_EQ(Reach(graph, 0, {.up = false}).size(), 2u);
}

TEST(Walk, NamesOfOneThingAreNoHopApart) {
  Graph graph;
  Add(graph, EdgeType::kDerives, 0, 1);
  Add(graph, EdgeType::kSame, 1, 5);
  Add(graph, EdgeType::kSame, 5, 1);
  Add(graph, EdgeType::kDerives, 5, 6);
  EXPECT_EQ(Reach(graph, 0, {.up = false, .depth = 1}), (std::set<NodeNumber>{0, 1, 5}));
  EXPECT_EQ(Reach(graph, 0, {.up = false, .depth = 2}), (std::set<NodeNumber>{0, 1, 5, 6}));
  EXPECT_EQ(Reach(graph, 6, {.up = true}), (std::set<NodeNumber>{0, 1, 5, 6}));
}

TEST(Walk, CyclesAndSelfLoopsEnd) {
  Graph graph;
  Add(graph, EdgeType::kDerives, 0, 1);
  Add(graph, EdgeType::kDerives, 1, 0);
  Add(graph, EdgeType::kDerives, 1, 1);
  EXPECT_EQ(Reach(graph, 0, {.up = true}), (std::set<NodeNumber>{0, 1}));
}

TEST(Walk, TheCapIsKeptAndTheFrontierTold) {
  Graph graph;
  for (NodeNumber i = 1; i <= 1000; ++i) Add(graph, EdgeType::kWrites, 0, i);
  GraphReader reader(graph, {});
  Walk walk;
  ASSERT_TRUE(walk.Run(reader, {{0}}, {.up = false, .nodes_max = 10}));
  EXPECT_EQ(walk.nodes().size(), 10u);
  EXPECT_TRUE(walk.partial());
  EXPECT_EQ(walk.frontier().front(), 0u);
  ASSERT_TRUE(walk.Run(reader, {{0}}, {.up = false, .nodes_max = 1001}));
  EXPECT_FALSE(walk.partial());
}

TEST(Walk, AChainOfAHundredThousandAndANodeWithAsManyNeighbours) {
  Graph graph;
  constexpr NodeNumber kMany = 100'000;
  for (NodeNumber i = 0; i < kMany; ++i) Add(graph, EdgeType::kDerives, i, i + 1);
  EXPECT_EQ(Reach(graph, kMany, {.up = true}).size(), kMany + 1);
  for (NodeNumber i = 1; i <= kMany; ++i) Add(graph, EdgeType::kReads, kMany + 1, kMany + 1 + i);
  EXPECT_EQ(Reach(graph, kMany + 1, {.up = false}).size(), kMany + 1);
  EXPECT_EQ(graph.Intern(EdgeType::kReads, kMany + 1, kMany + 77), graph.Find(EdgeType::kReads, kMany + 1, kMany + 77))
      << "found among many";
}

// A reader that lets writers in sees what stood when it began.
TEST(GraphReader, SeesOneStateWhateverIsWrittenMeanwhile) {
  struct Writer final : Pause {
    explicit Writer(Graph& graph_in) : graph(graph_in) {}
    bool Tick() override {
      if (ticks++ != 0) return true;
      Add(graph, EdgeType::kDerives, 40'000, 50'000);                         // A new edge.
      graph.SetValidity(graph.Find(EdgeType::kDerives, 30'000, 30'001), {});  // One that ends.
      graph.SetValidity(graph.Find(EdgeType::kDerives, 0, 60'000), std::vector<Interval>{{1, kForever}});
      return true;
    }
    void Release() override {}
    bool Again() override { return true; }
    Graph& graph;
    int ticks = 0;
  };
  Graph graph;
  for (NodeNumber i = 0; i < 40'000; ++i) Add(graph, EdgeType::kDerives, i, i + 1);
  graph.Intern(EdgeType::kDerives, 0, 60'000);  // It never stood.
  Writer writer(graph);
  Walk walk;
  {
    GraphReader reader(graph, {}, &writer);
    ASSERT_TRUE(walk.Run(reader, {{0}}, {.up = false}));
    EXPECT_GT(writer.ticks, 1);
    EXPECT_EQ(walk.nodes().size(), 40'001u);
  }
  EXPECT_EQ(Reach(graph, 0, {.up = false}).size(), 30'002u) << "who asks later sees what was written";
}

// Graphs of edges that come and go at random, those into every second node only early; a time step in nanoseconds.
void AgreesWithANaiveOne(NodeNumber nodes, unsigned edge_count, std::int64_t step, int rounds) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < rounds; ++round) {
    Graph graph;
    std::map<std::pair<NodeNumber, NodeNumber>, std::vector<Interval>> edges;
    for (unsigned i = 0; i < edge_count; ++i) {
      const NodeNumber from = random() % nodes;
      const NodeNumber to = random() % nodes;
      std::vector<Interval> when;
      std::int64_t at = random() % (to % 2 == 0 ? 10 : 3);
      for (unsigned n = random() % 3; n > 0; --n) {
        const std::int64_t until = random() % 4 == 0 || to % 2 != 0 ? kForever : at + 1 + random() % 5;
        when.push_back({at * step, until == kForever ? until : until * step});
        if (until == kForever) break;
        at = until + 1 + random() % 4;
      }
      edges[{from, to}] = when;
      graph.SetValidity(graph.Intern(EdgeType::kDerives, from, to), when);
    }
    const std::int64_t time = random() % 20 * step;
    const std::uint32_t depth = random() % 3 == 0 ? random() % 12 : nodes;
    std::set<NodeNumber> expected{0};
    std::size_t before = 0;
    for (std::uint32_t level = 0; level < depth && expected.size() != before; ++level) {
      before = expected.size();
      std::set<NodeNumber> wider = expected;
      for (const auto& [ends, when] : edges) {
        const bool stands = std::any_of(when.begin(), when.end(), [&](const Interval& interval) {
          return interval.from <= time && time < interval.until;
        });
        if (stands && expected.contains(ends.second)) wider.insert(ends.first);
      }
      expected = wider;
    }
    ASSERT_EQ(Reach(graph, 0, {.up = true, .depth = depth}, {.moment = Moment::At({time})}), expected);
  }
}

TEST(Walk, AgreesWithANaiveOneAtEveryInstant) { AgreesWithANaiveOne(30, 80, 1, 60); }

// Levels of hundreds, and instants far enough apart for coarse time to decide.
TEST(Walk, AgreesWithANaiveOneInWideLevelsToo) { AgreesWithANaiveOne(2000, 9000, 30'000'000'000, 15); }

TEST(Walk, TheLastOfAWideLevelAreAskedForTheirOwnTimes) {
  constexpr std::int64_t kHour = 3'600'000'000'000;
  Graph graph;
  const NodeNumber wide = 200;
  const NodeNumber early = wide + 1;
  for (NodeNumber node = 1; node <= wide; ++node) {
    Add(graph, EdgeType::kDerives, node, 0, kHour);
    // What the last ones come from came later than is asked about.
    const bool late = node > wide - 12;
    Add(graph, EdgeType::kDerives, late ? early + node : early, node, (late ? 900 : 1) * kHour);
  }
  const auto found = Reach(graph, 0, {.up = true}, {.moment = Moment::At({500 * kHour})});
  EXPECT_EQ(found.size(), 1 + wide + 1);
}

TEST(SharedAncestors, AreThoseOfAllAndTheNearestComeFirst) {
  Graph graph;
  // 0 -> 1 -> {2, 3}; 4 -> 3; 2 -> 5; 3 -> 6
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 2}, {1, 3}, {4, 3}, {2, 5}, {3, 6}}) {
    Add(graph, EdgeType::kDerives, from, to);
  }
  GraphReader reader(graph, {});
  const auto shared = SharedAncestors(reader, std::vector<NodeNumber>{5, 6});
  ASSERT_TRUE(shared);
  ASSERT_EQ(shared->size(), 2u);
  EXPECT_EQ((*shared)[0].node, 1u);
  EXPECT_EQ((*shared)[0].hops, 2u);
  EXPECT_EQ((*shared)[1].node, 0u);
  const auto own = SharedAncestors(reader, std::vector<NodeNumber>{1, 6});
  EXPECT_EQ((*own)[0].node, 1u) << "a node is its own ancestor";
  EXPECT_TRUE(SharedAncestors(reader, std::vector<NodeNumber>{4, 5})->empty());
}

TEST(SharedAncestors, OfMoreThanAWordOfBits) {
  Graph graph;
  std::vector<NodeNumber> nodes;
  for (NodeNumber i = 2; i < 202; ++i) {
    Add(graph, EdgeType::kDerives, 0, i);
    if (i != 150) Add(graph, EdgeType::kDerives, 1, i);
    nodes.push_back(i);
  }
  GraphReader reader(graph, {});
  const auto shared = SharedAncestors(reader, nodes);
  ASSERT_EQ(shared->size(), 1u);
  EXPECT_EQ((*shared)[0].node, 0u);
}

TEST(FindPaths, TheShortestFirstAndNoneMeetsANodeTwice) {
  Graph graph;
  for (const auto& [from, to] : {std::pair{0, 1}, {1, 3}, {0, 2}, {2, 4}, {4, 3}, {3, 0}, {1, 2}}) {
    Add(graph, EdgeType::kDerives, from, to);
  }
  GraphReader reader(graph, {});
  const auto lengths = [&](const PathsWanted& wanted) {
    std::vector<std::size_t> out;
    SameThings same(reader);
    const auto found = FindPaths(reader, wanted, same);
    for (const auto& path : found->paths) out.push_back(path.size());
    return out;
  };
  EXPECT_THAT(lengths({0, 3}), ElementsAre(2, 3, 4));
  EXPECT_THAT(lengths({0, 3, true}), ElementsAre(2));
  EXPECT_THAT(lengths({0, 3, false, 3}), ElementsAre(2, 3));
  EXPECT_THAT(lengths({0, 99}), ElementsAre());
  SameThings same(reader);
  EXPECT_TRUE(FindPaths(reader, {0, 3, false, 100, 2}, same)->partial);
}

}  // namespace
}  // namespace cairn
