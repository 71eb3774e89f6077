#include "lineage/components.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Components, ADagHasNoCycles) {
  const LocalGraph graph{4, {{0, 1}, {1, 2}, {0, 2}, {2, 3}}};
  const Components components = FindComponents(graph);
  EXPECT_THAT(CyclesOf(components), IsEmpty());
  EXPECT_THAT(RanksOf(graph, components), ElementsAre(0, 1, 2, 3)) << "the longest way counts";
}

TEST(Components, CyclesAndLoopsAreTold) {
  const LocalGraph graph{6, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {4, 4}, {3, 5}}};
  const Components components = FindComponents(graph);
  EXPECT_THAT(CyclesOf(components), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(4)));
  EXPECT_THAT(RanksOf(graph, components), ElementsAre(0, 0, 0, 1, 0, 2)) << "a cycle is one step";
}

TEST(Components, AChainOfAHundredThousandAndNothing) {
  LocalGraph graph{100'000, {}};
  for (std::uint32_t i = 0; i + 1 < graph.nodes; ++i) graph.edges.emplace_back(i, i + 1);
  EXPECT_EQ(RanksOf(graph, FindComponents(graph)).back(), 99'999u);
  graph.edges.emplace_back(99'999, 0);
  EXPECT_EQ(CyclesOf(FindComponents(graph)).front().size(), 100'000u);
  EXPECT_THAT(CyclesOf(FindComponents({})), IsEmpty());
}

}  // namespace
}  // namespace cairn
