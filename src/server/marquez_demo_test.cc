// Each route over the 26 events of Marquez's own demonstration: 13 runs of 13 jobs.

#include <fstream>
#include <iterator>

#include "fixtures.h"
#include "server/marquez_for_test.h"

namespace cairn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

class MarquezDemo : public MarquezTest {
 protected:
  // False where there are no fixtures.
  void StoreDemo(const std::string& fixtures) {
    std::ifstream file(fixtures + "/openlineage/marquez/demo.json");
    const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    simdjson::dom::parser parser;
    simdjson::dom::array events;
    ASSERT_EQ(parser.parse(json).get(events), simdjson::SUCCESS);
    for (const auto event : events) Store(simdjson::minify(event));
    clock.Set("2026-01-10T12:30:00Z");
  }
  static constexpr const char* kNs = "/namespaces/food_delivery";
  static constexpr const char* kRun = "d5a2a4c4";  // Of etl_delivery_7_days.
};

TEST_F(MarquezDemo, Namespaces) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string all = Get("/namespaces");
  EXPECT_THAT(Each(all, "/namespaces", "/name"), ElementsAre("food_delivery"));
  EXPECT_EQ(At(all, "/totalCount"), "1");
  const std::string one = Get(kNs);
  EXPECT_EQ(At(one, "/createdAt"), "2026-01-10T05:00:00Z");
  EXPECT_EQ(At(one, "/updatedAt"), "2026-01-10T08:06:36Z");
  EXPECT_EQ(At(one, "/ownerName"), "anonymous");
  EXPECT_EQ(At(one, "/description"), "null");
  EXPECT_EQ(At(one, "/isHidden"), "false");
  EXPECT_EQ(StatusOf("GET", "/namespaces/nowhere"), 404);
}

TEST_F(MarquezDemo, JobsPageByPage) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string all = Get("/jobs");
  EXPECT_EQ(At(all, "/totalCount"), "13");
  EXPECT_THAT(Each(all, "/jobs", "/name"), SizeIs(13));
  EXPECT_EQ(Get(std::string(kNs) + "/jobs"), all);
  const std::string page = Get(std::string(kNs) + "/jobs?limit=2&offset=11");
  EXPECT_EQ(At(page, "/totalCount"), "13");
  EXPECT_THAT(Each(page, "/jobs", "/name"), ElementsAre("orders_popular_day_of_week", "email_discounts"));
  EXPECT_THAT(Each(Get("/jobs?limit=0"), "/jobs", ""), SizeIs(0));
  EXPECT_EQ(StatusOf("GET", "/jobs?limit=-1"), 400);
  EXPECT_EQ(StatusOf("GET", "/namespaces/nowhere/jobs"), 404);
}

TEST_F(MarquezDemo, OneJob) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string job = Get(std::string(kNs) + "/jobs/delivery_times_7_days");
  EXPECT_EQ(At(job, "/id"), R"({"namespace":"food_delivery","name":"delivery_times_7_days"})");
  EXPECT_EQ(At(job, "/type"), "BATCH");
  EXPECT_EQ(At(job, "/simpleName"), "delivery_times_7_days");
  EXPECT_EQ(At(job, "/createdAt"), "2026-01-10T07:30:00Z");
  EXPECT_EQ(At(job, "/updatedAt"), "2026-01-10T07:36:10Z");
  EXPECT_THAT(Each(job, "/inputs", "/name"), ElementsAre("public.delivery_7_days"));
  EXPECT_THAT(Each(job, "/outputs", "/name"),
              testing::UnorderedElementsAre("public.top_delivery_times", "public.discounts"));
  EXPECT_EQ(At(job, "/latestRun/id").substr(0, 8), "bd41a42a");
  EXPECT_EQ(At(job, "/latestRun/state"), "COMPLETED");
  EXPECT_EQ(At(job, "/latestRun/startedAt"), "2026-01-10T07:30:00Z");
  EXPECT_EQ(At(job, "/latestRun/endedAt"), "2026-01-10T07:36:10Z");
  EXPECT_EQ(At(job, "/latestRun/durationMs"), "370000");
  EXPECT_EQ(At(job, "/latestRun/jobVersion/version"), At(job, "/currentVersion"));
  EXPECT_NE(At(job, "/facets/sql/query"), "none");
  EXPECT_EQ(At(job, "/description"), At(job, "/facets/documentation/description"));
  EXPECT_EQ(StatusOf("GET", std::string(kNs) + "/jobs/nothing"), 404);
  const std::string versions = Get(std::string(kNs) + "/jobs/delivery_times_7_days/versions");
  EXPECT_THAT(Each(versions, "/versions", "/version"), ElementsAre(At(job, "/currentVersion")));
  EXPECT_EQ(Get(std::string(kNs) + "/jobs/delivery_times_7_days/versions/" + At(job, "/currentVersion")),
            At(versions, "/versions/0"));
}

TEST_F(MarquezDemo, RunsOfAJobAndTheirFacets) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string runs = Get(std::string(kNs) + "/jobs/etl_delivery_7_days/runs");
  EXPECT_EQ(At(runs, "/totalCount"), "1");
  const std::string id = At(runs, "/runs/0/id");
  EXPECT_EQ(id.substr(0, 8), kRun);
  const std::string run = Get("/jobs/runs/" + id);
  EXPECT_EQ(run, At(runs, "/runs/0"));
  EXPECT_EQ(At(run, "/nominalStartTime"), "2020-02-22T22:00:00Z");
  EXPECT_THAT(Each(run, "/inputVersions", "/name"), SizeIs(5));
  EXPECT_THAT(Each(run, "/outputVersions", "/name"), ElementsAre("public.delivery_7_days"));
  const std::string facets = Get("/jobs/runs/" + id + "/facets?type=run");
  EXPECT_EQ(At(facets, "/runId"), id);
  EXPECT_EQ(At(facets, "/facets"), At(run, "/facets"));
  const std::string of_job = Get("/jobs/runs/" + id + "/facets?type=job");
  EXPECT_NE(At(of_job, "/facets/sql/query"), "none");
  EXPECT_EQ(At(of_job, "/facets/nominalTime"), "none");
  EXPECT_EQ(StatusOf("GET", "/jobs/runs/" + id + "/facets?type=door"), 400);
  EXPECT_EQ(StatusOf("GET", "/jobs/runs/00000000-0000-4000-8000-000000000000"), 404);
}

TEST_F(MarquezDemo, Datasets) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string all = Get(std::string(kNs) + "/datasets?limit=5");
  // Those that jobs read and write, and public.menu_item_id, which a columnLineage facet alone names.
  EXPECT_EQ(At(all, "/totalCount"), "14");
  EXPECT_THAT(Each(all, "/datasets", "/name"), ElementsAre("public.menus", "public.categories", "public.menu_items",
                                                           "public.orders", "public.orders_7_days"));
  const std::string dataset = Get(std::string(kNs) + "/datasets/public.delivery_7_days");
  EXPECT_EQ(At(all, "/datasets/4"), Get(std::string(kNs) + "/datasets/public.orders_7_days"));
  EXPECT_EQ(At(dataset, "/type"), "DB_TABLE");
  EXPECT_EQ(At(dataset, "/physicalName"), "public.delivery_7_days");
  EXPECT_EQ(At(dataset, "/sourceName"), At(dataset, "/facets/dataSource/name"));
  EXPECT_EQ(At(dataset, "/createdAt"), "2026-01-10T07:15:00Z");
  EXPECT_EQ(At(dataset, "/updatedAt"), "2026-01-10T07:30:00Z");
  EXPECT_EQ(At(dataset, "/lastModifiedAt"), "2026-01-10T07:15:00Z");
  EXPECT_EQ(At(dataset, "/description"), At(dataset, "/facets/documentation/description"));
  EXPECT_EQ(At(dataset, "/deleted"), "false");
  EXPECT_EQ(Each(dataset, "/fields", "/name"), Each(dataset, "/facets/schema/fields", "/name"));
  EXPECT_FALSE(Each(dataset, "/columnLineage", "/name").empty());
  EXPECT_EQ(At(dataset, "/columnLineage/0/inputFields/0/namespace"), "food_delivery");
  const std::string versions = Get(std::string(kNs) + "/datasets/public.delivery_7_days/versions");
  EXPECT_EQ(At(versions, "/totalCount"), "1");
  const std::string version = At(dataset, "/currentVersion");
  EXPECT_EQ(At(versions, "/versions/0/version"), version);
  EXPECT_EQ(At(versions, "/versions/0/createdByRun/id").substr(0, 8), kRun);
  EXPECT_EQ(At(versions, "/versions/0/createdByRun/outputVersions/0/version"), version);
  EXPECT_NE(At(versions, "/versions/0/facets/dataQualityAssertions"), "none");
  EXPECT_EQ(Get(std::string(kNs) + "/datasets/public.delivery_7_days/versions/" + version),
            At(versions, "/versions/0"));
  EXPECT_EQ(StatusOf("GET", std::string(kNs) + "/datasets/public.delivery_7_days/versions/none"), 404);
}

TEST_F(MarquezDemo, Events) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string newest = Get("/events/lineage?limit=2");
  EXPECT_EQ(At(newest, "/totalCount"), "26");
  EXPECT_THAT(Each(newest, "/events", "/eventTime"), ElementsAre("2026-01-10T08:06:36Z", "2026-01-10T08:00:00Z"));
  EXPECT_THAT(Each(Get("/events/lineage?limit=1&offset=1"), "/events", "/eventTime"),
              ElementsAre("2026-01-10T08:00:00Z"));
  const std::string between =
      Get("/events/lineage?after=2026-01-10T05:04:00Z&before=2026-01-10T05:30:00Z&sortDirection=asc");
  EXPECT_EQ(At(between, "/totalCount"), "3");
  EXPECT_THAT(Each(between, "/events", "/eventType"), ElementsAre("COMPLETE", "START", "COMPLETE"));
  EXPECT_THAT(Each(Get("/events/lineage?before=&after="), "/events", ""), SizeIs(26));
  EXPECT_EQ(StatusOf("GET", "/events/lineage?before=soon"), 400);
  EXPECT_EQ(StatusOf("GET", "/events/lineage?sortDirection=up"), 400);
}

TEST_F(MarquezDemo, LineageOfADatasetGoesBothWays) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string all = Get("/lineage?nodeId=dataset:food_delivery:public.delivery_7_days");
  EXPECT_EQ(At(all, "/partial"), "false");
  EXPECT_THAT(Each(all, "/graph", "/id"), SizeIs(26));
  EXPECT_EQ(Get("/lineage/?nodeId=dataset:food_delivery:public.delivery_7_days&depth=20"), all);
  const std::string near = Get("/lineage?nodeId=dataset:food_delivery:public.delivery_7_days&depth=1");
  EXPECT_THAT(Each(near, "/graph", "/id"),
              ElementsAre("dataset:food_delivery:public.delivery_7_days", "job:food_delivery:delivery_times_7_days",
                          "job:food_delivery:etl_delivery_7_days"));
  EXPECT_THAT(Each(near, "/graph", "/type"), ElementsAre("DATASET", "JOB", "JOB"));
  EXPECT_EQ(At(near, "/graph/0/inEdges"), R"([{"origin":"job:food_delivery:etl_delivery_7_days",)"
                                          R"("destination":"dataset:food_delivery:public.delivery_7_days"}])");
  EXPECT_EQ(At(near, "/graph/0/outEdges/0/destination"), "job:food_delivery:delivery_times_7_days");
  EXPECT_EQ(At(near, "/graph/0/data/lastModifiedAt"), "2026-01-10T07:15:00Z");
  EXPECT_THAT(Each(At(near, "/graph/2/data"), "/inputs", "/name"), SizeIs(5));
  EXPECT_EQ(At(near, "/graph/2/data/latestRun/state"), "COMPLETED");
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=dataset:food_delivery:nothing"), 404);
  EXPECT_EQ(StatusOf("GET", "/lineage?nodeId=food"), 400);
  EXPECT_EQ(StatusOf("GET", "/lineage"), 400);
}

TEST_F(MarquezDemo, ColumnLineage) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string dataset = Get(std::string(kNs) + "/datasets/public.delivery_7_days");
  const std::string field = At(dataset, "/columnLineage/0/name");
  const std::string id = "datasetField:food_delivery:public.delivery_7_days:" + field;
  const std::string up = Get("/column-lineage?nodeId=" + id + "&depth=1");
  EXPECT_THAT(Each(up, "/graph", "/id"), Contains(id));
  EXPECT_EQ(Each(up, "/graph", "/id").size(), 1 + Each(dataset, "/columnLineage/0/inputFields", "").size());
  for (std::size_t i = 0; i < Each(up, "/graph", "/id").size(); ++i) {
    const std::string at = "/graph/" + std::to_string(i);
    if (At(up, at + "/id") != id) continue;
    EXPECT_EQ(At(up, at + "/type"), "DATASET_FIELD");
    EXPECT_EQ(At(up, at + "/data/dataset"), "public.delivery_7_days");
    EXPECT_EQ(At(up, at + "/data/field"), field);
    EXPECT_EQ(At(up, at + "/inEdges/0/origin"), id);
    EXPECT_EQ(At(up, at + "/inEdges/0/destination").substr(0, 27), "datasetField:food_delivery:");
    EXPECT_EQ(At(up, at + "/data/inputFields/0/namespace"), "food_delivery");
    EXPECT_EQ(At(up, at + "/outEdges"), "[]");
  }
  EXPECT_GT(Each(Get("/column-lineage?nodeId=" + id + "&withDownstream=true"), "/graph", "").size(),
            Each(Get("/column-lineage?nodeId=" + id + "&withDownstream=False"), "/graph", "").size());
  const std::string of_all = Get("/column-lineage?nodeId=dataset:food_delivery:public.delivery_7_days&depth=1");
  EXPECT_THAT(Each(of_all, "/graph", "/id"), Contains(id));
  EXPECT_EQ(Get("/column-lineage?nodeId=job:food_delivery:etl_delivery_7_days&depth=1"), of_all);
}

TEST_F(MarquezDemo, Search) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string found = Get("/search?q=DELIVERY");
  EXPECT_EQ(At(found, "/totalCount"), "4");
  EXPECT_THAT(
      Each(found, "/results", "/nodeId"),
      ElementsAre("job:food_delivery:delivery_times_7_days", "job:food_delivery:etl_delivery_7_days",
                  "dataset:food_delivery:public.delivery_7_days", "dataset:food_delivery:public.top_delivery_times"));
  EXPECT_EQ(At(found, "/results/0/type"), "JOB");
  EXPECT_EQ(At(found, "/results/0/namespace"), "food_delivery");
  EXPECT_EQ(At(found, "/results/0/updatedAt"), "2026-01-10T07:36:10Z");
  EXPECT_THAT(Each(Get("/search/?q=delivery&filter=dataset&sort=NAME&limit=1"), "/results", "/name"),
              ElementsAre("public.delivery_7_days"));
  EXPECT_THAT(Each(Get("/search?q=%25etl%25days&sort=UPDATE_AT"), "/results", "/name"),
              ElementsAre("etl_delivery_7_days", "etl_orders_7_days"));
  EXPECT_THAT(Each(Get("/search?q=etl&namespace=other"), "/results", ""), SizeIs(0));
  EXPECT_EQ(StatusOf("GET", "/search"), 400);
  EXPECT_EQ(StatusOf("GET", "/search?q=a&filter=door"), 400);
}

TEST_F(MarquezDemo, RunsUpstream) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string id = At(Get(std::string(kNs) + "/jobs/delivery_times_7_days"), "/latestRun/id");
  const std::string near = Get("/runlineage/upstream?depth=1&runId=" + id);
  EXPECT_THAT(Each(near, "/runs", "/job/name"), ElementsAre("delivery_times_7_days", "etl_delivery_7_days"));
  EXPECT_EQ(At(near, "/runs/0/run/status"), "COMPLETED");
  EXPECT_EQ(At(near, "/runs/0/run/start"), "2026-01-10T07:30:00Z");
  EXPECT_EQ(At(near, "/runs/0/inputs/0/name"), "public.delivery_7_days");
  EXPECT_EQ(At(near, "/runs/0/inputs/0/producedByRunId"), At(near, "/runs/1/run/id"));
  EXPECT_EQ(At(near, "/runs/0/inputs/0/version"),
            At(Get(std::string(kNs) + "/datasets/public.delivery_7_days"), "/currentVersion"));
  // Its own, etl_delivery_7_days, the five that this reads from, and the four behind orders_7_days.
  EXPECT_THAT(Each(Get("/runlineage/upstream?runId=" + id), "/runs", ""), SizeIs(11));
  EXPECT_EQ(StatusOf("GET", "/runlineage/upstream?runId=none"), 404);
}

TEST_F(MarquezDemo, Statistics) {
  CAIRN_NEED_FIXTURES(fixtures);
  StoreDemo(fixtures);
  const std::string events = Get("/stats/lineage-events?period=DAY&timezone=UTC");
  EXPECT_THAT(Each(events, "", ""), SizeIs(24));
  EXPECT_EQ(At(events, "/23/startInterval"), "2026-01-10T12:00:00Z");
  EXPECT_EQ(At(events, "/23/endInterval"), "2026-01-10T13:00:00Z");
  // At 05:00, 05:15, 05:30 and 05:45.
  EXPECT_EQ(At(events, "/16"), R"({"startInterval":"2026-01-10T05:00:00Z","endInterval":"2026-01-10T06:00:00Z",)"
                               R"("fail":0,"start":4,"complete":4,"abort":0})");
  EXPECT_EQ(At(events, "/15/start"), "0");
  EXPECT_THAT(Each(Get("/stats/jobs?period=DAY"), "", "/count"),
              testing::ElementsAreArray({"0", "0", "0", "0", "0", "0", "0",  "0",  "0",  "0",  "0",  "0",
                                         "0", "0", "0", "0", "4", "8", "12", "13", "13", "13", "13", "13"}));
  EXPECT_EQ(At(Get("/stats/datasets?period=DAY"), "/23/count"), "14");
  // `food_delivery_db`, and the namespace of a dataset that names none.
  EXPECT_EQ(At(Get("/stats/sources?period=DAY"), "/23/count"), "2");
  const std::string week = Get("/stats/lineage-events?period=WEEK&timezone=Asia/Kolkata");
  EXPECT_THAT(Each(week, "", ""), SizeIs(7));
  EXPECT_EQ(At(week, "/6/startInterval"), "2026-01-09T18:30:00Z");
  EXPECT_EQ(At(week, "/6/complete"), "13");
  EXPECT_EQ(StatusOf("GET", "/stats/jobs?period=YEAR"), 400);
  EXPECT_EQ(StatusOf("GET", "/stats/jobs?period=WEEK&timezone=Mars/Olympus"), 400);
}

}  // namespace
}  // namespace cairn
