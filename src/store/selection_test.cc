#include "store/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/line.h"
#include "store/store_for_test.h"
#include "view/view_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Mode = TargetMatch::Mode;

class SelectionTest : public testing::Test {
 protected:
  // `kind node` of the series that may hold what is asked for.
  std::vector<std::string> SeriesOf(const QuerySpec& spec) {
    const Selection selection = Must(Selection::Create(spec));
    std::vector<std::string> out;
    for (const std::uint32_t number : selection.SeriesOf(folded_.views)) {
      const Series& series = folded_.views.series().at(number);
      out.push_back(std::string(folded_.views.texts().at(series.kind)) + " " +
                    NodeId(folded_.views.nodes().at(series.node)));
    }
    return out;
  }
  static bool Matches(const QuerySpec& spec, const std::string& record) {
    const Selection selection = Must(Selection::Create(spec));
    std::string line;
    AppendRecordLine(line, {7}, "2026-01-10T05:00:01.000000000Z", record);
    const std::size_t bytes = line.size() - 1;
    line.resize(bytes + 64);
    PathScratch scratch;
    return selection.Matches(
        Must(DocumentOf({7}, std::string_view(line).substr(0, bytes), Fact::kWholeRecord, "volume")), scratch);
  }

  FoldedViews folded_{TestFact{}.Json(), TestFact{.name = "lines"}.Json(), TestFact{.tenant = "acme"}.Json(),
                      TestFact{.kind = "schema_snapshot", .name = "lines"}.Json(),
                      EventWithFacets(1, R"("schema":{})")};
};

TEST_F(SelectionTest, OfNoKindAreTheSeriesThatHoldRecords) {
  EXPECT_THAT(SeriesOf({}),
              UnorderedElementsAre("volume dataset:crm:orders", "volume dataset:crm:lines",
                                   "schema_snapshot dataset:crm:lines", "openlineage.run_event job:etl:load"))
      << "the schema of orders is only a facet";
  EXPECT_FALSE(Must(Selection::Create({})).Wants(0));
  EXPECT_TRUE(Must(Selection::Create({})).Wants(Fact::kWholeRecord));
}

TEST_F(SelectionTest, OfNamedKindsAreFacetsToo) {
  EXPECT_THAT(SeriesOf({.kinds = {"schema"}}),
              UnorderedElementsAre("schema_snapshot dataset:crm:lines", "schema_snapshot dataset:crm:orders"));
  EXPECT_TRUE(Must(Selection::Create({.kinds = {"schema"}})).Wants(0));
  EXPECT_THAT(SeriesOf({.kinds = {"volume", "nothing"}}), testing::SizeIs(2));
  EXPECT_THAT(SeriesOf({.kinds = {"nothing"}}), IsEmpty());
}

TEST_F(SelectionTest, AreOfOneTenant) {
  EXPECT_THAT(SeriesOf({.tenant = "acme"}), UnorderedElementsAre("volume dataset:crm:orders"));
  EXPECT_THAT(SeriesOf({.tenant = "nobody"}), IsEmpty());
  // The node of a query is the tenant's, whatever it says itself.
  EXPECT_THAT(
      SeriesOf({.tenant = "nobody", .target = {.mode = Mode::kExact, .node = Table("orders", "acme"), .text = ""}}),
      IsEmpty());
}

TEST_F(SelectionTest, OfTargets) {
  EXPECT_THAT(SeriesOf({.target = {.mode = Mode::kExact, .node = Table("lines"), .text = ""}}),
              UnorderedElementsAre("volume dataset:crm:lines", "schema_snapshot dataset:crm:lines"));
  EXPECT_THAT(SeriesOf({.target = {.mode = Mode::kPrefix, .node = {}, .text = "job:"}}), testing::SizeIs(1));
  EXPECT_THAT(SeriesOf({.target = {.mode = Mode::kGlob, .node = {}, .text = "*:o*"}}),
              UnorderedElementsAre("volume dataset:crm:orders"));
}

TEST_F(SelectionTest, WindowsAreOpenWhereNothingIsSaid) {
  const Selection all = Must(Selection::Create({}));
  EXPECT_EQ(all.from(), Timestamp::Min().ns);
  EXPECT_EQ(all.until(), Timestamp::Max().ns);
  const Selection some = Must(Selection::Create({.from = At(1), .until = At(2)}));
  EXPECT_EQ(some.from(), At(1).ns);
  EXPECT_EQ(some.until(), At(2).ns);
}

TEST_F(SelectionTest, ReadRecordsOnlyWhereTheyMust) {
  EXPECT_FALSE(Must(Selection::Create({.kinds = {"volume"}, .run_id = "r", .from = At(1)})).reads_records());
  EXPECT_TRUE(Must(Selection::Create({.producer_id = "p"})).reads_records());
  EXPECT_TRUE(Must(Selection::Create({.job = "j"})).reads_records());
  EXPECT_TRUE(Must(Selection::Create({.filter = "payload.a = 1"})).reads_records());
}

TEST_F(SelectionTest, FiltersProducersAndJobsMustAllHold) {
  const std::string record = TestFact{.rows = 5, .job = "load \"x\"", .producer = "p\\q"}.Json();
  EXPECT_TRUE(Matches({.filter = "payload.row_count = 5"}, record));
  EXPECT_FALSE(Matches({.filter = "payload.row_count = 6"}, record));
  EXPECT_TRUE(Matches({.producer_id = "p\\q"}, record)) << "names are no language";
  EXPECT_TRUE(Matches({.job = "load \"x\""}, record));
  EXPECT_TRUE(Matches({.job = "job::load \"x\""}, record));
  EXPECT_FALSE(Matches({.job = "job:etl:load \"x\""}, record));
  EXPECT_FALSE(Matches({.job = "load \"x\"", .filter = "payload.row_count = 6"}, record));
  EXPECT_FALSE(Matches({.job = "load \"x\"", .producer_id = "z"}, record));
}

TEST_F(SelectionTest, MistakesAreToldBeforeAnythingIsRead) {
  EXPECT_THAT(Selection::Create({.filter = "a ="}).status().message(), HasSubstr("column"));
  EXPECT_EQ(Selection::Create({.job = "job:x"}).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace cairn
