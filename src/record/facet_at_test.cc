#include "record/facet_at.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "fixtures.h"
#include "record/facet_map.h"
#include "record/openlineage_testing.h"

namespace cairn {
namespace {

std::string Canonical(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  return parser.parse(json.data(), json.size()).get(value) == simdjson::SUCCESS ? std::string(simdjson::minify(value))
                                                                                : "broken: " + std::string(json);
}

/// The facets of an event in the order `openlineage.h` states, found by the plainest reading of it.
std::vector<std::string> FacetsByDom(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element event;
  EXPECT_EQ(parser.parse(json.data(), json.size()).get(event), simdjson::SUCCESS);
  std::vector<std::string> out;
  const auto list = [&](simdjson::dom::element holder, std::string_view member) {
    simdjson::dom::object facets;
    if (holder[member].get_object().get(facets) != simdjson::SUCCESS) return;
    for (const auto [key, value] : facets) {
      if (!value.is_null()) out.push_back(std::string(key) + " = " + std::string(simdjson::minify(value)));
    }
  };
  const auto list_of = [&](std::string_view section) {
    simdjson::dom::element holder;
    if (event[section].get(holder) == simdjson::SUCCESS) list(holder, "facets");
  };
  simdjson::dom::object object;
  EXPECT_EQ(event.get_object().get(object), simdjson::SUCCESS);
  const auto form = EventForm(object);
  if (form == Form::kDatasetEvent) {
    list_of("dataset");
    return out;
  }
  list_of("run");
  list_of("job");
  for (const auto& [section, own] : {std::pair("inputs", "inputFacets"), std::pair("outputs", "outputFacets")}) {
    simdjson::dom::array datasets;
    if (event[section].get_array().get(datasets) != simdjson::SUCCESS) continue;
    for (const auto dataset : datasets) {
      list(dataset, "facets");
      list(dataset, own);
    }
  }
  return out;
}

void ExpectFacetsAgree(const std::string& name, const EventUnderTest& event) {
  SCOPED_TRACE(name);
  ASSERT_TRUE(event.status.ok()) << event.status;
  const auto expected = FacetsByDom(event.json);
  ASSERT_EQ(event.statements.facets.size(), expected.size());
  for (std::uint32_t i = 0; i < expected.size(); ++i) {
    FacetRef ref;
    const auto bytes = FacetAt(event.json, i, &ref, "acme");
    ASSERT_TRUE(bytes) << bytes.error();
    EXPECT_GE(bytes->data(), event.json.data());
    EXPECT_LE(bytes->data() + bytes->size(), event.json.data() + event.json.size());
    EXPECT_EQ(ref.key + " = " + Canonical(*bytes), expected[i]);
    const FacetStatement& stated = event.statements.facets[i];
    EXPECT_EQ(PlatformKind(ref.key), stated.kind);
    EXPECT_EQ(ref.deleted, stated.deleted);
    NodeView node = event.statements.nodes[stated.node];
    node.tenant = "acme";
    EXPECT_EQ(NodeView(ref.node), node);
  }
  EXPECT_EQ(FacetAt(event.json, static_cast<std::uint32_t>(expected.size()), nullptr).status().code(),
            StatusCode::kOutOfRange);
}

TEST(FacetAt, AgreesWithTheStatementsOnEveryFixture) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::size_t facets = 0;
  for (const auto& fixture : FixtureEvents(fixtures)) {
    const EventUnderTest event(fixture.json);
    ExpectFacetsAgree(fixture.name, event);
    facets += event.statements.facets.size();
  }
  EXPECT_GT(facets, 300U);
}

TEST(FacetAt, AgreesHoweverTheMembersStand) {
  CAIRN_NEED_FIXTURES(fixtures);
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto& fixture : FixtureEvents(fixtures)) {
    std::vector<std::string> members;
    JsonCursor cursor(fixture.json);
    ASSERT_TRUE(WalkObject(cursor, [&](std::string_view key) {
      std::string_view value;
      if (!TakeValue(cursor, &value)) return false;
      members.push_back(fmt::format("\"{}\":{}", key, value));
      return true;
    }));
    std::shuffle(members.begin(), members.end(), random);
    ExpectFacetsAgree(fixture.name, EventUnderTest(fmt::format("{{{}}}", fmt::join(members, ","))));
  }
}

TEST(FacetAt, EveryFacetSampleSurvivesInsideAnEvent) {
  CAIRN_NEED_FIXTURES(fixtures);
  const auto samples = FacetSamples(fixtures);
  EXPECT_EQ(samples.size(), 23U);
  for (const auto& sample : samples) {
    SCOPED_TRACE(sample.name);
    const auto around = [&](std::string_view place) {
      return sample.folder.find(place) == std::string::npos
                 ? std::string("{}")
                 : fmt::format(R"({{"before":{{"a":1}},"{}":{},"after":[2]}})", sample.key, sample.json);
    };
    const bool of_input = sample.folder.find("InputDatasetFacet") != std::string::npos;
    const bool of_dataset = !of_input && sample.folder.find("DatasetFacet") != std::string::npos;
    const bool of_run = sample.folder.find("RunFacet") != std::string::npos;
    const bool of_job = sample.folder.find("JobFacet") != std::string::npos || sample.folder == "LineageFacet";
    ASSERT_EQ(of_input + of_dataset + of_run + of_job, 1) << "where does it belong?";
    const EventUnderTest event(fmt::format(
        R"({{"eventTime":"2026-01-10","producer":"p","run":{{"runId":"r","facets":{}}},
            "job":{{"namespace":"n","name":"j","facets":{}}},
            "inputs":[{{"namespace":"n","name":"i","facets":{},"inputFacets":{}}}]}})",
        of_run ? around("RunFacet") : "{}", of_job ? around(sample.folder) : "{}",
        of_dataset ? around("DatasetFacet") : "{}", of_input ? around("InputDatasetFacet") : "{}"));
    ASSERT_TRUE(event.status.ok()) << event.status;
    FacetRef ref;
    const auto bytes = FacetAt(event.json, 1, &ref);
    ASSERT_TRUE(bytes) << bytes.error();
    EXPECT_EQ(*bytes, sample.json);
    EXPECT_EQ(ref.key, sample.key);
    EXPECT_EQ(ref.node.type, of_run ? "run" : of_job ? "job" : "dataset");
    ExpectFacetsAgree(sample.name, event);
  }
}

TEST(FacetAt, NullsEscapesAndStraysAreCountedAlike) {
  ExpectFacetsAgree("odd", EventUnderTest(R"({
    "\u0065ventTime":"2026-01-10","producer":"p","dataset":{"facets":{"stray":{}},"namespace":5},
    "outputs":[{"n\u0061mespace":"\u00fc:\"n","name":"a\\b","facets":{"x":null,"\u0073chema":{},"n":1},"inputFacets":{"stray":{}},
                "outputFacets":{"gone":{"\u005fdeleted":true},"text":"}","not":{"_deleted":"true"},"list":[{"_deleted":true}]}},
               {"namespace":"n","name":"empty","facets":null,"outputFacets":{}},
               {"namespace":"n","name":"last","facets":{"\ud83d\udd77":{}}}],
    "inputs":null,"job":{"namespace":"n","name":"j","facets":{}},"run":{"runId":"r","namespace":"stray","facets":{"a":[]}}})"));
  ExpectFacetsAgree("dataset event", EventUnderTest(R"({"run":null,"inputs":7,"outputs":[{"facets":{"stray":{}}}],
    "dataset":{"namespace":"n","name":"d","facets":{"tags":{"_deleted":true},"a":false}},"producer":"p","eventTime":"2026-01-10"})"));
}

TEST(FacetAt, DamagedBytesAreToldFromAMissingFacet) {
  const EventUnderTest event(
      R"({"eventTime":"2026-01-10","producer":"p","dataset":{"namespace":"n","name":"d","facets":{"a":{}}}})");
  for (std::size_t bytes = 0; bytes < event.json.size(); ++bytes) {
    const std::vector<char> cut(event.json.begin(), event.json.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_EQ(FacetAt({cut.data(), cut.size()}, 0, nullptr).status().code(), StatusCode::kDataLoss) << bytes;
  }
}

}  // namespace
}  // namespace cairn
