// What a store knows beside its series: runs, entities, lineage, the log itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CAIRN_CONTRACT(AnyRuns);
CAIRN_CONTRACT(AnyEntity);
CAIRN_CONTRACT(AnyFindNodes);
CAIRN_CONTRACT(AnyLineage);
CAIRN_CONTRACT(AnyTail);
CAIRN_CONTRACT(AnyFact);

TEST_P(AnyRuns, AreFoldedFromEventsAndRecords) {
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

TEST_P(AnyRuns, AreListedNewestFirst) {
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

TEST_P(AnyEntity, IsWhatTheFactsSayOfIt) {
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

TEST_P(AnyFindNodes, WholeNamesComeFirst) {
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

TEST_P(AnyLineage, FollowsTheEventsOfAStore) {
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

TEST_P(AnyTail, IsTheLogInItsOrder) {
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

TEST_P(AnyFact, OutlivesTheSegmentAndTheRepository) {
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

TEST(Runs, OfAJobAreFoundPageByPage) {
  TestStore store;
  for (std::int64_t i = 0; i < 5; ++i) store.Put(EventWithFacets(i, "", "", "COMPLETE", fmt::format("r{}", i)));
  // A record names a run before an event says whose it is.
  store.Put(TestFact{.second = 7, .run = "late", .job = "guess"});
  const auto ids = [&](std::size_t limit, std::size_t offset) {
    std::vector<std::string> out;
    for (const RunInfo& run : Must(store->Runs({.job = "job:etl:load", .limit = limit, .offset = offset}))) {
      out.push_back(run.run_id);
    }
    return out;
  };
  EXPECT_THAT(ids(2, 1), ElementsAre("r3", "r2"));
  EXPECT_THAT(ids(0, 4), ElementsAre("r0"));
  EXPECT_THAT(ids(2, 5), IsEmpty());
  EXPECT_EQ(Must(store->Entity({"", "job", "etl", "load"})).runs, 5u);
  store.Put(EventWithFacets(8, "", "", "COMPLETE", "late"));
  const auto check = [&] {
    EXPECT_THAT(ids(0, 0), ElementsAre("late", "r4", "r3", "r2", "r1", "r0"));
    EXPECT_EQ(Must(store->Entity({"", "job", "etl", "load"})).runs, 6u);
  };
  check();
  store.Reopen();
  check();
}

TEST(Entities, AreListedByNamespaceInTheOrderOfTheirComing) {
  TestStore store;
  for (const char* name : {"c", "a", "b"}) store.Put(TestFact{.name = name});
  store.Put(TestFact{.name = "d", .tenant = "acme"});
  store.Put(EventWithFacets(5, ""));
  const auto names = [&](EntitiesSpec spec) {
    const EntitiesPage page = Must(store->Entities(spec));
    std::vector<std::string> out{fmt::format("{}", page.total)};
    for (const EntityInfo& entity : page.entities) out.push_back(entity.node.name);
    return out;
  };
  const auto check = [&] {
    EXPECT_THAT(names({}), ElementsAre("4", "c", "a", "b", "orders"));
    EXPECT_THAT(names({.ns = "crm", .limit = 2, .offset = 1}), ElementsAre("4", "a", "b"));
    EXPECT_THAT(names({.limit = 0, .offset = 9}), ElementsAre("4"));
    EXPECT_THAT(names({.ns = "none"}), ElementsAre("0"));
    EXPECT_THAT(names({.text = "RDE"}), ElementsAre("1", "orders"));
    EXPECT_THAT(names({.type = "job"}), ElementsAre("1", "load"));
    EXPECT_THAT(names({.tenant = "acme"}), ElementsAre("1", "d"));
    EXPECT_THAT(names({.until = At(5)}), ElementsAre("3", "c", "a", "b"));
  };
  check();
  store.Reopen();
  check();
  ASSERT_TRUE(store->Seal().ok());
  ASSERT_TRUE(store->Rebuild().ok());
  check();
}

std::string Metadata(std::int64_t second, std::string_view payload, std::string_view name = "orders") {
  RecordDraft draft;
  draft.kind = kKindMetadata;
  draft.target = Table(name);
  draft.produced_at = At(second);
  draft.producer_id = "p";
  draft.payload = payload;
  return draft.ToJson();
}

TEST(Entities, ADeletedOneIsLeftOutUntilItIsNamedAgain) {
  TestStore store;
  store.Put(EventWithFacets(1, ""));
  store.Put(Metadata(2, R"({"_deleted":true})"));
  const auto check = [&] {
    EXPECT_TRUE(Must(store->Entity(Table("orders"))).deleted);
    EXPECT_EQ(Must(store->Entities({})).total, 0u);
    EXPECT_EQ(Must(store->Entities({.deleted = true})).total, 1u);
    EXPECT_THAT(Must(store->Lineage({.node = {"", "job", "etl", "load"}, .direction = Direction::kBoth})).edges,
                IsEmpty());
  };
  check();
  store.Reopen();
  check();
  store.Put(EventWithFacets(3, "", "", "COMPLETE", "again"));
  EXPECT_FALSE(Must(store->Entity(Table("orders"))).deleted);
  EXPECT_EQ(Must(store->Entities({})).total, 1u);
  EXPECT_EQ(Must(store->Lineage({.node = Table("orders")})).edges.size(), 1u);
}

TEST(Search, TellsTheBestFirst) {
  TestStore store;
  for (const char* name : {"reorders", "orders_old", "public.orders", "orders", "customers"}) {
    store.Put(TestFact{.name = name});
  }
  store.Put(TestFact{.name = "orders", .tenant = "acme"});
  store.Put(EventWithFacets(9, R"("schema":{"fields":[{"name":"ordered_at"}]})"));
  const auto found = [&](SearchSpec spec) {
    const SearchPage page = Must(store->Search(spec));
    EXPECT_FALSE(page.partial);
    std::vector<std::string> out{fmt::format("{}", page.total)};
    for (const EntityInfo& entity : page.entities) out.push_back(entity.node.part + entity.node.name);
    return out;
  };
  const auto check = [&] {
    EXPECT_THAT(found({.text = "ORDERS"}),
                ElementsAre("5", "orders", "orders_old", "public.orders", "reorders", "ordered_atorders"));
    EXPECT_THAT(found({.text = "orders", .limit = 1}), ElementsAre("5", "orders"));
    EXPECT_THAT(found({.text = "nowhere"}), ElementsAre("0"));
    EXPECT_THAT(found({.text = "custom"}), ElementsAre("1", "customers"));
    EXPECT_THAT(found({.text = "crm", .type = "dataset", .limit = 0}), ElementsAre("5")) << "by the namespace";
    EXPECT_THAT(found({.text = "load"}), ElementsAre("1", "load"));
    EXPECT_THAT(found({.text = "load", .type = "dataset"}), ElementsAre("0"));
    EXPECT_THAT(found({.text = "orders", .ns = "etl"}), ElementsAre("0"));
    EXPECT_THAT(found({.tenant = "acme"}), ElementsAre("1", "orders"));
  };
  check();
  store.Reopen();
  check();
  ASSERT_TRUE(store->Rebuild().ok());
  check();
  store.Put(TestFact{.name = "late_orders"});
  EXPECT_THAT(found({.text = "late"}), ElementsAre("1", "late_orders"));
}

TEST(Search, ByTagAndOwnerAndWithoutWhatIsDeleted) {
  TestStore store;
  store.Put(EventWithFacets(1, ""));
  store.Put(Metadata(2, R"({"tags":["gold"],"owners":["team:a"]})"));
  store.Put(TestFact{.name = "plain"});
  const auto total = [&](SearchSpec spec) { return Must(store->Search(spec)).total; };
  EXPECT_EQ(total({.tag = "gold"}), 1u);
  EXPECT_EQ(total({.text = "ord", .tag = "gold", .owner = "team:a"}), 1u);
  EXPECT_EQ(total({.tag = "gold", .owner = "team:b"}), 0u);
  EXPECT_EQ(total({.tag = "silver"}), 0u);
  store.Put(Metadata(3, R"({"_deleted":true})"));
  EXPECT_EQ(total({.text = "orders"}), 0u);
}

TEST(Search, OfTooManyTheNewestAndThatOfTheVeryName) {
  TestStore store;
  store.Put(TestFact{.name = "orders"});
  std::vector<std::string> jsons;
  constexpr int kOthers = 10'500;
  for (int i = 0; i < kOthers; ++i) jsons.push_back(TestFact{.name = fmt::format("orders_{}", i)}.Json());
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  for (const auto& stored : store->BulkStore(views)) ASSERT_TRUE(stored);
  const SearchPage page = Must(store->Search({.text = "orders", .limit = 2}));
  EXPECT_TRUE(page.partial);
  ASSERT_EQ(page.entities.size(), 2u);
  EXPECT_EQ(page.entities[0].node.name, "orders");
  EXPECT_EQ(Must(store->Search({.text = fmt::format("orders_{}", kOthers - 1)})).total, 1u);
}

TEST(Namespaces, AreThoseOfThings) {
  TestStore store;
  EXPECT_THAT(Must(store->Namespaces("")), IsEmpty());
  store.Put(EventWithFacets(3, R"("schema":{"fields":[{"name":"id"}]})"));
  store.Put(EventWithFacets(9, ""));
  store.Put(TestFact{.name = "other", .second = 1});
  store.Put(TestFact{.tenant = "acme"});
  const auto check = [&] {
    const std::vector<NamespaceInfo> all = Must(store->Namespaces(""));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].ns, "crm");
    EXPECT_THAT(all[0].types, ElementsAre(testing::Pair("dataset", 2u)));
    EXPECT_EQ(all[0].first_seen, At(1));
    EXPECT_EQ(all[0].last_seen, At(9));
    EXPECT_EQ(all[1].ns, "etl");
    EXPECT_THAT(all[1].types, ElementsAre(testing::Pair("job", 1u)));
  };
  check();
  store.Reopen();
  check();
  EXPECT_EQ(Must(store->Namespaces("acme")).size(), 1u);
}

TEST(Tags, AreThoseInUse) {
  TestStore store;
  store.Put(EventWithFacets(1, R"("tags":{"tags":[{"key":"pii","value":"yes"},{"key":"x"}]})"));
  store.Put(Metadata(2, R"({"tags":["x"]})", "other"));
  store.Put(Metadata(2, R"({"_fields":{"email":{"tags":["pii"]}}})", "other"));
  const auto uses = [&](std::optional<std::string_view> ns) {
    std::vector<std::string> out;
    for (const TagUse& one : Must(store->Tags("", ns))) out.push_back(fmt::format("{} {}", one.tag, one.nodes));
    return out;
  };
  EXPECT_THAT(uses(std::nullopt), ElementsAre("pii 1", "pii=yes 1", "x 2"));
  EXPECT_THAT(uses("none"), IsEmpty());
  store.Put(Metadata(3, R"({"tags":null})"));
  EXPECT_THAT(uses("crm"), ElementsAre("pii 1", "x 1"));
  EXPECT_THAT(Must(store->Entity(Table("orders"))).tags, IsEmpty());
}

TEST(Newest, IsTheNewestFactOfEachKind) {
  TestStore store;
  store.Put(EventWithFacets(1, R"("schema":{"fields":[]},"x":{"a":1},"y":{"b":1})"));
  store.Put(EventWithFacets(2, R"("x":{"a":2},"y":{"_deleted":true})"));
  store.Put(TestFact{.second = 3});
  const auto check = [&] {
    std::vector<std::string> out;
    for (const KindFact& one : Must(store->Newest(Table("orders")))) {
      out.push_back(fmt::format("{} {}", one.kind, one.fact.seq().value));
    }
    EXPECT_THAT(out, ElementsAre("schema_snapshot 1", "volume 3", "x 2"));
  };
  check();
  ASSERT_TRUE(store->Seal().ok());
  check();
  EXPECT_EQ(store->Newest(Table("none")).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace cairn
