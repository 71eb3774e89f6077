// What a store knows beside its series: runs, entities, lineage, the log itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Runs, AreFoldedFromEventsAndRecords) {
  TestStore store;
  store.Put(EventWithFacets(9, "", "", "COMPLETE", "one"));
  store.Put(EventWithFacets(1, "", "", "START", "one"));
  store.Put(TestFact{.second = 12, .run = "one"});
  store.Put(TestFact{.second = 5, .run = "two", .job = "nightly"});
  const RunInfo run = Must(store->Run("", "one"));
  EXPECT_EQ(run.state, RunState::kCompleted);
  EXPECT_EQ(NodeId(run.job), "job:etl:load");
  EXPECT_EQ(run.started_at, At(1));
  EXPECT_EQ(run.ended_at, At(9));
  EXPECT_EQ(run.first_seen, At(1));
  EXPECT_EQ(run.last_seen, At(12));
  EXPECT_EQ(run.records, 3u);
  EXPECT_EQ(Must(store->Run("", "two")).state, RunState::kUnknown);
  EXPECT_EQ(store->Run("", "three").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store->Run("acme", "one").status().code(), StatusCode::kNotFound);
  const auto check = [&](const char* when) {
    EXPECT_THAT(SeqsOf(Must(store->RunRecords("", "one"))), ElementsAre(2, 1, 3)) << when;
  };
  check("open");
  ASSERT_TRUE(store->Seal().ok());
  check("sealed");
  store.Reopen();
  check("reopened");
  store.Put(TestFact{.second = 20, .run = "one"});
  EXPECT_THAT(SeqsOf(Must(store->RunRecords("", "one"))), ElementsAre(2, 1, 3, 5));
}

TEST(Runs, AreListedNewestFirst) {
  TestStore store;
  for (const char* run : {"a", "b", "c"}) {
    const std::int64_t second = run[0] - 'a';
    store.Put(EventWithFacets(second * 10, "", "", "START", run));
    if (run[0] != 'b') store.Put(EventWithFacets(second * 10 + 5, "", "", run[0] == 'a' ? "FAIL" : "COMPLETE", run));
  }
  store.Put(TestFact{.second = 2, .run = "d", .job = "other"});
  store.Put(TestFact{.run = "e", .tenant = "acme"});
  const auto ids = [&](const RunsSpec& spec) {
    std::vector<std::string> out;
    for (const RunInfo& run : Must(store->Runs(spec))) out.push_back(run.run_id);
    return out;
  };
  EXPECT_THAT(ids({}), ElementsAre("c", "b", "a", "d"));
  EXPECT_THAT(ids({.limit = 2}), ElementsAre("c", "b"));
  EXPECT_THAT(ids({.limit = 0}), testing::SizeIs(4));
  EXPECT_THAT(ids({.job = "load"}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(ids({.job = "job:etl:load"}), ElementsAre("c", "b", "a"));
  EXPECT_THAT(ids({.job = "job:other:load"}), IsEmpty());
  EXPECT_THAT(ids({.state = RunState::kFailed}), ElementsAre("a"));
  EXPECT_THAT(ids({.from = At(10)}), ElementsAre("c", "b"));
  EXPECT_THAT(ids({.until = At(10)}), ElementsAre("a", "d"));
  EXPECT_THAT(ids({.tenant = "acme"}), ElementsAre("e"));
}

TEST(Entity, IsWhatTheFactsSayOfIt) {
  TestStore store;
  store.Put(EventWithFacets(5, R"("schema":{"fields":[]},"tags":{"tags":[{"key":"pii","value":"yes"}]},)"
                               R"("ownership":{"owners":[{"name":"team:data"}]})"));
  store.Put(TestFact{.second = 1});
  store.Put(TestFact{.second = 9});
  const EntityInfo entity = Must(store->Entity(Table("orders")));
  EXPECT_EQ(entity.node, Table("orders"));
  EXPECT_THAT(entity.kinds, ElementsAre("ownership", "schema_snapshot", "tags", "volume"));
  EXPECT_EQ(entity.facts, 5u);
  EXPECT_EQ(entity.first_seen, At(1));
  EXPECT_EQ(entity.last_seen, At(9));
  EXPECT_THAT(entity.tags, ElementsAre("pii=yes"));
  EXPECT_THAT(entity.owners, ElementsAre("team:data"));
  EXPECT_EQ(store->Entity(Table("lines")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store->Entity(Table("orders", "acme")).status().code(), StatusCode::kNotFound);
}

TEST(FindNodes, WholeNamesComeFirst) {
  TestStore store;
  for (const char* name : {"orders_old", "orders", "my.orders", "lines", "a:b"}) store.Put(TestFact{.name = name});
  store.Put(TestFact{.name = "orders", .tenant = "acme"});
  const auto find = [&](std::string_view text, std::size_t limit, std::string_view tenant = {}) {
    std::vector<std::string> out;
    for (const NodeKey& node : Must(store->FindNodes(tenant, text, limit))) out.push_back(node.name);
    return out;
  };
  EXPECT_THAT(find("orders", 10), ElementsAre("orders", "my.orders", "orders_old"));
  EXPECT_THAT(find("orders", 2), ElementsAre("orders", "my.orders"));
  EXPECT_THAT(find("crm:li", 10), ElementsAre("lines"));
  EXPECT_THAT(find("a:b", 10), ElementsAre("a:b")) << "by its name as well as by its id";
  EXPECT_THAT(find("", 10), testing::SizeIs(5));
  EXPECT_THAT(find("nothing", 10), IsEmpty());
  EXPECT_THAT(find("orders", 10, "acme"), ElementsAre("orders"));
}

TEST(Lineage, FollowsTheEventsOfAStore) {
  TestStore store;
  store.Put(EventWithFacets(1, ""));
  const LineageGraph graph = Must(store->Lineage({.node = Table("orders")}));
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].key, Table("orders"));
  EXPECT_EQ(NodeId(graph.nodes[1].key), "job:etl:load");
  EXPECT_EQ(graph.nodes[1].hops, -1);
  ASSERT_EQ(graph.edges.size(), 1u);
  EXPECT_EQ(graph.edges[0].type, "writes");
  EXPECT_EQ(graph.edges[0].from, 1u);
  EXPECT_EQ(graph.edges[0].to, 0u);
  EXPECT_EQ(store->Lineage({.node = Table("lines")}).status().code(), StatusCode::kNotFound);
}

TEST(Tail, IsTheLogInItsOrder) {
  TestStore store;
  for (const std::int64_t second : {5, 1, 3}) store.Put(TestFact{.second = second});
  store.Put(EventWithFacets(2, ""));
  TailPage page = Must(store->Tail({1}, 3));
  EXPECT_THAT(SeqsOf(page.facts), ElementsAre(1, 2, 3));
  EXPECT_EQ(page.facts[1].produced_at(), At(1));
  page = Must(store->Tail(page.next, 3));
  EXPECT_THAT(SeqsOf(page.facts), ElementsAre(4));
  EXPECT_THAT(SeqsOf(Must(store->Tail(page.next, 3)).facts), IsEmpty());
  EXPECT_THAT(SeqsOf(Must(store->Tail({0}, 1)).facts), ElementsAre(1)) << "0 is before the first";
  ASSERT_TRUE(store->Seal().ok());
  EXPECT_THAT(SeqsOf(Must(store->Tail({2}, 10)).facts), ElementsAre(2, 3, 4));
}

TEST(Fact, OutlivesTheSegmentAndTheRepository) {
  TestStore store;
  store.Put(TestFact{.rows = 7});
  const std::string json = TestFact{.rows = 7}.Json();
  const Fact open = Must(store->Latest("volume", Table("orders")));
  ASSERT_TRUE(store->Seal().ok());
  const Fact sealed = Must(store->Latest("volume", Table("orders")));
  store.Close();
  EXPECT_EQ(open.record(), json);
  EXPECT_EQ(sealed.record(), json);
  EXPECT_EQ(Must(Fact(open).Parse()).payload, R"({"row_count":7})");
}

}  // namespace
}  // namespace cairn
