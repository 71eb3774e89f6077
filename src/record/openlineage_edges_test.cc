#include "record/openlineage_edges.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixtures.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string DatasetEvent(std::string_view facets) {
  return fmt::format(R"({{"eventTime":"2026-01-10","producer":"p",
    "dataset":{{"namespace":"n","name":"d","facets":{{{}}}}}}})",
                     facets);
}

std::string JobEvent(std::string_view facets) {
  return fmt::format(R"({{"eventTime":"2026-01-10","producer":"p",
    "job":{{"namespace":"n","name":"j","facets":{{{}}}}}}})",
                     facets);
}

TEST(InputsAndOutputs, GrandmasKitchenByHand) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::vector<std::vector<std::string>> edges;
  for (const auto& file : EventsIn(fixtures + "/openlineage/marquez/apples")) {
    edges.push_back(EventUnderTest(file.json).Edges());
  }
  const std::string k = "dataset:grandmas.kitchen:";
  const std::string j = "job:grandmas.kitchen:";
  EXPECT_THAT(edges,
              ElementsAre(UnorderedElementsAre("dataset:laurents-orchard:red.delicious -reads-> " + j + "gather_apples",
                                               j + "gather_apples -writes-> " + k + "apples"),
                          UnorderedElementsAre(k + "apples -reads-> " + j + "prepare_apple_filling",
                                               k + "cinnamon -reads-> " + j + "prepare_apple_filling",
                                               j + "prepare_apple_filling -writes-> " + k + "apple.filling"),
                          UnorderedElementsAre(k + "apples -reads-> " + j + "prepare_apple_cider",
                                               "dataset:cupboard:sugar -reads-> " + j + "prepare_apple_cider",
                                               j + "prepare_apple_cider -writes-> " + k + "apple.cider"),
                          UnorderedElementsAre(k + "apple.cider -reads-> " + j + "prepare_vinegar",
                                               j + "prepare_vinegar -writes-> dataset:cupboard:apple.vinegar"),
                          UnorderedElementsAre(k + "apple.filling -reads-> " + j + "prepare_apple_pie",
                                               j + "prepare_apple_pie -writes-> " + k + "apple.pie"),
                          UnorderedElementsAre("dataset:backyard:crab.apples -reads-> " + j + "gather_apples",
                                               j + "gather_apples -writes-> " + k + "apples"),
                          UnorderedElementsAre(k + "apples -reads-> " + j + "prepare_apple_filling",
                                               k + "cinnamon -reads-> " + j + "prepare_apple_filling",
                                               "dataset:cupboard:sugar -reads-> " + j + "prepare_apple_filling",
                                               j + "prepare_apple_filling -writes-> " + k + "apple.filling"),
                          UnorderedElementsAre(k + "apple.filling -reads-> " + j + "prepare_apple_pie",
                                               j + "prepare_apple_pie -writes-> " + k + "apple.pie")));
}

TEST(ColumnLineage, TheCllScenarioByHand) {
  CAIRN_NEED_FIXTURES(fixtures);
  const EventUnderTest event(ReadText(fixtures + "/openlineage/scenarios/CLL/7.json"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  std::vector<std::string> of_ident;
  for (const auto& edge : event.Edges()) {
    if (edge.ends_with(":ident")) of_ident.push_back(edge);
  }
  // source1.a is taken as it is and joined on; source1.b is grouped by; source2.a is joined on.
  const std::string to = "field:file:/tmp/cll_test/tbl1:ident";
  EXPECT_THAT(of_ident, UnorderedElementsAre("field:file:/tmp/cll_test/cll_source1:a -derives-> " + to,
                                             "field:file:/tmp/cll_test/cll_source1:a -influences-> " + to,
                                             "field:file:/tmp/cll_test/cll_source1:b -influences-> " + to,
                                             "field:file:/tmp/cll_test/cll_source2:a -influences-> " + to));
}

TEST(ColumnLineage, TheFirstVersionsFieldsAreDirect) {
  const EventUnderTest event(DatasetEvent(R"("columnLineage":{"fields":{
    "total":{"inputFields":[{"namespace":"n","name":"s","field":"a"},{"namespace":"n","name":"s","field":"b"},
                            {"namespace":"n","name":"s","field":"a"}],
             "transformationType":"IDENTITY","transformationDescription":"sum"},
    "plain":{"inputFields":[{"namespace":"n","name":"s","field":"a","transformations":[]}]}}})"));
  EXPECT_THAT(event.Edges(),
              ElementsAre("field:n:s:a -derives-> field:n:d:plain", "field:n:s:a -derives-> field:n:d:total",
                          "field:n:s:b -derives-> field:n:d:total"));
}

TEST(ColumnLineage, DirectAndIndirectAreTwoEdges) {
  const EventUnderTest event(DatasetEvent(R"("columnLineage":{"fields":{"x":{"inputFields":[
    {"namespace":"n","name":"s","field":"both","transformations":[{"type":"INDIRECT","subtype":"JOIN"},{"type":"DIRECT"}]},
    {"namespace":"n","name":"s","field":"filter","transformations":[{"type":"indirect","subtype":"FILTER"}]},
    {"namespace":"n","name":"s","field":"new","transformations":[{"type":"SOMETHING_NEW"}]}]}}})"));
  EXPECT_THAT(event.Edges(),
              ElementsAre("field:n:s:both -derives-> field:n:d:x", "field:n:s:both -influences-> field:n:d:x",
                          "field:n:s:filter -influences-> field:n:d:x", "field:n:s:new -derives-> field:n:d:x"));
}

TEST(ColumnLineage, WhatAffectsEveryRowInfluencesTheDataset) {
  const EventUnderTest event(DatasetEvent(R"("columnLineage":{"fields":{},"dataset":[
    {"namespace":"n","name":"s","field":"day","transformations":[{"type":"INDIRECT","subtype":"FILTER"}]}]})"));
  EXPECT_THAT(event.Edges(), ElementsAre("field:n:s:day -influences-> dataset:n:d"));
}

TEST(ColumnLineage, OddEntriesArePassedOver) {
  const EventUnderTest event(DatasetEvent(R"("columnLineage":{"fields":{"":{"inputFields":[{"name":"s","field":"f"}]},
    "a":7,"b":{"inputFields":{}},"c":{"inputFields":[null,1,{},{"namespace":"n","name":"s"},{"field":"f"}]},
    "d":{"inputFields":[{"namespace":"n","name":"s","field":"f","transformations":[null,{}]}]}},"dataset":"x"})"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Edges(), ElementsAre("field:n:s:f -derives-> field:n:d:d"));
}

TEST(ColumnLineage, ADeletedOneStatesNoEdges) {
  const EventUnderTest event(DatasetEvent(
      R"("columnLineage":{"_deleted":true,"fields":{"x":{"inputFields":[{"namespace":"n","name":"s","field":"f"}]}}})"));
  EXPECT_THAT(event.Edges(), IsEmpty());
}

TEST(ColumnLineage, AFieldOfTheSameRowIsNoEdgeToItself) {
  const EventUnderTest event(DatasetEvent(R"("columnLineage":{"fields":{"x":{"inputFields":[
    {"namespace":"n","name":"d","field":"x"},{"namespace":"n","name":"d","field":"y"}]}}})"));
  EXPECT_THAT(event.Edges(), ElementsAre("field:n:d:y -derives-> field:n:d:x"));
}

TEST(LineageFacet, TheSpecificationsSamplesByHand) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::vector<std::string> edges;
  for (const auto& sample : FacetSamples(fixtures)) {
    if (sample.folder != "LineageFacet") continue;
    for (const auto& edge : EventUnderTest(JobEvent("\"lineage\":" + sample.json)).Edges()) edges.push_back(edge);
  }
  EXPECT_THAT(edges,
              UnorderedElementsAre(
                  "dataset:postgresql%3A//warehouse%3A5432:public.staging_orders -reads-> "
                  "job:airflow%3A//production:daily.load",
                  "field:postgresql%3A//warehouse%3A5432:public.staging_orders:order_id -reads-> "
                  "job:airflow%3A//production:daily.load",
                  "dataset:postgresql%3A//production%3A5432:public.transactions -reads-> job:n:j",
                  "job:airflow%3A//production:daily.transform -triggers-> job:airflow%3A//production:daily.load"));
}

TEST(LineageFacet, OfAJobStatesDatasetsAndFields) {
  const EventUnderTest event(JobEvent(R"("lineage":{"entries":[{"namespace":"n","name":"t","type":"DATASET",
    "inputs":[{"namespace":"n","name":"s","type":"DATASET"},{"type":"JOB"},
              {"namespace":"n","name":"f","type":"DATASET","field":"day","transformations":[{"type":"INDIRECT"}]}],
    "fields":{"x":{"inputs":[{"namespace":"n","name":"s","type":"DATASET","field":"a"},
                             {"namespace":"n","name":"w","type":"DATASET"},
                             {"namespace":"n","name":"k","type":"JOB"}]}}}]})"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Edges(),
              UnorderedElementsAre("dataset:n:s -derives-> dataset:n:t", "job:n:j -writes-> dataset:n:t",
                                   "field:n:f:day -influences-> dataset:n:t", "dataset:n:f -influences-> dataset:n:t",
                                   "field:n:s:a -derives-> field:n:t:x", "dataset:n:w -derives-> field:n:t:x",
                                   "dataset:n:w -derives-> dataset:n:t", "job:n:k -writes-> field:n:t:x",
                                   "job:n:k -writes-> dataset:n:t"));
}

TEST(LineageFacet, OfADatasetStatesItsSources) {
  const std::string facet = R"("lineage":{"inputs":[{"namespace":"n","name":"s","type":"DATASET"},{"type":"JOB"}],
    "fields":{"x":{"inputs":[{"namespace":"n","name":"s","type":"DATASET","field":"a"},
                             {"namespace":"n","name":"d","type":"DATASET","field":"y"}]}}})";
  // A dataset event has no job of its own that an unnamed job could mean.
  EXPECT_THAT(EventUnderTest(DatasetEvent(facet)).Edges(),
              UnorderedElementsAre("dataset:n:s -derives-> dataset:n:d", "field:n:s:a -derives-> field:n:d:x",
                                   "field:n:d:y -derives-> field:n:d:x"));
  const EventUnderTest of_job(
      fmt::format(R"({{"eventTime":"2026-01-10","producer":"p","job":{{"namespace":"n","name":"j"}},
    "inputs":[{{"namespace":"n","name":"d","facets":{{{}}}}}]}})",
                  facet));
  EXPECT_THAT(of_job.Edges(), testing::Contains("job:n:j -writes-> dataset:n:d"));
}

TEST(LineageFacet, AnEmptyListOfSourcesIsNoEdge) {
  const EventUnderTest event(
      JobEvent(R"("lineage":{"entries":[{"namespace":"n","name":"t","type":"DATASET","inputs":[]}]})"));
  EXPECT_THAT(event.Nodes(), ElementsAre("job:n:j", "dataset:n:t"));
  EXPECT_THAT(event.Edges(), IsEmpty());
}

TEST(LineageFacet, OddEntriesArePassedOver) {
  const EventUnderTest event(
      JobEvent(R"("lineage":{"entries":[null,7,{},{"type":"DATASET"},{"type":"JOB","namespace":"n"},
    {"type":"TOPIC","namespace":"n","name":"t","inputs":[{"type":"JOB"}]},
    {"type":"JOB","inputs":[7,{},{"type":"TOPIC","namespace":"n","name":"s"},{"type":"JOB"}],"fields":{"x":{"inputs":[{"type":"JOB"}]}}},
    {"type":"DATASET","namespace":"n","name":"t","inputs":{},"fields":[],"field":"f"}]})"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Nodes(), ElementsAre("job:n:j", "dataset:n:t"));
  EXPECT_THAT(event.Edges(), IsEmpty());
}

}  // namespace
}  // namespace cairn
