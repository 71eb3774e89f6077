#include "service/lineage_tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

LineageGraph Graph(const std::vector<std::string>& names,
                   const std::vector<std::pair<std::uint32_t, std::uint32_t>>& edges) {
  LineageGraph graph;
  for (const std::string& name : names) graph.nodes.push_back({{"", "dataset", "n", name, ""}, 0});
  for (const auto& [from, to] : edges) graph.edges.push_back({from, to, "reads", {}, {}});
  return graph;
}

std::string Draw(const LineageGraph& graph, Direction direction) {
  std::string out;
  for (const TreeLine& line : LineageTree(graph, direction)) {
    out += fmt::format("{}{}{}{}|", std::string(line.depth, '-'), graph.nodes[line.node].key.name, line.last ? "." : "",
                       line.seen ? "^" : "");
  }
  return out;
}

TEST(LineageTree, ChildrenStandInOrderOfTheirIds) {
  const LineageGraph graph = Graph({"top", "b", "a", "leaf"}, {{1, 0}, {2, 0}, {3, 2}});
  EXPECT_EQ(Draw(graph, Direction::kUpstream), "top.|-a|--leaf.|-b.|");
  EXPECT_EQ(Draw(graph, Direction::kDownstream), "top.|");
}

TEST(LineageTree, WhatIsReachedAgainIsDrawnOnce) {
  const LineageGraph graph = Graph({"top", "a", "b", "shared", "leaf"}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}});
  EXPECT_EQ(Draw(graph, Direction::kDownstream), "top.|-a|--shared.|---leaf.|-b.|--shared.^|");
}

TEST(LineageTree, ALeafReachedAgainIsJustALeaf) {
  EXPECT_EQ(Draw(Graph({"top", "a", "b", "leaf"}, {{0, 1}, {0, 2}, {1, 3}, {2, 3}}), Direction::kDownstream),
            "top.|-a|--leaf.|-b.|--leaf.|");
}

TEST(LineageTree, CyclesEnd) {
  EXPECT_EQ(Draw(Graph({"a", "b"}, {{0, 1}, {1, 0}}), Direction::kDownstream), "a.|-b.|--a.^|");
  EXPECT_EQ(Draw(Graph({"a"}, {{0, 0}}), Direction::kUpstream), "a.|-a.^|");
}

TEST(LineageTree, SeveralEdgesOfAPairAreOneLine) {
  LineageGraph graph = Graph({"a", "b"}, {{0, 1}});
  graph.edges.push_back({0, 1, "influences", {}, {}});
  const auto lines = LineageTree(graph, Direction::kDownstream);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].edges, "reads, influences");
}

TEST(LineageTree, AVeryLongChain) {
  LineageGraph graph;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    graph.nodes.push_back({{"", "dataset", "n", std::to_string(i), ""}, 0});
    if (i > 0) graph.edges.push_back({i - 1, i, "derives", {}, {}});
  }
  EXPECT_EQ(LineageTree(graph, Direction::kDownstream).back().depth, 199'999u);
}

TEST(LineageTree, NothingIsNothing) { EXPECT_TRUE(LineageTree({}, Direction::kUpstream).empty()); }

}  // namespace
}  // namespace cairn
