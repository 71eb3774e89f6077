#include "lineage/inherit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

constexpr std::uint32_t kOwner = 0;
constexpr std::uint32_t kTags = 1;
constexpr std::uint32_t kSchema = 2;

struct InheritUnderTest {
  InheritUnderTest() {
    rules.policy = [](std::uint32_t key) {
      return key == kTags ? InheritPolicy::kUnion : key == kSchema ? InheritPolicy::kNever : InheritPolicy::kReplace;
    };
    rules.name_before = [](NodeNumber a, NodeNumber b) { return a < b; };
    rules.priority = [this](EdgeNumber edge, std::int32_t* priority) {
      *priority = priorities[edge];
      return true;
    };
  }
  void Flow(NodeNumber from, NodeNumber to, std::int32_t priority = 0) {
    const EdgeNumber edge = graph.Intern(EdgeType::kDerives, from, to);
    graph.SetBegun(edge, 1);
    priorities[edge] = priority;
  }
  void Set(NodeNumber node, std::uint32_t key, std::uint32_t value, std::int64_t at = 1) {
    metadata.State(node, {key, value, 0, 0, false, 0, at, 100 + node});
  }
  void SetList(NodeNumber node, const std::vector<std::uint32_t>& items) {
    MetadataValue value{kTags, 999, metadata.items(), static_cast<std::uint32_t>(items.size()), true, 0, 1, 100 + node};
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

TEST(Inheritance, AtAnInstantAlongTheEdgesOfThen) {
  InheritUnderTest test;
  test.rules.priority = nullptr;
  test.graph.SetValidity(test.graph.Intern(EdgeType::kDerives, 0, 2), {{{10'000'000'000, 20'000'000'000}}});
  test.graph.SetBegun(test.graph.Intern(EdgeType::kDerives, 1, 2), 20'000'000'000);
  test.Set(0, kOwner, 10);
  test.Set(1, kOwner, 11);
  const auto at = [&](std::int64_t seconds) {
    GraphReader reader(test.graph, {.moment = Moment::At({seconds * 1'000'000'000})});
    MetadataReader values(test.metadata, false);
    EXPECT_TRUE(test.inheritance.Run(reader, values, 2, 20, test.rules));
    std::vector<std::uint32_t> out;
    for (const Inherited& one : test.inheritance.values()) out.push_back(one.value);
    return out;
  };
  EXPECT_THAT(at(5), IsEmpty());
  EXPECT_THAT(at(15), ElementsAre(10));
  EXPECT_THAT(at(25), ElementsAre(11));
}

TEST(Inheritance, MoreThanAFewNodesValuesAndFieldsAreAllCounted) {
  for (const NodeNumber nodes : {15, 16, 17, 40}) {
    InheritUnderTest test;
    test.rules.priority = nullptr;
    for (NodeNumber node = 1; node < nodes; ++node) test.Flow(node - 1, node);
    test.Set(0, kOwner, 7);
    EXPECT_THAT(test.Of(nodes - 1, nodes), ElementsAre(fmt::format("0=7<0@{}", nodes - 1)));
    EXPECT_EQ(test.inheritance.looked_at().size(), nodes);
  }
  for (const std::uint32_t values : {31, 32, 33, 64, 65, 200}) {
    InheritUnderTest test;
    test.rules.priority = nullptr;
    for (std::uint32_t key = 0; key < values; ++key) test.Set(1, 100 + key, key);
    std::vector<std::uint32_t> items;
    for (std::uint32_t item = 0; item < values; ++item) items.push_back(64 * item);
    test.SetList(0, items);
    test.Flow(0, 1);
    EXPECT_EQ(test.Of(1).size(), 2 * values);
    EXPECT_EQ(test.Of(0).size(), values);
  }
}

TEST(Inheritance, ManyElementsAndManyParentsAreEachOnce) {
  InheritUnderTest test;
  constexpr NodeNumber kParents = 3000;
  for (NodeNumber parent = 0; parent < kParents; ++parent) {
    test.Flow(parent, kParents);
    test.SetList(parent, {7, 1000 + parent, 1000 + parent / 2});
  }
  const auto found = test.Of(kParents);
  const auto value = [](const std::string& text) { return text.substr(0, text.find('<')); };
  std::set<std::string> once;
  for (const std::string& one : found) EXPECT_TRUE(once.insert(value(one)).second) << one;
  EXPECT_EQ(found.size(), kParents + 1);
  test.Set(kParents - 1, kOwner, 3);
  test.Set(kParents - 2, kOwner, 4);
  EXPECT_EQ(test.Of(kParents).front(), fmt::format("0=4<{}@1", kParents - 2));
}

// Writes before each step.
class WritingPause final : public Pause {
 public:
  explicit WritingPause(std::function<void()> write) : write_(std::move(write)) {}
  bool Tick() override {
    ++ticks;
    write_();
    return true;
  }
  void Release() override {}
  bool Again() override { return true; }

  std::size_t ticks = 0;

 private:
  std::function<void()> write_;
};

TEST(Inheritance, LongListsRestAndStayThoseOfTheBeginning) {
  constexpr std::uint32_t kLong = 20'000;
  InheritUnderTest test;
  test.Flow(0, 2);
  test.Flow(1, 2);
  std::vector<std::uint32_t> items(kLong);
  std::iota(items.begin(), items.end(), 0);
  test.SetList(0, items);
  test.SetList(2, items);
  test.Set(1, kOwner, 5);
  // Who else writes moves what is read and says otherwise.
  WritingPause pause([&] {
    test.SetList(0, std::vector<std::uint32_t>(kLong, 1'000'000));
    test.SetList(2, {7});
    test.Set(1, kOwner, 6);
  });
  GraphReader reader(test.graph, {}, &pause);
  MetadataReader values(test.metadata, true);
  ASSERT_TRUE(test.inheritance.Run(reader, values, 2, 20, test.rules));
  const auto found = test.inheritance.values();
  ASSERT_EQ(found.size(), kLong + 1);
  for (std::uint32_t i = 0; i < kLong; ++i) {
    ASSERT_EQ(found[i].value, i);
    ASSERT_EQ(found[i].source, 2u);
  }
  EXPECT_EQ(found[kLong].value, 5u);
  EXPECT_GE(pause.ticks, 2 * kLong / 1024) << "a long list is taken in without a rest";
}

// What the docstring says, put as plainly as it can be.
class PlainInheritance {
 public:
  explicit PlainInheritance(const InheritUnderTest& test) : test_(test) {}

  std::vector<std::string> Of(NodeNumber start, std::uint32_t depth) {
    std::map<NodeNumber, std::int32_t> level{{start, 0}};
    std::set<NodeNumber> seen{start};
    for (std::uint32_t distance = 0; !level.empty(); ++distance) {
      std::map<NodeNumber, std::int32_t> next;
      std::vector<std::pair<NodeNumber, std::int32_t>> queue(level.begin(), level.end());
      for (std::size_t i = 0; i < queue.size(); ++i) {
        for (EdgeNumber edge = 0; edge < test_.graph.edges(); ++edge) {
          const Graph::Edge& ends = test_.graph.edge(edge);
          if (ends.to != queue[i].first) continue;
          const std::int32_t priority = test_.rules.priority ? test_.priorities.at(edge) : 0;
          const bool joins = ends.type == EdgeType::kSame || test_.graph.ClassOf(ends.from) == NodeClass::kJob;
          if (joins && seen.insert(ends.from).second) {
            level[ends.from] = ends.type == EdgeType::kSame ? queue[i].second : priority;
            queue.emplace_back(ends.from, level[ends.from]);
          }
          if (!joins && distance < depth) {
            next[ends.from] = std::max(next.contains(ends.from) ? next[ends.from] : priority, priority);
          }
        }
      }
      for (const auto& one : queue) looked_at_.insert(one.first);
      Settle(level, start, distance);
      std::erase_if(next, [&](const auto& one) { return !seen.insert(one.first).second; });
      level = std::move(next);
    }
    return out_;
  }
  [[nodiscard]] const std::set<NodeNumber>& looked_at() const { return looked_at_; }

 private:
  void Settle(const std::map<NodeNumber, std::int32_t>& level, NodeNumber start, std::uint32_t distance) {
    for (std::uint32_t key = 0; key < 3; ++key) {
      if (closed_.contains(key) || (key == kSchema && distance != 0)) continue;
      std::vector<std::tuple<std::int32_t, std::int64_t, NodeNumber, const MetadataValue*>> here;
      for (const auto& [node, priority] : level) {
        if (node != start && test_.graph.ClassOf(node) == NodeClass::kJob) continue;
        for (const MetadataValue& value : test_.metadata.Of(node)) {
          if (value.key == key) here.emplace_back(-priority, -value.produced_at, node, &value);
        }
      }
      std::sort(here.begin(), here.end());
      for (const auto& [priority, time, node, value] : here) {
        if (value->value == kNoNumber) {
          closed_.insert(key);
          if (key == kTags) continue;
          break;
        }
        if (key != kTags || !value->is_list) {
          out_.push_back(fmt::format("{}={}<{}@{}", key, value->value, node, distance));
          closed_.insert(key);
          break;
        }
        for (const std::uint32_t item : test_.metadata.ItemsOf(*value)) {
          if (!items_.insert(item).second) continue;
          out_.push_back(fmt::format("{}={}<{}@{}", key, item, node, distance));
        }
      }
    }
  }

  const InheritUnderTest& test_;
  std::set<std::uint32_t> closed_;
  std::set<std::uint32_t> items_;
  std::set<NodeNumber> looked_at_;
  std::vector<std::string> out_;
};

TEST(Inheritance, AnyGraphIsMergedAsTheRulesSay) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 1000; ++round) {
    InheritUnderTest test;
    const bool ranked = round % 2 == 0;
    if (!ranked) test.rules.priority = nullptr;
    const auto nodes = static_cast<NodeNumber>(2 + random() % 12);
    for (NodeNumber node = 0; node < nodes; ++node) {
      test.graph.SetClass(node, random() % 4 == 0 ? NodeClass::kJob : NodeClass::kThing);
      if (random() % 3 != 0) test.Set(node, kOwner, random() % 6 == 0 ? kNoNumber : 10 + node, 1 + random() % 2);
      if (random() % 5 == 0) test.Set(node, kSchema, 30 + node);
      const auto tags = random() % 5;
      if (tags == 0) test.Set(node, kTags, random() % 3 == 0 ? kNoNumber : 2, 1);
      if (tags > 2) test.SetList(node, {static_cast<std::uint32_t>(random() % 40), 7, 40 + node});
    }
    for (std::uint64_t i = random() % (3 * nodes); i != 0; --i) {
      const auto from = static_cast<NodeNumber>(random() % nodes);
      const auto to = static_cast<NodeNumber>(random() % nodes);
      if (!ranked && round % 4 == 1 && random() % 8 == 0) {
        for (const auto& [a, b] : {std::pair(from, to), std::pair(to, from)}) {
          test.graph.SetBegun(test.graph.Intern(EdgeType::kSame, a, b), 1);
        }
      } else {
        test.Flow(from, to, static_cast<std::int32_t>(random() % 3));
      }
    }
    for (NodeNumber node = 0; node < nodes; ++node) {
      const auto depth = static_cast<std::uint32_t>(random() % 4 == 0 ? random() % 3 : 20);
      PlainInheritance plain(test);
      ASSERT_EQ(test.Of(node, depth), plain.Of(node, depth)) << "round " << round << " node " << node;
      ASSERT_THAT(test.inheritance.looked_at(), UnorderedElementsAreArray(plain.looked_at()))
          << "round " << round << " node " << node;
    }
  }
}

}  // namespace
}  // namespace cairn
