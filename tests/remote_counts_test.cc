#include <gtest/gtest.h>

#include <memory>

#include "client/read_answers.h"
#include "client/read_json.h"
#include "service/lineage_json.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

LineageGraph PartlySeen() {
  LineageGraph graph;
  graph.nodes = {{.key = {"", "dataset", "db", "a", ""}},
                 {.key = {"", "hidden", "", "1", ""}, .hops = -1, .hidden = true}};
  graph.hidden = 1;
  return graph;
}

TEST(ReadLineage, WhatIsKeptBackIsToldAsItWasCounted) {
  const auto answer = JsonAnswer::Parse(LineageGraphJson(PartlySeen()));
  ASSERT_TRUE(answer);
  const auto graph = ReadGraph(answer->root(), "");
  ASSERT_TRUE(graph) << graph.status();
  EXPECT_EQ(graph->hidden, 1U);
  ASSERT_EQ(graph->nodes.size(), 2U);
  EXPECT_FALSE(graph->nodes[0].hidden);
  EXPECT_TRUE(graph->nodes[1].hidden);
}

TEST(ReadLineage, PathsThatAreKeptBackAreCounted) {
  LineagePaths paths;
  paths.graph = PartlySeen();
  paths.hidden = 2;
  const auto answer = JsonAnswer::Parse(WholePathsJson(paths));
  ASSERT_TRUE(answer);
  const auto read = ReadPaths(answer->root(), "");
  ASSERT_TRUE(read) << read.status();
  EXPECT_EQ(read->hidden, 2U);
}

TEST(ReadLineage, ReasonsThatAreKeptBackAreCounted) {
  LineageWhy why;
  why.total = 3;
  why.withheld = 3;
  std::string body = WholeWhyJson(why);
  body.reserve(body.size() + 64);  // As bodies of answers have it.
  const auto read = ReadWhy(std::make_shared<const std::string>(std::move(body)), "");
  ASSERT_TRUE(read) << read.status();
  EXPECT_EQ(read->withheld, 3U);
}

}  // namespace
}  // namespace cairn
