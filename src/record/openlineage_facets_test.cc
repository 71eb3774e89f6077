#include "record/openlineage_facets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "fixtures.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

TEST(SchemaFacet, FieldsAreNodesAndThoseInsideArePaths) {
  const EventUnderTest event(DatasetEvent(R"("schema":{"fields":[
    {"name":"id","type":"int"},{"name":"address","fields":[{"name":"zip"},{"name":"geo","fields":[{"name":"lat"}]}]},
    {"name":"id"},{"type":"unnamed"},{"name":""},{"name":7},"odd",null,{"name":"last","fields":{}}]})"));
  ASSERT_TRUE(event.status.ok()) << event.status;
  EXPECT_THAT(event.Nodes(), ElementsAre("dataset:n:d", "field:n:d:id", "field:n:d:address", "field:n:d:address.zip",
                                         "field:n:d:address.geo", "field:n:d:address.geo.lat", "field:n:d:last"));
  EXPECT_THAT(event.Edges(), IsEmpty());
}

TEST(SchemaFacet, TheSpecificationsSampleHasSeventeenFields) {
  CAIRN_NEED_FIXTURES(fixtures);
  for (const auto& sample : FacetSamples(fixtures)) {
    if (sample.folder != "SchemaDatasetFacet") continue;
    const EventUnderTest event(DatasetEvent("\"schema\":" + sample.json));
    const auto nodes = event.Nodes();
    EXPECT_EQ(nodes.size(), 1U + 17U);
    EXPECT_THAT(nodes, testing::Contains("field:n:d:custom_properties.value._1"));
    EXPECT_THAT(nodes, testing::Contains("field:n:d:phones._element"));
  }
}

TEST(SchemaFacet, ADeletedOneStatesNoFields) {
  const EventUnderTest event(DatasetEvent(R"("schema":{"_deleted":true,"fields":[{"name":"id"}]})"));
  EXPECT_THAT(event.Nodes(), ElementsAre("dataset:n:d"));
  EXPECT_THAT(event.Facets(), ElementsAre("-schema_snapshot @ dataset:n:d"));
}

TEST(SchemaFacet, AHundredThousandFieldsTakeLinearTime) {
  const auto seconds_for = [](int fields) {
    std::string json;
    for (int i = 0; i < fields; ++i)
      json += fmt::format(R"({}{{"name":"field_{}","type":"int"}})", i == 0 ? "" : ",", i);
    const std::string text = DatasetEvent("\"schema\":{\"fields\":[" + json + "]}");
    const auto begin = std::chrono::steady_clock::now();
    const EventUnderTest event(text);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(event.statements.nodes.size(), static_cast<std::size_t>(fields) + 1);
    return took.count();
  };
  // Quadratic work would be minutes.
  EXPECT_LT(seconds_for(100'000), 5.0);
}

TEST(SchemaFacet, ALongNameAboveManyCannotFillTheMemory) {
  std::string inner;
  for (int i = 0; i < 1000; ++i) inner += fmt::format(R"({}{{"name":"{}"}})", i == 0 ? "" : ",", i);
  const std::string name(100'000, 'x');
  const EventUnderTest event(DatasetEvent(
      fmt::format(R"("schema":{{"fields":[{{"name":"{}","fields":[{}]}},{{"name":"after"}}]}})", name, inner)));
  EXPECT_THAT(event.Nodes(), ElementsAre("dataset:n:d", "field:n:d:" + name, "field:n:d:after"));
}

TEST(TagsFacet, OfAJob) {
  const EventUnderTest event(JobEvent(R"("tags":{"tags":[
    {"key":"tier","value":"gold","source":"USER"},{"key":"nightly"},{"key":"odd","value":7},{"value":"keyless"},5,
    {"key":"f","value":"v","field":"a job has none"}]})"));
  EXPECT_THAT(event.Attributes(), ElementsAre("tags job:n:j: tier=gold nightly odd f=v"));
}

TEST(TagsFacet, OfADatasetAndItsFields) {
  const EventUnderTest event(DatasetEvent(R"("tags":{"tags":[
    {"key":"pii","value":"true","field":"email"},{"key":"tier","value":"gold"},{"key":"mask","field":"email"},
    {"key":"pii","field":"name"}]})"));
  EXPECT_THAT(event.Attributes(), ElementsAre("tags dataset:n:d: tier=gold", "tags field:n:d:email: pii=true mask",
                                              "tags field:n:d:name: pii"));
}

TEST(TagsFacet, AnEmptyListAndADeletionAreStatementsToo) {
  EXPECT_THAT(EventUnderTest(DatasetEvent(R"("tags":{"tags":[]})")).Attributes(), ElementsAre("tags dataset:n:d:"));
  EXPECT_THAT(EventUnderTest(DatasetEvent(R"("tags":{"_deleted":true,"tags":[{"key":"a"}]})")).Attributes(),
              ElementsAre("-tags dataset:n:d:"));
  EXPECT_THAT(EventUnderTest(DatasetEvent(R"("tags":{})")).Attributes(), IsEmpty());
}

TEST(OwnershipFacet, OwnersByName) {
  EXPECT_THAT(EventUnderTest(JobEvent(R"("ownership":{"owners":[
                {"name":"team:data","type":"MAINTAINER"},{"type":"nameless"},null,{"name":"user:jdoe"}]})"))
                  .Attributes(),
              ElementsAre("owners job:n:j: team:data user:jdoe"));
  EXPECT_THAT(EventUnderTest(DatasetEvent(R"("ownership":{"owners":[{"name":"o"}]})")).Attributes(),
              ElementsAre("owners dataset:n:d: o"));
  EXPECT_THAT(EventUnderTest(DatasetEvent(R"("ownership":{"_deleted":true})")).Attributes(),
              ElementsAre("-owners dataset:n:d:"));
}

TEST(Facets, ThoseOfAnInputAsSuchOnlyCountAsFacets) {
  const EventUnderTest event(R"({"eventTime":"2026-01-10","producer":"p","job":{"namespace":"n","name":"j"},
    "inputs":[{"namespace":"n","name":"d","inputFacets":{"tags":{"tags":[{"key":"a"}]},"schema":{"fields":[{"name":"f"}]}}}]})");
  EXPECT_THAT(event.Attributes(), IsEmpty());
  EXPECT_THAT(event.Nodes(), ElementsAre("job:n:j", "dataset:n:d"));
}

}  // namespace
}  // namespace cairn
