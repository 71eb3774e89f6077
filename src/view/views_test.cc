#include "view/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "view/view_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;

constexpr std::string_view kOne = "2026-01-10T05:00:01Z";
constexpr std::string_view kTwo = "2026-01-10T05:00:02Z";
constexpr std::string_view kThree = "2026-01-10T05:00:03Z";

std::string WithFacets(std::string_view time, std::string_view facets) {
  return TestEvent(
      "COMPLETE", "r", time,
      fmt::format(R"("job":{{"namespace":"etl","name":"load"}},"outputs":[{{"namespace":"crm","name":"orders",)"
                  R"("facets":{{{}}}}}])",
                  facets));
}

std::string Tags(std::string_view tag) { return fmt::format(R"("tags":{{"tags":[{{"key":"{}"}}]}})", tag); }

std::vector<std::string> TagsOf(const FoldedViews& folded) {
  const NodeAttributes* attributes = folded.views.attributes(folded.views.nodes().Find(Dataset("orders")));
  return attributes == nullptr ? std::vector<std::string>{"none"} : attributes->tags.values;
}

TEST(Views, ARecordIsAFactOfItsSeries) {
  const FoldedViews folded{TestRecord("volume", "orders", kTwo), TestRecord("volume", "orders", kOne),
                           TestRecord("volume", "lines", kOne)};
  EXPECT_THAT(SeqsOf(folded.SeriesOf("volume", Dataset("orders"))), ElementsAre(2, 1));
  EXPECT_EQ(folded.SeriesOf("volume", Dataset("orders")).latest.location.offset, 100u);
  EXPECT_EQ(folded.views.records(), 3u);
  EXPECT_EQ(folded.views.graph().edges(), 0u);
  EXPECT_EQ(folded.views.runs().size(), 0u);
}

TEST(Views, AnEventIsAFactOfItsJobAndMakesEdges) {
  const FoldedViews folded{
      TestEvent("COMPLETE", "r", kOne,
                R"("job":{"namespace":"etl","name":"load"},"inputs":[{"namespace":"crm","name":"a"}],)"
                R"("outputs":[{"namespace":"crm","name":"b"}])")};
  EXPECT_EQ(folded.views.FindRun("", "r")->state, RunState::kCompleted);
  std::vector<std::string> edges;
  for (EdgeNumber i = 0; i < folded.views.graph().edges(); ++i) {
    const Graph::Edge& edge = folded.views.graph().edge(i);
    edges.push_back(NodeId(folded.views.nodes().at(edge.from)) + " " + std::string(EdgeTypeName(edge.type)) + " " +
                    NodeId(folded.views.nodes().at(edge.to)));
  }
  EXPECT_THAT(edges,
              testing::UnorderedElementsAre("dataset:crm:a reads job:etl:load", "job:etl:load writes dataset:crm:b"));
  EXPECT_EQ(folded.views.FindSeries(kKindRunEvent, Dataset("a")), nullptr);
}

TEST(Views, AFacetIsAFactOfTheSeriesOfThePlatform) {
  const FoldedViews folded{WithFacets(kOne, R"("schema":{"fields":[{"name":"id"}]},"mine":{"a":1})"),
                           TestRecord("schema_snapshot", "orders", kTwo),
                           WithFacets(kThree, R"("schema":{"_deleted":true})")};
  const Series& schema = folded.SeriesOf("schema_snapshot", Dataset("orders"));
  EXPECT_THAT(SeqsOf(schema), ElementsAre(1, 2, 3)) << "facets and records are one series";
  EXPECT_EQ(schema.records, 1u);
  EXPECT_TRUE(IsDeletion(schema.latest.facet));
  EXPECT_EQ(folded.views.FindSeries("schema", Dataset("orders")), nullptr);
  EXPECT_THAT(SeqsOf(folded.SeriesOf("mine", Dataset("orders"))), ElementsAre(1));
  EXPECT_EQ(folded.SeriesOf("mine", Dataset("orders")).latest.facet, 1u) << "counted in the order of the document";
}

TEST(Views, TheNewestTagsCountWhole) {
  EXPECT_THAT(TagsOf({WithFacets(kOne, Tags("a")), WithFacets(kTwo, Tags("b"))}), ElementsAre("b"));
  EXPECT_THAT(TagsOf({WithFacets(kTwo, Tags("b")), WithFacets(kOne, Tags("a"))}), ElementsAre("b"));
  EXPECT_THAT(TagsOf({WithFacets(kOne, Tags("a")), WithFacets(kOne, Tags("b"))}), ElementsAre("b")) << "ties: the last";
  EXPECT_THAT(TagsOf({WithFacets(kOne, Tags("a")), WithFacets(kTwo, R"("x":{})")}), ElementsAre("a")) << "nothing said";
  EXPECT_THAT(TagsOf({WithFacets(kOne, Tags("a")), WithFacets(kTwo, R"("tags":{"_deleted":true})")}), ElementsAre());
}

TEST(Views, ANodeKnowsItsSeriesAndWhenItWasNamed) {
  const FoldedViews folded{WithFacets(kTwo, R"("schema":{"fields":[]})"), WithFacets(kOne, R"("mine":{})"),
                           TestRecord("volume", "orders", kThree)};
  const std::uint32_t number = folded.views.nodes().Find(Dataset("orders"));
  const NodeStated* said = folded.views.stated(number);
  ASSERT_NE(said, nullptr);
  EXPECT_EQ(FormatTimestamp({said->first_seen}), kOne);
  EXPECT_EQ(FormatTimestamp({said->last_seen}), kTwo) << "of the events; records are in their series";
  EXPECT_NE(Describe(folded.views).find("kinds=mine,schema_snapshot,volume"), std::string::npos)
      << Describe(folded.views);
}

TEST(Views, TenantsNeverMeet) {
  const FoldedViews folded{TestRecord("volume", "orders", kOne, R"({"tenant":"a"})"),
                           TestRecord("volume", "orders", kTwo)};
  EXPECT_THAT(SeqsOf(folded.SeriesOf("volume", {"a", "dataset", "crm", "orders"})), ElementsAre(1));
  EXPECT_THAT(SeqsOf(folded.SeriesOf("volume", Dataset("orders"))), ElementsAre(2));
  EXPECT_EQ(folded.views.FindSeries("volume", {"b", "dataset", "crm", "orders"}), nullptr);
}

TEST(Views, ForgetThePostingsOfASealedStretchButNotWhatTheySaid) {
  FoldedViews folded;
  for (int i = 0; i < 10; ++i) folded.Apply(TestRecord("volume", "orders", kOne, R"({"run_id":"r"})"));
  folded.views.Prune({1}, {7});
  const Series& series = folded.SeriesOf("volume", Dataset("orders"));
  EXPECT_THAT(SeqsOf(series), ElementsAre(8, 9, 10));
  EXPECT_EQ(series.count, 10u);
  EXPECT_EQ(series.latest.seq.value, 10u);
  EXPECT_THAT(folded.Run("r").open, ElementsAre(8, 9, 10));
  EXPECT_EQ(folded.Run("r").records, 10u);
}

TEST(Views, KeepNothingOfTheRecordsThatWereParsed) {
  // FoldedViews frees each batch; a view that points into one shows here under the sanitizers, and mostly without.
  FoldedViews folded;
  for (int i = 0; i < 300; ++i) {
    folded.Apply(WithFacets(kOne, fmt::format(R"("f{}":{{}},{})", i, Tags(fmt::format("tag{}", i)))));
  }
  for (int i = 0; i < 300; ++i) ASSERT_NE(folded.views.FindSeries(fmt::format("f{}", i), Dataset("orders")), nullptr);
  EXPECT_THAT(TagsOf(folded), ElementsAre("tag299"));
}

}  // namespace
}  // namespace cairn
