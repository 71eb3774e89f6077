#include "access/scoped_repository.h"

#include <gmock/gmock.h>

#include <sstream>

#include "access/access_for_test.h"
#include "access/admission.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::uint8_t kAllScopes = 7;

NodeKey Dataset(std::string ns, std::string name) { return {"", "dataset", std::move(ns), std::move(name), ""}; }
NodeKey Job(std::string ns, std::string name) { return {"", "job", std::move(ns), std::move(name), ""}; }

class ScopedRepositoryTest : public StoreWithRights {
 protected:
  /// raw.a -> etl:load -> sales.b -> etl:mart -> sales.c; secret.s -> etl:load too; sales.b -> hr:pay -> hr.d ->
  /// hr:more -> sales.e.
  void SetUp() override {
    StoreWithRights::SetUp();
    Put(EventOf("load", {"raw:a", "secret:s"}, {"sales:b"}));
    Put(EventOf("mart", {"sales:b"}, {"sales:c"}));
    Put(EventOf("pay", {"sales:b"}, {"hr:d"}, "hr"));
    Put(EventOf("more", {"hr:d"}, {"sales:e"}, "hr"));
    Put(RecordOf("sales", "b", "volume"));
    Put(RecordOf("hr", "d", "volume"));
    Put(RecordOf("sales", "b", "note", "", R"({"from":"dataset:hr:d"})"));
    Put(RecordOf("sales", "b", "volume", R"("context":{"tenant":"acme"},)"));
  }
  ScopedRepository Scoped(std::vector<std::string> namespaces, std::vector<std::string> kinds = {},
                          std::string tenant = "") {
    return {store, Grant{kAllScopes, std::move(tenant), std::move(namespaces), std::move(kinds)}};
  }
  static std::vector<std::string> Ids(const LineageGraph& graph) {
    std::vector<std::string> out;
    for (const LineageNode& node : graph.nodes) out.push_back(NodeId(node.key));
    return out;
  }
};

TEST_F(ScopedRepositoryTest, WhatMayNotBeSeenIsNotThere) {
  ScopedRepository sales = Scoped({"sales", "etl"});
  EXPECT_TRUE(sales.Latest("volume", Dataset("sales", "b")));
  EXPECT_EQ(sales.Latest("volume", Dataset("hr", "d")).status(), Status(StatusCode::kNotFound, "no node dataset:hr:d"));
  EXPECT_EQ(sales.Entity(Dataset("hr", "d")).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(*sales.History("volume", Dataset("hr", "d"), {}), IsEmpty());
  EXPECT_EQ(sales.Run("", "pay-1").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(sales.RunRecords("", "pay-1").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(sales.Run("", "mart-1"));
  const auto runs = sales.Runs({});
  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->size(), 2U);
  const auto nodes = sales.FindNodes("", "", 100);
  ASSERT_TRUE(nodes);
  for (const NodeKey& node : *nodes) EXPECT_THAT(node.ns, ::testing::AnyOf("sales", "etl", "")) << NodeId(node);
  EXPECT_THAT(*sales.FindNodes("", "hr", 1), IsEmpty());
  EXPECT_EQ(sales.FindNodes("", "sales", 2)->size(), 2U) << "as many as are asked for, whatever lies between";
  const auto found = sales.Search({.limit = 100});
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->entities.empty());
  for (const EntityInfo& entity : found->entities) {
    EXPECT_THAT(entity.node.ns, ::testing::AnyOf("sales", "etl")) << NodeId(entity.node);
  }
  EXPECT_EQ(sales.Search({.text = "hr"})->total, 0U) << "nor by the name of its namespace";
}

TEST_F(ScopedRepositoryTest, FactsThatNameWhatMayNotBeSeenAreWithheldAndCounted) {
  ScopedRepository sales = Scoped({"sales", "etl"});
  const auto notes = sales.History("note", Dataset("sales", "b"), {});
  ASSERT_TRUE(notes);
  EXPECT_THAT(*notes, IsEmpty());
  EXPECT_EQ(notes->withheld, 1U);
  EXPECT_EQ(sales.Latest("note", Dataset("sales", "b")).status().code(), StatusCode::kPermissionDenied);
  QuerySpec events;
  events.kinds = {std::string(kKindRunEvent)};
  const auto page = sales.Query(events);
  ASSERT_TRUE(page) << page.error();
  EXPECT_EQ(page->facts.size(), 1U) << "mart names nothing else";
  EXPECT_EQ(page->withheld, 1U) << "load names raw and secret; those of hr are of jobs that are not seen";
  const auto tail = sales.Tail(Seq{1}, 100);
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->facts.size(), 2U);
  EXPECT_EQ(tail->withheld, 5U);
  EXPECT_EQ(tail->next, store->Tail(Seq{1}, 100)->next);
}

TEST_F(ScopedRepositoryTest, AnEndOfAnEdgeIsANodeOfWhateverType) {
  const std::string target = R"({"from":"topic:hr:hush","to":"dataset:sales:b"})";
  Put(RecordOf("sales", "b", "lineage_edge", "", target));
  Put(RecordOf("sales", "b", "note", "", R"({"of":"%64ataset:hr:d"})"));
  Put(RecordOf("sales", "b", "note", "", R"({"from":"2026-01-10T05:00:00Z","to":"http://hr:80/"})"));
  ScopedRepository sales = Scoped({"sales"});
  EXPECT_EQ(sales.Latest("lineage_edge", Dataset("sales", "b")).status().code(), StatusCode::kPermissionDenied);
  const auto notes = sales.History("note", Dataset("sales", "b"), {});
  ASSERT_TRUE(notes);
  EXPECT_EQ(notes->size(), 1U);
  EXPECT_EQ(notes->withheld, 2U);
}

TEST_F(ScopedRepositoryTest, AFacetIsShownWithoutTheEventThatCarriedIt) {
  ScopedRepository sales = Scoped({"sales"});
  const auto schema = sales.Latest("schema_snapshot", Dataset("sales", "e"));
  ASSERT_TRUE(schema) << schema.error();
  EXPECT_THAT(schema->Parse()->payload, HasSubstr("\"fields\""));
  EXPECT_THAT(std::string(schema->line()), Not(HasSubstr("hr"))) << "the event names a job and a dataset of hr";
  const auto whole = store->Latest("schema_snapshot", Dataset("sales", "e"));
  EXPECT_EQ(schema->Parse()->payload, whole->Parse()->payload);
  EXPECT_EQ(schema->Parse()->node, whole->Parse()->node);
  EXPECT_EQ(schema->ingested_at(), whole->ingested_at());
  QuerySpec facets;
  facets.kinds = {"schema_snapshot"};
  const auto page = sales.Query(facets);
  ASSERT_TRUE(page);
  ASSERT_FALSE(page->facts.empty());
  for (const Fact& fact : page->facts) EXPECT_THAT(std::string(fact.line()), Not(HasSubstr("\"job\"")));
}

TEST_F(ScopedRepositoryTest, AggregatesCountWhatIsSeen) {
  AggregateSpec spec;
  spec.measures = {{Measure::Op::kCount}};
  const auto all = store->Aggregate(spec);
  const auto some = Scoped({"sales"}).Aggregate(spec);
  const auto whole = Scoped({}).Aggregate(spec);
  ASSERT_TRUE(all && some && whole);
  EXPECT_EQ(whole->facts, all->facts);
  EXPECT_EQ(some->facts, 1U) << "the volume of sales.b; the note names hr";
}

TEST_F(ScopedRepositoryTest, AClosedStubStandsForWhatMayNotBeSeen) {
  ScopedRepository sales = Scoped({"sales", "etl"});
  LineageSpec spec;
  spec.node = Dataset("sales", "b");
  spec.direction = Direction::kBoth;
  const auto graph = sales.Lineage(spec);
  ASSERT_TRUE(graph) << graph.error();
  EXPECT_THAT(Ids(*graph), UnorderedElementsAre("dataset:sales:b", "job:etl:load", "job:etl:mart", "dataset:sales:c",
                                                "hidden::1", "hidden::2", "hidden::3"))
      << "raw.a, secret.s and hr:pay are closed; hr.d, hr:more and sales.e stand behind";
  EXPECT_EQ(graph->hidden, 3U);
  for (const LineageEdge& edge : graph->edges) {
    EXPECT_LT(edge.from, graph->nodes.size());
    EXPECT_LT(edge.to, graph->nodes.size());
  }
  EXPECT_EQ(graph->edges.size(), 6U);
  spec.node = Dataset("hr", "d");
  EXPECT_EQ(sales.Lineage(spec).status().code(), StatusCode::kNotFound);
  const auto whole = Scoped({}).Lineage({.node = Dataset("sales", "b"), .direction = Direction::kBoth});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->hidden, 0U);
  EXPECT_EQ(whole->nodes.size(), 10U);
}

TEST_F(ScopedRepositoryTest, NoQuestionAboutLineageTellsAHiddenName) {
  ScopedRepository sales = Scoped({"sales", "etl"});
  const auto impact = sales.Impact({.node = Dataset("sales", "b")});
  ASSERT_TRUE(impact);
  EXPECT_EQ(impact->ranks.size(), impact->graph.nodes.size());
  EXPECT_EQ(impact->graph.hidden, 1U);
  const auto paths = sales.Paths({.from = Dataset("sales", "b"), .to = Dataset("sales", "e")});
  ASSERT_TRUE(paths);
  EXPECT_THAT(paths->paths, IsEmpty());
  EXPECT_EQ(paths->hidden, 1U);
  const auto open_path = sales.Paths({.from = Dataset("sales", "b"), .to = Dataset("sales", "c")});
  ASSERT_TRUE(open_path);
  EXPECT_EQ(open_path->paths.size(), 1U);
  const auto shared = sales.Shared({.nodes = {Dataset("sales", "b"), Dataset("sales", "c")}});
  ASSERT_TRUE(shared);
  for (const SharedAncestor& one : shared->ancestors) EXPECT_THAT(one.node.ns, ::testing::AnyOf("sales", "etl"));
  EXPECT_GT(shared->hidden, 0U);
  LineageDiffSpec diff_spec;
  diff_spec.before = Timestamp{0};
  diff_spec.after = Timestamp::Max();
  const auto diff = sales.Difference(diff_spec);
  ASSERT_TRUE(diff);
  for (const ChangedNode& one : diff->nodes) EXPECT_THAT(one.node.ns, ::testing::AnyOf("sales", "etl"));
  EXPECT_GT(diff->hidden, 0U);
  EXPECT_EQ(sales.Why({.from = Job("hr", "pay"), .to = Dataset("hr", "d")}).status().code(), StatusCode::kNotFound);
  const auto why = sales.Why({.from = Job("etl", "load"), .to = Dataset("sales", "b")});
  ASSERT_TRUE(why);
  EXPECT_THAT(why->reasons, IsEmpty());
  EXPECT_EQ(why->withheld, 1U) << "the event names raw and secret";
}

TEST_F(ScopedRepositoryTest, APathGoesByANameThatMayBeSeen) {
  constexpr std::string_view kEvent =
      R"({{"eventTime":"2026-01-0{}T00:00:00Z","producer":"p","schemaURL":"s","job":{{"namespace":"etl","name":"{}"}},)"
      R"("inputs":[{{"namespace":"sales","name":"{}"}}],"outputs":[{{"namespace":"{}","name":"{}","facets":{{{}}}}}]}})";
  Put(fmt::format(kEvent, 1, "one", "from", "secret", "own",
                  R"("symlinks":{"identifiers":[{"namespace":"sales","name":"alias","type":"TABLE"}]})"));
  Put(fmt::format(kEvent, 2, "two", "alias", "sales", "to", ""));
  ScopedRepository sales = Scoped({"sales", "etl"});
  LineagePathsSpec spec;
  spec.from = Dataset("sales", "from");
  spec.to = Dataset("sales", "to");
  const auto paths = sales.Paths(spec);
  ASSERT_TRUE(paths) << paths.status();
  ASSERT_EQ(paths->paths.size(), 1U);
  for (const LineageNode& node : paths->graph.nodes) {
    EXPECT_NE(node.key.ns, "secret");
    EXPECT_THAT(node.names, IsEmpty());
  }
}

TEST_F(ScopedRepositoryTest, KindsNarrowTheSameWay) {
  ScopedRepository schemas = Scoped({}, {"schema_*"});
  EXPECT_TRUE(schemas.Latest("schema_snapshot", Dataset("hr", "d")));
  EXPECT_EQ(schemas.Latest("volume", Dataset("hr", "d")).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(schemas.Query({})->facts, IsEmpty());
  EXPECT_THAT(schemas.Entity(Dataset("hr", "d"))->kinds, ElementsAre("schema_snapshot"));
  EXPECT_THAT(schemas.Tail(Seq{1}, 100)->facts, IsEmpty());
}

TEST_F(ScopedRepositoryTest, TenantsNeverMeet) {
  ScopedRepository acme = Scoped({}, {}, "acme");
  EXPECT_EQ(acme.Latest("volume", Dataset("sales", "b")).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(acme.Latest("volume", NodeKey{"acme", "dataset", "sales", "b", ""}));
  QuerySpec query;
  query.tenant = "";
  EXPECT_EQ(acme.Query(query)->facts.size(), 1U);
  EXPECT_EQ(acme.Tail(Seq{1}, 100)->facts.size(), 1U);
  EXPECT_THAT(*acme.Runs({}), IsEmpty());
  EXPECT_THAT(*acme.FindNodes("", "sales", 10), IsEmpty());
  EXPECT_EQ(acme.Run("", "mart-1").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(acme.Lineage({.node = Dataset("sales", "b")}).status().code(), StatusCode::kNotFound);
}

TEST_F(ScopedRepositoryTest, TheWholeStoreIsForAdminsOfAllOfIt) {
  std::ostringstream out;
  for (const auto& [namespaces, kinds] : {std::pair{std::vector<std::string>{"sales"}, std::vector<std::string>{}},
                                          std::pair{std::vector<std::string>{}, std::vector<std::string>{"volume"}}}) {
    ScopedRepository narrowed = Scoped(namespaces, kinds);
    EXPECT_EQ(narrowed.Stats().status().code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(narrowed.Verify().status().code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(narrowed.Rebuild().code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(narrowed.Seal().code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(narrowed.Dump(out).code(), StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(out.str(), "");
  EXPECT_TRUE(Scoped({}).Stats());
}

TEST_F(ScopedRepositoryTest, WhatIsStoredGoesIntoTheTenantOfTheToken) {
  ScopedRepository acme = Scoped({}, {}, "acme");
  const auto event = acme.Store(EventOf("load2", {"x:in"}, {"x:out"}));
  ASSERT_TRUE(event) << event.error();
  ASSERT_TRUE(acme.Store(RecordOf("x", "plain")));
  ASSERT_TRUE(acme.Store(RecordOf("x", "in_context", "volume", R"("context":{"environment":"prod"},)")));
  ASSERT_TRUE(acme.Store(RecordOf("x", "empty_context", "volume", R"("context":{},)")));
  ASSERT_TRUE(acme.Store(RecordOf("x", "no_context", "volume", R"("context":null,)")));
  ASSERT_TRUE(acme.Store(RecordOf("x", "own", "volume", R"("context":{"tenant":"acme"},)")));
  for (const std::string name : {"in", "out", "plain", "in_context", "empty_context", "no_context", "own"}) {
    EXPECT_TRUE(acme.Entity(NodeKey{"acme", "dataset", "x", name, ""})) << name;
    EXPECT_FALSE(store->Entity(Dataset("x", name))) << name;
  }
  EXPECT_EQ(acme.Lineage({.node = NodeKey{"acme", "dataset", "x", "out", ""}})->nodes.size(), 3U);
  EXPECT_EQ(acme.Store(EventOf("load2", {"x:in"}, {"x:out"}))->known, true) << "sent again it is known";
  EXPECT_EQ(acme.Store(RecordOf("x", "a", "volume", R"("context":{"tenant":"other"},)")).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(Scoped({}).Store(RecordOf("x", "a", "volume", R"("context":{"t\u0065nant":"acme"},)")).status().code(),
            StatusCode::kPermissionDenied);
}

TEST_F(ScopedRepositoryTest, WhatIsBeyondTheGrantIsNotStored) {
  ScopedRepository sales = Scoped({"sales", "etl"}, {"volume", "openlineage.*", "lineage_edge"});
  const auto code = [&](const std::string& json) {
    const auto stored = sales.Store(json);
    return stored ? StatusCode::kOk : stored.error().code();
  };
  EXPECT_EQ(code(RecordOf("sales", "n")), StatusCode::kOk);
  EXPECT_EQ(code(RecordOf("hr", "n")), StatusCode::kPermissionDenied);
  EXPECT_EQ(code(RecordOf("sales", "n", "runtime")), StatusCode::kPermissionDenied);
  EXPECT_EQ(code(EventOf("own", {"hr:x"}, {"sales:n"})), StatusCode::kOk) << "of an event its job counts";
  EXPECT_EQ(code(EventOf("foreign", {"sales:n"}, {"sales:m"}, "hr")), StatusCode::kPermissionDenied);
  EXPECT_EQ(code(RecordOf("sales", "n", "lineage_edge", "", R"({"from":"dataset:hr:d"})")),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(code("{\"kind\":"), StatusCode::kInvalidArgument) << "the store says what is wrong";
  const auto results = sales.BulkStore(std::vector<std::string_view>{"[]", "{}"});
  EXPECT_EQ(results.size(), 2U);
}

TEST_F(ScopedRepositoryTest, ARunIsNotTakenOver) {
  ScopedRepository sales = Scoped({"sales"});
  // pay-1 is a run of hr:pay.
  std::string event = EventOf("pay", {}, {"sales:mine"}, "sales");
  EXPECT_EQ(sales.Store(event).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(store->Run("", "pay-1")->job.ns, "hr");
  EXPECT_TRUE(sales.Store(EventOf("own", {}, {"sales:mine"}, "sales")));
  EXPECT_TRUE(sales.Store(EventOf("own", {"sales:b"}, {"sales:mine"}, "sales"))) << "its own goes on";
  Put(RecordOf("sales", "b", "volume", R"("context":{"run_id":"early-1"},)"));
  EXPECT_TRUE(sales.Store(EventOf("early", {}, {"sales:mine"}, "sales"))) << "nobody's so far";
}

TEST_F(ScopedRepositoryTest, TheSystemsOwnIsStatedByNobody) {
  const std::string forged = RecordOf("", "5f", "access_token", R"("context":{"tenant":"cairn.system"},)");
  Admission anybody(nullptr, *store);
  EXPECT_EQ(anybody.Admit(forged).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(
      anybody.Admit(RecordOf("", "5f", "access_token", R"("context":{"tenant":"c\u0061irn.system"},)")).status().code(),
      StatusCode::kPermissionDenied);
  EXPECT_EQ(anybody
                .Admit(R"({"kind":"openlineage.event","context":{"tenant":"cairn.system"},"payload":)" +
                       EventOf("a", {}, {}) + "}")
                .status()
                .code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(anybody.Admit(RecordOf("", "5f", "volume", R"("context":{"tenant":"acme"},)")));
}

}  // namespace
}  // namespace cairn
