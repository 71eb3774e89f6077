// Paths from field to field.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/lineage_question.h"
#include "view/view_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string Table(std::string_view name, std::string_view facets = "") {
  return fmt::format(R"({{"namespace":"crm","name":"{}","facets":{{{}}}}})", name, facets);
}
std::string Event(int day, std::string_view job, std::string_view in, std::string_view out) {
  return TestEvent(
      "COMPLETE", fmt::format("r{}{}", job, day), fmt::format("2026-01-{:02}T00:00:00Z", day),
      fmt::format(R"("job":{{"namespace":"etl","name":"{}"}},"inputs":[{}],"outputs":[{}])", job, in, out));
}
// `to` of a table is made of `of`, a field of `from`.
std::string Column(std::string_view to, std::string_view from, std::string_view of) {
  return fmt::format(
      R"("columnLineage":{{"fields":{{"{}":{{"inputFields":[{{"namespace":"crm","name":"{}","field":"{}"}}]}}}}}})", to,
      from, of);
}
constexpr std::string_view kAlsoY = R"("symlinks":{"identifiers":[{"namespace":"crm","name":"y","type":"TABLE"}]})";

std::vector<std::string> Paths(const FoldedViews& folded, std::string_view from, std::string_view to,
                               std::vector<std::string> exclude = {}) {
  LineagePathsSpec spec;
  spec.from = *ParseNodeId(from);
  spec.to = *ParseNodeId(to);
  spec.filter.exclude = std::move(exclude);
  spec.filter.level = LineageLevel::kFields;
  const auto paths = LineageQuestion(folded.views, nullptr).Paths(spec);
  EXPECT_TRUE(paths) << paths.status();
  std::vector<std::string> out;
  const auto name = [&](std::uint32_t node) {
    const NodeKey& key = paths->graph.nodes[node].key;
    return key.name + (key.part.empty() ? "" : "." + key.part);
  };
  for (const auto& path : paths->paths) {
    std::string line = name(paths->graph.edges[path.front()].from);
    for (const std::uint32_t edge : path) {
      line += " " + name(paths->graph.edges[edge].to);
      for (const NodeKey& other : paths->graph.nodes[paths->graph.edges[edge].to].names) line += "=" + other.name;
    }
    out.push_back(line);
  }
  return out;
}

// `x` is `y` too: made of `a` as the one, `z` is made of it as the other.
FoldedViews TwoNames() {
  return {Event(1, "j", Table("a"), Table("x", fmt::format("{},{}", kAlsoY, Column("p", "a", "q")))),
          Event(2, "k", Table("y"), Table("z", Column("r", "y", "p")))};
}

TEST(ColumnPaths, AFieldOfADatasetUnderTwoNamesIsOne) {
  const FoldedViews folded = TwoNames();
  EXPECT_THAT(Paths(folded, "field:crm:a:q", "field:crm:z:r"), ElementsAre("a.q x.p=y z.r"));
  EXPECT_THAT(Paths(folded, "field:crm:a:q", "field:crm:y:p"), ElementsAre("a.q y.p=x")) << "as it was asked about";
  EXPECT_THAT(Paths(folded, "field:crm:x:p", "field:crm:z:r"), ElementsAre("x.p z.r"));
  EXPECT_THAT(Paths(folded, "field:crm:x:p", "field:crm:y:p"), IsEmpty());
  EXPECT_THAT(Paths(folded, "field:crm:a:q", "field:crm:z:r", {"field:crm:y:*"}), IsEmpty())
      << "the name that leads on";
}

TEST(ColumnPaths, TellHowTheDataIsTransformed) {
  const FoldedViews folded{
      Event(1, "j", Table("a"),
            Table("x", R"("columnLineage":{"fields":{"p":{"inputFields":[{"namespace":"crm","name":"a","field":"q",)"
                       R"("transformations":[{"type":"DIRECT","subtype":"HASH","masking":true}]}]}}})"))};
  const LineagePathsSpec spec{.from = *ParseNodeId("field:crm:a:q"), .to = *ParseNodeId("field:crm:x:p")};
  const auto paths = LineageQuestion(folded.views, nullptr).Paths(spec);
  ASSERT_TRUE(paths && paths->graph.edges.size() == 1);
  EXPECT_EQ(paths->graph.edges[0].subtype, "HASH");
  EXPECT_TRUE(paths->graph.edges[0].masking);
}

TEST(ColumnPaths, OfADatasetAreThoseOfItsFields) {
  const FoldedViews folded = TwoNames();
  EXPECT_THAT(Paths(folded, "dataset:crm:a", "field:crm:z:r"), ElementsAre("a.q x.p=y z.r"));
  EXPECT_THAT(Paths(folded, "field:crm:a:q", "dataset:crm:z"), ElementsAre("a.q x.p=y z.r"));
}

TEST(ColumnPaths, WhatInfluencesADatasetLeadsToItsFieldsAndOnce) {
  const FoldedViews folded{
      Event(1, "j", Table("a"),
            Table("x", R"("schema":{"fields":[{"name":"p"},{"name":"s"}]},)"
                       R"("columnLineage":{"fields":{},"dataset":[{"namespace":"crm","name":"a","field":"day"}]})")),
      Event(2, "k", Table("x"), Table("y", Column("q", "x", "p")))};
  EXPECT_THAT(Paths(folded, "field:crm:a:day", "field:crm:y:q"), ElementsAre("a.day x.p y.q"));
  EXPECT_THAT(Paths(folded, "field:crm:a:day", "dataset:crm:x"), ElementsAre("a.day x"));
}

TEST(SharedQuestion, AThingIsOneUnderAllItsNames) {
  const FoldedViews folded = TwoNames();
  const auto shared =
      LineageQuestion(folded.views, nullptr).Shared({.nodes = {Dataset("z").Own(), Dataset("x").Own()}, .filter = {}});
  ASSERT_TRUE(shared);
  std::vector<std::string> lines;
  for (const SharedAncestor& one : shared->ancestors) lines.push_back(fmt::format("{} {}", one.hops, one.node.name));
  EXPECT_THAT(lines, ElementsAre("2 x", "3 j", "4 a"));
  EXPECT_EQ(shared->total, 3u);
}

}  // namespace
}  // namespace cairn
