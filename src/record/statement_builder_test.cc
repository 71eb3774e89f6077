#include "record/statement_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace cairn {
namespace {

TEST(StatementBuilder, ANodeIsStatedOnce) {
  Arena arena;
  EventStatements out;
  StatementBuilder builder(arena, out);
  const auto a = builder.Node(kTypeDataset, "n", "a");
  EXPECT_EQ(builder.Node(kTypeDataset, "n", "a"), a);
  EXPECT_NE(builder.Node(kTypeJob, "n", "a"), a);
  EXPECT_NE(builder.Node(kTypeDataset, "na", ""), a);
  EXPECT_NE(builder.Node(kTypeDataset, "", "na"), a);
  const auto field = builder.Field(a, "x");
  EXPECT_EQ(builder.Node(kTypeField, "n", "a", "x"), field);
  EXPECT_EQ(out.nodes.size(), 5U);
}

TEST(StatementBuilder, TextsOutliveWhatTheyWereReadFrom) {
  Arena arena;
  EventStatements out;
  StatementBuilder builder(arena, out);
  std::string ns = "namespace";
  std::string name = "name";
  builder.Node(kTypeDataset, ns, name, "part");
  const auto joined = builder.Join(ns, '=', name);
  ns.assign(9, '#');
  name.assign(4, '#');
  EXPECT_EQ(out.nodes[0], NodeView("", "dataset", "namespace", "name", "part"));
  EXPECT_EQ(joined, "namespace=name");
}

TEST(StatementBuilder, AnEdgeIsStatedOnceForEachType) {
  Arena arena;
  EventStatements out;
  StatementBuilder builder(arena, out);
  builder.Edge(EdgeType::kReads, 0, 1);
  builder.Edge(EdgeType::kReads, 0, 1);
  builder.Edge(EdgeType::kWrites, 0, 1);
  builder.Edge(EdgeType::kReads, 1, 0);
  builder.Edge(EdgeType::kDerives, 1, 1);
  ASSERT_EQ(out.edges.size(), 4U) << "a node may lead to itself";
  EXPECT_EQ(out.edges[2].from, 1U);
}

TEST(StatementBuilder, ManyNodesAndEdgesKeepTheirPlaces) {
  Arena arena;
  EventStatements out;
  StatementBuilder builder(arena, out);
  constexpr std::uint32_t kMany = 5000;
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < kMany; ++i) {
      ASSERT_EQ(builder.Node(kTypeField, "n", "d", std::to_string(i)), i);
      builder.Edge(EdgeType::kDerives, i, (i + 1) % kMany);
    }
  }
  EXPECT_EQ(out.nodes.size(), kMany);
  EXPECT_EQ(out.edges.size(), kMany);
}

TEST(HashIndex, EqualHashesAreToldApart) {
  HashIndex index;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto [place, added] = index.FindOrAdd(7, i, [](std::uint32_t) { return false; });
    EXPECT_TRUE(added);
    EXPECT_EQ(place, i);
  }
  EXPECT_EQ(index.FindOrAdd(7, 500, [](std::uint32_t place) { return place == 321; }), std::pair(321U, false));
}

}  // namespace
}  // namespace cairn
