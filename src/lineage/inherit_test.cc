#include "lineage/inherit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kOwner = 0;
constexpr std::uint32_t kTags = 1;
constexpr std::uint32_t kSchema = 2;

struct InheritUnderTest {
  InheritUnderTest() {
    rules.policy = [](std::uint32_t key) {
      return key == kTags ? InheritPolicy::kUnion : key == kSchema ? InheritPolicy::kNever : InheritPolicy::kReplace;
    };
    rules.name_before = [](NodeNumber a, NodeNumber b) { return a < b; };
    rules.priority = [this](EdgeNumber edge) { return priorities[edge]; };
  }
  void Flow(NodeNumber from, NodeNumber to, std::int32_t priority = 0) {
    const EdgeNumber edge = graph.Intern(EdgeType::kDerives, from, to);
    graph.SetBegun(edge, 1);
    priorities[edge] = priority;
  }
  void Set(NodeNumber node, std::uint32_t key, std::uint32_t value, std::int64_t at = 1) {
    metadata.State(node, {key, value, 0, 0, false, at, 100 + node});
  }
  void SetList(NodeNumber node, const std::vector<std::uint32_t>& items) {
    MetadataValue value{kTags, 999, metadata.items(), static_cast<std::uint32_t>(items.size()), true, 1, 100 + node};
    for (const std::uint32_t item : items) metadata.AddItem(item);
    metadata.State(node, value);
  }
  /// `key=value<source@distance`.
  std::vector<std::string> Of(NodeNumber node, std::uint32_t depth = 20) {
    GraphReader reader(graph, {});
    MetadataReader values(metadata, false);
    EXPECT_TRUE(inheritance.Run(reader, values, node, depth, rules));
    std::vector<std::string> out;
    for (const Inherited& one : inheritance.values()) {
      out.push_back(fmt::format("{}={}<{}@{}", one.key, one.value, one.source, one.distance));
    }
    return out;
  }

  Graph graph;
  MetadataTable metadata;
  std::map<EdgeNumber, std::int32_t> priorities;
  InheritRules rules;
  Inheritance inheritance;
};

TEST(Inheritance, OwnValuesStandApartAndANearerOneWins) {
  InheritUnderTest test;
  test.Flow(0, 1);
  test.Flow(1, 2);
  test.Set(0, kOwner, 10);
  EXPECT_THAT(test.Of(2), ElementsAre("0=10<0@2"));
  test.Set(1, kOwner, 11);
  EXPECT_THAT(test.Of(2), ElementsAre("0=11<1@1"));
  test.Set(2, kOwner, 12);
  EXPECT_THAT(test.Of(2), ElementsAre("0=12<2@0"));
  EXPECT_THAT(test.Of(2, 0), ElementsAre("0=12<2@0"));
}

TEST(Inheritance, AtEqualDistanceEdgeThenTimeThenName) {
  InheritUnderTest test;
  for (const NodeNumber parent : {1, 2, 3}) {
    test.Flow(parent, 9);
    test.Set(parent, kOwner, 10 + parent);
  }
  EXPECT_THAT(test.Of(9), ElementsAre("0=11<1@1")) << "the first name";
  test.Set(2, kOwner, 12, 5);
  EXPECT_THAT(test.Of(9), ElementsAre("0=12<2@1")) << "the newest";
  test.Flow(3, 9, 1);
  EXPECT_THAT(test.Of(9), ElementsAre("0=13<3@1")) << "the edge that goes first";
}

TEST(Inheritance, ListsByUnionHaveEachElementOnceFromItsNearest) {
  InheritUnderTest test;
  test.Flow(0, 1);
  test.Flow(1, 2);
  test.SetList(2, {5});
  test.SetList(1, {5, 6});
  test.SetList(0, {6, 7});
  EXPECT_THAT(test.Of(2), ElementsAre("1=5<2@0", "1=6<1@1", "1=7<0@2"));
}

TEST(Inheritance, WhatWasTakenBackKeepsOutWhatIsFarther) {
  InheritUnderTest test;
  test.Flow(0, 1);
  test.Flow(1, 2);
  test.Set(0, kOwner, 10);
  test.SetList(0, {7});
  test.Set(1, kOwner, kNoNumber);
  test.Set(1, kTags, kNoNumber);
  EXPECT_THAT(test.Of(2), IsEmpty());
  EXPECT_THAT(test.inheritance.blocked(), IsEmpty());
  EXPECT_THAT(test.Of(1), IsEmpty());
  EXPECT_THAT(test.inheritance.blocked(), ElementsAre(kOwner, kTags));
}

TEST(Inheritance, SomeFieldsAreNeverInherited) {
  InheritUnderTest test;
  test.Flow(0, 1);
  test.Set(0, kSchema, 3);
  EXPECT_THAT(test.Of(0), ElementsAre("2=3<0@0"));
  EXPECT_THAT(test.Of(1), IsEmpty());
}

TEST(Inheritance, HopsCountThingsAndJobsHaveNothingToGive) {
  InheritUnderTest test;
  test.graph.SetClass(1, NodeClass::kJob);
  test.Flow(0, 1);
  test.Flow(1, 2);
  test.Set(0, kOwner, 10);
  test.Set(1, kOwner, 11);
  EXPECT_THAT(test.Of(2), ElementsAre("0=10<0@1"));
  EXPECT_THAT(test.Of(1), ElementsAre("0=11<1@0")) << "but a job has its own";
}

TEST(Inheritance, CyclesEnd) {
  InheritUnderTest test;
  test.Flow(0, 1);
  test.Flow(1, 0);
  test.Set(0, kOwner, 10);
  EXPECT_THAT(test.Of(1), ElementsAre("0=10<0@1"));
}

}  // namespace
}  // namespace cairn
