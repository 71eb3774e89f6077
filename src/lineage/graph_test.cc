#include "lineage/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace cairn {
namespace {

std::set<NodeNumber> Nodes(const Graph::Walk& walk) {
  std::set<NodeNumber> out;
  for (const auto& visit : walk.nodes) out.insert(visit.node);
  return out;
}

// 0 -> 1 -> 2 -> 3, and 1 -> 4
Graph Fork() {
  Graph graph;
  graph.AddEdge(EdgeType::kReads, 0, 1, {10});
  graph.AddEdge(EdgeType::kWrites, 1, 2, {10});
  graph.AddEdge(EdgeType::kReads, 2, 3, {10});
  graph.AddEdge(EdgeType::kWrites, 1, 4, {10});
  return graph;
}

TEST(GraphTest, UpstreamAndDownstreamFollowTheFlow) {
  const Graph graph = Fork();
  EXPECT_EQ(Nodes(graph.Reach(2, Direction::kUpstream, 20, 100)), (std::set<NodeNumber>{0, 1, 2}));
  EXPECT_EQ(Nodes(graph.Reach(1, Direction::kDownstream, 20, 100)), (std::set<NodeNumber>{1, 2, 3, 4}));
  EXPECT_EQ(Nodes(graph.Reach(2, Direction::kBoth, 20, 100)), (std::set<NodeNumber>{0, 1, 2, 3}));
}

TEST(GraphTest, DepthCountsEdges) {
  const Graph graph = Fork();
  EXPECT_EQ(Nodes(graph.Reach(0, Direction::kDownstream, 0, 100)), (std::set<NodeNumber>{0}));
  EXPECT_EQ(Nodes(graph.Reach(0, Direction::kDownstream, 1, 100)), (std::set<NodeNumber>{0, 1}));
  EXPECT_EQ(Nodes(graph.Reach(0, Direction::kDownstream, 2, 100)), (std::set<NodeNumber>{0, 1, 2, 4}));
}

TEST(GraphTest, HopsAreNegativeUpstream) {
  const auto walk = Fork().Reach(2, Direction::kBoth, 20, 100);
  for (const auto& visit : walk.nodes) {
    if (visit.node == 0) {
      EXPECT_EQ(visit.hops, -2);
    }
    if (visit.node == 3) {
      EXPECT_EQ(visit.hops, 1);
    }
  }
}

TEST(GraphTest, StatingAnEdgeAgainWidensItsTimesInAnyOrder) {
  std::vector<std::int64_t> times{5, 1, 9, 3};
  std::sort(times.begin(), times.end());
  do {
    Graph graph;
    for (const std::int64_t ns : times) graph.AddEdge(EdgeType::kReads, 0, 1, {ns});
    ASSERT_EQ(graph.edges().size(), 1u);
    EXPECT_EQ(graph.edges()[0].first_seen.ns, 1);
    EXPECT_EQ(graph.edges()[0].last_seen.ns, 9);
  } while (std::next_permutation(times.begin(), times.end()));
}

TEST(GraphTest, CyclesAndSelfLoopsEnd) {
  Graph graph;
  graph.AddEdge(EdgeType::kDerives, 0, 1, {1});
  graph.AddEdge(EdgeType::kDerives, 1, 0, {1});
  graph.AddEdge(EdgeType::kDerives, 1, 1, {1});
  const auto walk = graph.Reach(0, Direction::kBoth, 1000, 100);
  EXPECT_EQ(Nodes(walk), (std::set<NodeNumber>{0, 1}));
  EXPECT_EQ(walk.edges.size(), 3u);
}

TEST(GraphTest, CapIsToldAndKept) {
  Graph graph;
  for (NodeNumber i = 1; i <= 1000; ++i) graph.AddEdge(EdgeType::kWrites, 0, i, {1});
  const auto walk = graph.Reach(0, Direction::kDownstream, 5, 10);
  EXPECT_EQ(walk.nodes.size(), 10u);
  EXPECT_TRUE(walk.partial);
  EXPECT_FALSE(graph.Reach(0, Direction::kDownstream, 5, 1001).partial);
}

TEST(GraphTest, UnconnectedNodeReachesItself) {
  EXPECT_EQ(Nodes(Fork().Reach(99, Direction::kBoth, 5, 10)), (std::set<NodeNumber>{99}));
}

TEST(GraphTest, ReachAgreesWithANaiveWalk) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    Graph graph;
    std::set<std::pair<NodeNumber, NodeNumber>> pairs;
    for (int i = 0; i < 60; ++i) {
      const NodeNumber from = random() % 30;
      const NodeNumber to = random() % 30;
      graph.AddEdge(EdgeType::kDerives, from, to, {1});
      pairs.emplace(from, to);
    }
    const std::uint32_t depth = random() % 6;
    std::set<NodeNumber> expected{0};
    for (std::uint32_t level = 0; level < depth; ++level) {
      std::set<NodeNumber> wider = expected;
      for (const auto& [from, to] : pairs) {
        if (expected.contains(to)) wider.insert(from);
      }
      expected = wider;
    }
    EXPECT_EQ(Nodes(graph.Reach(0, Direction::kUpstream, depth, 1000)), expected);
  }
}

}  // namespace
}  // namespace cairn
