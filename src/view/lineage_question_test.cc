// What events mean for lineage, asked as a user asks.

#include "view/lineage_question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "view/inherit_question.h"
#include "view/view_for_test.h"

namespace cairn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string Job(std::string_view name, std::string_view in, std::string_view out, std::string_view out_facets = "") {
  const auto datasets = [](std::string_view list, std::string_view facets) {
    std::string text;
    for (const char c : list) {
      text += fmt::format(R"({}{{"namespace":"crm","name":"{}","facets":{{{}}}}})", text.empty() ? "" : ",", c, facets);
    }
    return text;
  };
  return fmt::format(R"("job":{{"namespace":"etl","name":"{}"}},"inputs":[{}],"outputs":[{}])", name, datasets(in, ""),
                     datasets(out, out_facets));
}
std::string Day(int day) { return fmt::format("2026-01-{:02}T00:00:00Z", day); }
std::string Event(int day, std::string_view job, std::string_view in, std::string_view out,
                  std::string_view facets = "") {
  return TestEvent("COMPLETE", fmt::format("r{}{}", job, day), Day(day), Job(job, in, out, facets));
}

std::vector<std::string> Names(const LineageGraph& graph) {
  std::vector<std::string> out;
  for (const LineageNode& node : graph.nodes) out.push_back(node.key.part.empty() ? node.key.name : node.key.part);
  return out;
}

LineageGraph Ask(const FoldedViews& folded, LineageSpec spec) {
  auto graph = LineageQuestion(folded.views, nullptr).Graph(spec);
  EXPECT_TRUE(graph) << graph.status();
  return graph ? std::move(*graph) : LineageGraph{};
}
std::vector<std::string> Up(const FoldedViews& folded, std::string_view name, std::optional<int> day = {}) {
  LineageSpec spec;
  spec.node = Dataset(name).Own();
  if (day) spec.filter.time.as_of = *ParseTimestamp(Day(*day));
  return Names(Ask(folded, spec));
}

TEST(Lineage, OutputsThatVaryLoseNothing) {
  const FoldedViews folded{Event(1, "j", "a", "x"), Event(2, "j", "a", "y"), Event(3, "j", "b", "x")};
  EXPECT_THAT(Up(folded, "x"), ElementsAre("x", "j", "a", "b"));
  EXPECT_THAT(Up(folded, "y"), ElementsAre("y", "j", "a", "b"));
  EXPECT_THAT(Up(folded, "x", 1), ElementsAre("x", "j", "a"));
}

TEST(Lineage, ADroppedDatasetIsGoneFromThenOn) {
  const FoldedViews folded{Event(1, "j", "a", "x"),
                           Event(5, "k", "", "x", R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})")};
  EXPECT_THAT(Up(folded, "x", 3), ElementsAre("x", "j", "a"));
  EXPECT_THAT(Up(folded, "x"), ElementsAre("x"));
}

TEST(Lineage, ARenamedDatasetComesFromWhatItWas) {
  const FoldedViews folded{
      Event(1, "j", "a", "x"),
      Event(
          5, "k", "", "y",
          R"("lifecycleStateChange":{"lifecycleStateChange":"RENAME","previousIdentifier":{"namespace":"crm","name":"x"}})")};
  EXPECT_THAT(Up(folded, "y"), ElementsAre("y", "x", "k", "j", "a"));
  EXPECT_THAT(Up(folded, "y", 3), ElementsAre("y"));
}

TEST(Lineage, OtherNamesAreTheSameNode) {
  const FoldedViews folded{
      Event(1, "j", "a", "x", R"("symlinks":{"identifiers":[{"namespace":"glue","name":"other","type":"TABLE"}]})"),
      TestEvent("COMPLETE", "r", Day(2),
                R"("job":{"namespace":"etl","name":"k"},"inputs":[{"namespace":"glue","name":"other"}],)"
                R"("outputs":[{"namespace":"crm","name":"z"}])")};
  const LineageGraph graph = Ask(folded, {.node = Dataset("z").Own()});
  EXPECT_THAT(Names(graph), ElementsAre("z", "k", "x", "j", "a"));
  ASSERT_EQ(graph.nodes[2].names.size(), 1u);
  EXPECT_EQ(NodeId(graph.nodes[2].names[0]), "dataset:glue:other");
  EXPECT_EQ(graph.nodes[4].hops, -4) << "a name is no hop";
}

TEST(Lineage, AnAliasOfTwoDoesNotMakeThemOne) {
  const std::string alias = R"("symlinks":{"identifiers":[{"namespace":"session","name":"src","type":"TABLE"}]})";
  const FoldedViews folded{Event(1, "j", "a", "x", alias), Event(2, "k", "b", "y", alias), Event(3, "q", "x", "o"),
                           Event(4, "r", "y", "p"), Event(5, "j", "a", "x", alias)};
  EXPECT_THAT(Up(folded, "o"), ElementsAre("o", "q", "x", "j", "a"));
  EXPECT_THAT(Up(folded, "p"), ElementsAre("p", "r", "y", "k", "b"));
}

TEST(Lineage, WhatHadANameAtDifferentTimesIsNotOneInAWindowNorForRuns) {
  const std::string alias = R"("symlinks":{"identifiers":[{"namespace":"crm","name":"n","type":"TABLE"}]})";
  const FoldedViews folded{Event(1, "j", "i", "a", alias), Event(2, "w", "", "n"), Event(3, "k", "o", "b", alias),
                           Event(4, "q", "a", "z")};
  LineageSpec spec{.node = Dataset("z").Own()};
  spec.filter.time.from = Timestamp::Min();
  spec.filter.time.until = Timestamp::Max();
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("z", "q", "a", "j", "i"));
  LineageSpec run;
  run.node = {"", "run", "", "rq4", ""};
  EXPECT_THAT(Names(Ask(folded, run)), ElementsAre("rq4", "a", "rj1", "rw2", "i"))
      << "written as n while that was a name of a, and not as b since";
}

TEST(Lineage, NamesAreToldApartWhereTheyAreAskedFor) {
  const std::string alias = R"("symlinks":{"identifiers":[{"namespace":"crm","name":"s","type":"TABLE"}]})";
  const FoldedViews folded{Event(1, "j", "a", "x", alias), Event(2, "k", "b", "y", alias)};
  const auto ask = [&](std::string_view node, std::uint32_t depth, bool ever) {
    LineageSpec spec;
    spec.node = Dataset(node).Own();
    spec.depth = depth;
    spec.filter.edge_types = {"same"};
    if (ever) {
      spec.filter.time.from = Timestamp::Min();
      spec.filter.time.until = Timestamp::Max();
    }
    return Ask(folded, spec);
  };
  EXPECT_THAT(Names(ask("x", 1, false)), ElementsAre("x"));
  EXPECT_THAT(Names(ask("x", 1, true)), ElementsAre("x", "s")) << "y had that name at another time";
  EXPECT_THAT(Names(ask("s", 1, true)), ElementsAre("s", "x", "y"));
  const LineageGraph graph = ask("s", 1, true);
  ASSERT_EQ(graph.edges.size(), 2u) << "from what claims the name to the name";
  for (const LineageEdge& edge : graph.edges) {
    EXPECT_EQ(edge.type, "same");
    EXPECT_EQ(graph.nodes[edge.to].key.name, "s");
  }
  EXPECT_THAT(graph.cycles, IsEmpty());
}

TEST(Lineage, AThingGoesByItsOwnNameRatherThanByOneThatAnotherGaveIt) {
  const FoldedViews folded{
      Event(1, "j", "a", "x", R"("symlinks":{"identifiers":[{"namespace":"a","name":"first","type":"TABLE"}]})"),
      TestEvent("COMPLETE", "r", Day(2),
                R"("job":{"namespace":"etl","name":"k"},"inputs":[{"namespace":"a","name":"first"}],)"
                R"("outputs":[{"namespace":"crm","name":"z"}])")};
  EXPECT_THAT(Up(folded, "z"), ElementsAre("z", "k", "x", "j", "a"));
  LineagePathsSpec spec;
  spec.from = Dataset("a").Own();
  spec.to = Dataset("z").Own();
  const auto paths = LineageQuestion(folded.views, nullptr).Paths(spec);
  ASSERT_TRUE(paths) << paths.status();
  EXPECT_EQ(NodeId(paths->graph.nodes[2].key), "dataset:crm:x");
  LineageSharedSpec shared;
  shared.nodes = {Dataset("z").Own()};
  const auto ancestors = LineageQuestion(folded.views, nullptr).Shared(shared);
  ASSERT_TRUE(ancestors) << ancestors.status();
  std::vector<std::string> names;
  for (const SharedAncestor& one : ancestors->ancestors) names.push_back(one.node.name);
  EXPECT_THAT(names, testing::Contains("x"));
  EXPECT_THAT(names, testing::Not(testing::Contains("first")));
}

// `x` is `y` under another name: written by `j` as the one, read by `k` as the other.
FoldedViews TwoNames() {
  return {Event(1, "j", "a", "x", R"("symlinks":{"identifiers":[{"namespace":"crm","name":"y","type":"TABLE"}]})"),
          Event(2, "k", "y", "z"), Event(3, "k", "x", "z")};
}

TEST(Lineage, APathGoesThroughAThingUnderAllItsNames) {
  const FoldedViews folded = TwoNames();
  const auto ask = [&](std::string_view from, std::string_view to) {
    LineagePathsSpec spec;
    spec.from = Dataset(from).Own();
    spec.to = Dataset(to).Own();
    const auto paths = LineageQuestion(folded.views, nullptr).Paths(spec);
    EXPECT_TRUE(paths) << paths.status();
    std::vector<std::string> out;
    for (const auto& path : paths->paths) {
      std::string line = paths->graph.nodes[paths->graph.edges[path.front()].from].key.name;
      for (const std::uint32_t edge : path) {
        const LineageNode& node = paths->graph.nodes[paths->graph.edges[edge].to];
        line += " " + node.key.name;
        for (const NodeKey& name : node.names) line += "=" + name.name;
      }
      out.push_back(line);
    }
    return out;
  };
  EXPECT_THAT(ask("a", "z"), ElementsAre("a j x=y k z")) << "once, though k reads it under both names";
  EXPECT_THAT(ask("a", "y"), ElementsAre("a j y=x")) << "it goes by the name that was asked about";
  EXPECT_THAT(ask("y", "z"), ElementsAre("y k z"));
  EXPECT_THAT(ask("x", "y"), IsEmpty());
}

TEST(RunLineage, ADatasetIsOneUnderAllItsNames) {
  const FoldedViews folded = TwoNames();
  LineageSpec spec;
  spec.node = {"", "run", "", "rk2", ""};
  const LineageGraph graph = Ask(folded, spec);
  EXPECT_THAT(Names(graph), ElementsAre("rk2", "y", "rj1", "a"));
  ASSERT_EQ(graph.nodes.size(), 4u);
  EXPECT_EQ(graph.nodes[1].names.front().name, "x");
  spec.direction = Direction::kBoth;
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("rk2", "y", "rj1", "a", "z"));
}

TEST(Lineage, ACycleOfEventsIsKeptAndReported) {
  const FoldedViews folded{Event(1, "j", "a", "b"), Event(2, "k", "b", "a")};
  const LineageGraph graph = Ask(folded, {.node = Dataset("a").Own(), .direction = Direction::kBoth});
  ASSERT_EQ(graph.cycles.size(), 1u);
  EXPECT_EQ(graph.cycles[0].size(), 4u);
}

TEST(Lineage, TheWalkFollowsWhatTheFilterLeaves) {
  const FoldedViews folded{Event(1, "j", "ab", "x"), Event(2, "k", "x", "y")};
  LineageSpec spec{.node = Dataset("y").Own()};
  spec.filter.exclude = {"dataset:crm:a"};
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("y", "k", "x", "j", "b"));
  spec.filter.exclude.clear();
  spec.only = {"dataset:*"};
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("y", "x", "a", "b"));
  spec.only.clear();
  spec.filter.edge_types = {"writes"};
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("y", "k"));
  spec.filter.edge_types = {"eats"};
  EXPECT_EQ(LineageQuestion(folded.views, nullptr).Graph(spec).status().code(), StatusCode::kInvalidArgument);
  spec.filter.edge_types.clear();
  spec.unit = HopUnit::kDatasets;
  spec.depth = 1;
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("y", "k", "x"));
  spec.nodes_max = 2;
  spec.depth = 20;
  const LineageGraph cut = Ask(folded, spec);
  EXPECT_TRUE(cut.partial);
  EXPECT_TRUE(std::any_of(cut.nodes.begin(), cut.nodes.end(), [](const LineageNode& node) { return node.more; }));
}

TEST(Lineage, RootsAndLeaves) {
  const FoldedViews folded{Event(1, "j", "a", "x")};
  const LineageGraph graph = Ask(folded, {.node = Dataset("x").Own()});
  EXPECT_TRUE(graph.nodes[0].leaf && !graph.nodes[0].root);
  EXPECT_TRUE(graph.nodes[2].root && !graph.nodes[2].leaf);
}

std::string Columns(std::string_view to, std::string_view from, std::string_view of, std::string_view more) {
  return fmt::format(
      R"("columnLineage":{{"fields":{{"{}":{{"inputFields":[{{"namespace":"crm","name":"{}","field":"{}",)"
      R"("transformations":[{{{}}}]}}]}}}}}})",
      to, from, of, more);
}

TEST(ColumnLineageOverHops, IsFollowedWithItsMasks) {
  const FoldedViews folded{
      Event(1, "j", "a", "x", Columns("mail", "a", "email", R"("type":"DIRECT","subtype":"MASKED","masking":true)")),
      Event(2, "k", "x", "y", Columns("m", "x", "mail", R"("type":"DIRECT")")),
      Event(3, "l", "y", "z", Columns("n", "y", "m", R"("type":"INDIRECT","subtype":"JOIN")"))};
  LineageSpec spec{.node = *ParseNodeId("field:crm:a:email"), .direction = Direction::kDownstream};
  LineageGraph graph = Ask(folded, spec);
  EXPECT_THAT(Names(graph), ElementsAre("email", "mail", "m", "n"));
  ASSERT_EQ(graph.edges.size(), 3u);
  EXPECT_TRUE(graph.edges[0].masking);
  EXPECT_EQ(graph.edges[2].type, "influences");
  EXPECT_EQ(graph.edges[2].subtype, "JOIN");
  spec.filter.edge_types = {"derives"};
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("email", "mail", "m"));
}

TEST(ColumnLineageOverHops, WhatInfluencesADatasetInfluencesItsFields) {
  const FoldedViews folded{
      Event(
          1, "j", "a", "x",
          R"("schema":{"fields":[{"name":"p"}]},"columnLineage":{"fields":{},"dataset":[{"namespace":"crm","name":"a","field":"day"}]})"),
      Event(2, "k", "x", "y", Columns("q", "x", "p", R"("type":"DIRECT")"))};
  const LineageSpec spec{.node = *ParseNodeId("field:crm:a:day"), .direction = Direction::kDownstream};
  EXPECT_THAT(Names(Ask(folded, spec)), testing::UnorderedElementsAre("day", "x", "p", "q"));
}

TEST(RunLineage, ARunComesFromTheRunThatWroteLastBefore) {
  const FoldedViews folded{Event(1, "w", "", "a"), Event(3, "r", "a", "b"), Event(5, "w", "", "a"),
                           Event(6, "r", "a", "b")};
  LineageSpec spec{.node = Dataset("b").Own()};
  spec.filter.level = LineageLevel::kRuns;
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("b", "rr6", "a", "rw5"));
  spec.filter.time.as_of = *ParseTimestamp(Day(4));
  EXPECT_THAT(Names(Ask(folded, spec)), ElementsAre("b", "rr3", "a", "rw1"));
}

TEST(Impact, IsInTheOrderInWhichToMakeAnew) {
  const FoldedViews folded{Event(1, "j", "a", "b"), Event(2, "k", "b", "c"), Event(3, "l", "ac", "d")};
  const auto impact = LineageQuestion(folded.views, nullptr).Impact({.node = Dataset("a").Own()});
  ASSERT_TRUE(impact);
  EXPECT_THAT(Names(impact->graph), ElementsAre("a", "j", "b", "k", "c", "l", "d"));
  EXPECT_THAT(impact->ranks, ElementsAre(0, 1, 2, 3, 4, 5, 6));
}

TEST(Difference, TellsWhatCameWentAndChanged) {
  const FoldedViews folded{
      Event(1, "j", "a", "x", Columns("p", "a", "q", R"("type":"DIRECT")")),
      Event(3, "k", "", "a", R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})"), Event(5, "l", "b", "x"),
      Event(6, "m", "x", "y", Columns("s", "x", "p", R"("type":"DIRECT")")),
      Event(8, "m", "x", "y", Columns("s", "x", "p", R"("type":"DIRECT","subtype":"HASH","masking":true)"))};
  LineageDiffSpec spec{.before = *ParseTimestamp(Day(2)), .after = *ParseTimestamp(Day(6))};
  std::vector<LineageQuestion::Restated> restated;
  const auto diff = LineageQuestion(folded.views, nullptr).Difference(spec, &restated);
  ASSERT_TRUE(diff);
  std::vector<std::string> lines;
  for (const auto& node : diff->nodes)
    lines.push_back(fmt::format("{} {}", static_cast<int>(node.change), node.node.name));
  EXPECT_THAT(lines, Contains("0 l"));
  EXPECT_THAT(lines, Contains("0 b"));
  EXPECT_THAT(lines, Contains("1 a"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" j"))));
  spec = {.before = *ParseTimestamp(Day(6)), .after = *ParseTimestamp(Day(9))};
  spec.filter.level = LineageLevel::kFields;
  const auto changed = LineageQuestion(folded.views, nullptr).Difference(spec, &restated);
  ASSERT_EQ(changed->edges.size(), 1u);
  EXPECT_EQ(changed->edges[0].change, LineageChange::kChanged);
  EXPECT_EQ(changed->edges[0].after, "HASH, masked");
}

TEST(Difference, OfMoreThanTheLimitThoseThatGoFirst) {
  FoldedViews folded;
  for (const std::string_view name : {"d", "b", "e", "a", "c"})
    folded.Apply(Event(2, fmt::format("j{}", name), "", name));
  LineageDiffSpec spec{.before = *ParseTimestamp(Day(1)), .after = *ParseTimestamp(Day(9)), .limit = 3};
  std::vector<LineageQuestion::Restated> restated;
  const auto names = [&] {
    const auto diff = LineageQuestion(folded.views, nullptr).Difference(spec, &restated);
    std::vector<std::string> out{diff->partial ? "partial" : "whole"};
    for (const auto& node : diff->nodes) out.push_back(node.node.name);
    for (const auto& edge : diff->edges) out.push_back(edge.to.name);
    return out;
  };
  EXPECT_THAT(names(), ElementsAre("partial", "a", "b", "c", "a", "b", "c"));
  spec.limit = 10;
  EXPECT_THAT(names(),
              ElementsAre("whole", "a", "b", "c", "d", "e", "ja", "jb", "jc", "jd", "je", "a", "b", "c", "d", "e"));
}

TEST(Inherit, TagsOwnersAndDocumentationOfEvents) {
  const std::string facets =
      R"("tags":{"tags":[{"key":"pii"}]},"ownership":{"owners":[{"name":"crew"}]},"documentation":{"description":"raw"},)"
      R"("schema":{"fields":[{"name":"id"}]})";
  const FoldedViews folded{Event(1, "j", "", "a", facets), Event(2, "k", "a", "b"),
                           Event(3, "l", "b", "c", R"("ownership":{"_deleted":true})")};
  const auto inherited = AskInherited(folded.views, nullptr, {.node = Dataset("c").Own()}, nullptr);
  ASSERT_TRUE(inherited) << inherited.status();
  std::vector<std::string> values;
  for (const auto& value : inherited->inherited) {
    values.push_back(fmt::format("{}={} of {} at {}", value.key, value.value, value.source.name, value.distance));
  }
  EXPECT_THAT(values, ElementsAre("documentation=\"raw\" of a at 2", "tags=\"pii\" of a at 2"));
  EXPECT_THAT(inherited->blocked, ElementsAre("owners"));
}

// Out of order, doubled, RUNNING after COMPLETE, varying outputs, odd names: one graph.
TEST(LineageProperty, TheOrderOfArrivalDoesNotMatter) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto one_of = [&](const std::vector<std::string>& list) { return list[random() % list.size()]; };
  const std::vector<std::string> names{"a:b", "c/d", "e.f", "größe", "g%h"};
  const auto edges = [](const Views& views) {
    std::vector<std::string> out;
    for (EdgeNumber i = 0; i < views.graph().edges(); ++i) {
      const Graph::Edge& edge = views.graph().edge(i);
      std::string line = fmt::format("{} {} {} last {}", NodeId(views.nodes().at(edge.from)), EdgeTypeName(edge.type),
                                     NodeId(views.nodes().at(edge.to)), LastStated(views, i));
      Interval room;
      for (const Interval& at : views.graph().ValidityOf(i, &room)) line += fmt::format(" {}..{}", at.from, at.until);
      out.push_back(line);
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  for (int round = 0; round < 30; ++round) {
    std::vector<std::string> events;
    for (int i = 0; i < 25; ++i) {
      const std::string facet =
          one_of({"", "", R"("lifecycleStateChange":{"lifecycleStateChange":"DROP"})",
                  R"("lifecycleStateChange":{"lifecycleStateChange":"TRUNCATE"})",
                  Columns("x", "e.f", one_of({"p", "q"}), R"("type":"DIRECT")"), R"("columnLineage":{"_deleted":true})",
                  R"("symlinks":{"identifiers":[{"namespace":"glue","name":"other","type":"T"}]})"});
      events.push_back(TestEvent(
          one_of({"START", "RUNNING", "COMPLETE", "FAIL"}), one_of({"r1", "r2", "r3"}), Day(1 + random() % 9),
          fmt::format(R"("job":{{"namespace":"etl","name":"{}"}},"inputs":[{{"namespace":"crm","name":"{}"}}],)"
                      R"("outputs":[{{"namespace":"crm","name":"{}","facets":{{{}}}}}])",
                      one_of({"j:1", "j/2"}), one_of(names), one_of(names), facet)));
    }
    std::vector<std::string> expected;
    for (int order = 0; order < 4; ++order) {
      FoldedViews folded;
      for (const std::string& event : events) folded.Apply(event);
      if (order == 0) expected = edges(folded.views);
      ASSERT_EQ(edges(folded.views), expected) << "round " << round;
      std::shuffle(events.begin(), events.end(), random);
      if (order == 1) events.push_back(events.front());  // And one of them twice.
    }
  }
}

TEST(Lineage, OfNothingIsNotFound) {
  const FoldedViews folded;
  EXPECT_EQ(LineageQuestion(folded.views, nullptr).Graph({.node = Dataset("x").Own()}).status().code(),
            StatusCode::kNotFound);
  std::vector<LineageQuestion::Restated> restated;
  EXPECT_THAT(LineageQuestion(folded.views, nullptr).Difference({}, &restated)->edges, IsEmpty());
}

}  // namespace
}  // namespace cairn
