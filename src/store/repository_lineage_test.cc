// What lineage needs of a whole store: refusal under the lock, times of ingestion, reasons, kept answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CAIRN_CONTRACT(AnyDifference);
CAIRN_CONTRACT(AnyDeclaredEdges);
CAIRN_CONTRACT(AnyContents);
CAIRN_CONTRACT(AnyKnownAt);
CAIRN_CONTRACT(AnyWhy);
CAIRN_CONTRACT(AnyInherit);
CAIRN_CONTRACT(AnyExclude);
CAIRN_CONTRACT(AnyLineageMeanwhile);

std::string Declared(std::string_view from, std::string_view to, int day, std::string_view more = "") {
  return fmt::format(R"({{"kind":"lineage_edge","target":{{"namespace":"crm","name":"{}"}},"producer_id":"p",)"
                     R"("produced_at":"2026-01-{:02}T00:00:00Z","payload":{{"from":"dataset:crm:{}"{}}}}})",
                     to, day, from, more);
}

std::string Metadata(std::string_view name, int day, std::string_view payload) {
  return fmt::format(R"({{"kind":"metadata","target":{{"namespace":"crm","name":"{}"}},"producer_id":"p",)"
                     R"("produced_at":"2026-01-{:02}T00:00:00Z","payload":{}}})",
                     name, day, payload);
}

TEST_P(AnyDifference, TellsWhichFactsOfANodeChanged) {
  TestStore store;
  const auto event = [&](int second, std::string_view facets) { store.Put(EventWithFacets(second, facets)); };
  event(10, R"("schema":{"fields":[{"name":"a"}]},"ownership":{"owners":[{"name":"ann"}]})");
  event(20, R"("schema":{"fields":[{"name":"a"}]},"ownership":{"owners":[{"name":"bob"}]})");
  event(30, R"("schema":{"fields":[{"name":"b"}]})");
  event(40, R"("ownership":{"_deleted":true})");
  store.Put(Metadata("orders", 12, R"({"sla":4})"));
  const auto kinds = [&](std::int64_t before, std::int64_t after) {
    const auto diff = Must(store->Difference({.before = At(before), .after = At(after)}));
    std::vector<std::string> out;
    for (const ChangedNode& node : diff.nodes) {
      std::string line = NodeId(node.node);
      EXPECT_EQ(node.change, LineageChange::kChanged) << line;
      for (const std::string& kind : node.kinds) line += " " + kind;
      out.push_back(line);
    }
    return out;
  };
  for (const char* when : {"unsealed", "sealed"}) {
    SCOPED_TRACE(when);
    EXPECT_THAT(kinds(10, 19), ElementsAre());
    EXPECT_THAT(kinds(10, 25), ElementsAre("dataset:crm:orders ownership")) << "the schema was said again as it was";
    EXPECT_THAT(kinds(10, 30), ElementsAre("dataset:crm:orders ownership schema_snapshot"));
    EXPECT_THAT(kinds(20, 25), ElementsAre());
    EXPECT_THAT(kinds(35, 40), ElementsAre("dataset:crm:orders ownership")) << "deleted";
    EXPECT_THAT(kinds(45, 1'000'000), ElementsAre("dataset:crm:orders metadata"));
    LineageDiffSpec known{.before = At(10), .after = At(30)};
    known.filter.time.known_at = Must(store->Tail({2}, 1)).facts.front().ingested_at();
    EXPECT_THAT(Must(store->Difference(known)).nodes.front().kinds, ElementsAre("ownership"));
    ASSERT_TRUE(store->Seal().ok());
  }
}

TEST_P(AnyDeclaredEdges, OneThatClosesACycleIsRefusedWithTheWay) {
  TestStore store;
  store.Put(Declared("a", "b", 1));
  store.Put(Declared("b", "c", 2));
  const auto refused = store->Store(Declared("c", "a", 3));
  EXPECT_EQ(refused.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(refused.status().message(),
              HasSubstr("dataset:crm:c -> dataset:crm:a -> dataset:crm:b -> dataset:crm:c"));
  EXPECT_EQ(store->Store(Declared("a", "a", 3)).status().code(), StatusCode::kInvalidArgument);
  store.Reopen();
  EXPECT_EQ(store->Store(Declared("c", "a", 4)).status().code(), StatusCode::kInvalidArgument) << "reopened";
  EXPECT_TRUE(store->Store(Declared("a", "b", 1))) << "what is known is no new edge";
}

TEST_P(AnyDeclaredEdges, WithinOneBatchToo) {
  TestStore store;
  const std::vector<std::string> jsons{Declared("a", "b", 1), Declared("b", "a", 1), Declared("c", "a", 1)};
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  const auto stored = store->BulkStore(views);
  EXPECT_TRUE(stored[0]);
  EXPECT_FALSE(stored[1]);
  ASSERT_TRUE(stored[2]);
  EXPECT_EQ(stored[2]->seq.value, 2u);
}

TEST_P(AnyDeclaredEdges, OfTimesApartAreNoCycle) {
  TestStore store;
  store.Put(Declared("a", "b", 1, R"(,"valid_to":"2026-01-05T00:00:00Z")"));
  store.Put(Declared("b", "a", 6));
  EXPECT_FALSE(store->Store(Declared("b", "a", 4))) << "from the 4th on";
  store.Put(Declared("b", "c", 7));
  store.Put(Declared("b", "c", 8, R"(,"_deleted":true)"));
  store.Put(Declared("c", "b", 9));
}

TEST_P(AnyDeclaredEdges, EventsMayCloseACycle) {
  TestStore store;
  store.Put(Declared("a", "b", 1));
  store.Put(R"({"eventTime":"2026-01-02T00:00:00Z","producer":"p","dataset":{"namespace":"crm","name":"a","facets":{)"
            R"("lineage":{"inputs":[{"namespace":"crm","name":"b","type":"DATASET"}]}}}})");
  EXPECT_EQ(Must(store->Lineage({.node = Table("a")})).cycles.size(), 1u);
}

TEST_P(AnyDeclaredEdges, WhatIsNoneIsRefusedWithTheMember) {
  TestStore store;
  for (const char* payload :
       {R"({})", R"({"from":7})", R"({"from":"x"})", R"({"from":"dataset:crm:a","type":"eats"})",
        R"({"from":"dataset:crm:a","valid_to":"2020-01-01"})", R"({"from":"dataset:crm:a","to":"dataset:crm:z"})"}) {
    const auto stored = store->Store(
        fmt::format(R"({{"kind":"lineage_edge","target":{{"namespace":"crm","name":"b"}},"producer_id":"p",)"
                    R"("produced_at":"2026-01-01T00:00:00Z","payload":{}}})",
                    payload));
    EXPECT_EQ(stored.status().code(), StatusCode::kInvalidArgument) << payload;
    EXPECT_THAT(stored.status().message(), HasSubstr("payload.")) << payload;
  }
}

std::string Listed(std::string_view kind, int day, std::string_view payload) {
  return fmt::format(R"({{"kind":"{}","target":{{"type":"file","namespace":"file","name":"/a"}},"producer_id":"p",)"
                     R"("produced_at":"2026-01-{:02}T00:00:00Z","payload":{}}})",
                     kind, day, payload);
}

TEST_P(AnyContents, TheNewestListStandsForAllBefore) {
  TestStore store;
  // In any order of coming: the times decide.
  store.Put(Listed("contents", 3, R"({"contains":["dataset:file:/a#two"]})"));
  store.Put(Listed("contents", 1, R"({"contains":["dataset:file:/a#one",{"namespace":"file","name":"/a#two"}]})"));
  store.Put(Listed("contents", 5, R"({"contains":[]})"));
  const auto held = [&](int day) {
    LineageSpec spec;
    spec.node = {"", "file", "file", "/a", ""};
    spec.direction = Direction::kDownstream;
    spec.filter.time.as_of = *ParseTimestamp(fmt::format("2026-01-{:02}T12:00:00Z", day));
    std::string out;
    for (const LineageEdge& edge : Must(store->Lineage(spec)).edges) out += edge.type + " ";
    return out;
  };
  EXPECT_EQ(held(1), "contains contains ");
  EXPECT_EQ(held(4), "contains ");
  EXPECT_EQ(held(5), "");
  const LineageWhy why =
      Must(store->Why({.from = {"", "file", "file", "/a", ""}, .to = {"", "dataset", "file", "/a#two", ""}}));
  EXPECT_EQ(why.reasons.size(), 2U);
  EXPECT_EQ(why.reasons.front().rule, "contents");
  EXPECT_TRUE(why.reasons.front().fact.has_value());
}

TEST_P(AnyContents, ABookIsMadeOfItsFiles) {
  TestStore store;
  store.Put(R"({"kind":"book","target":{"type":"book","namespace":"asin","name":"B1"},"producer_id":"p",)"
            R"("produced_at":"2026-01-01T00:00:00Z","payload":{"files":["file:file:/a.m4b"]}})");
  LineageSpec spec;
  spec.node = {"", "book", "asin", "B1", ""};
  const LineageGraph graph = Must(store->Lineage(spec));
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(NodeId(graph.nodes[1].key), "file:file:/a.m4b");
  EXPECT_EQ(graph.edges.front().type, "derives");
}

TEST_P(AnyContents, MistakesAreNamed) {
  TestStore store;
  for (const char* payload : {R"([])", R"({})", R"({"contains":1})", R"({"contains":["x"]})",
                              R"({"contains":["dataset:a:b",7]})", R"({"contains":["file:file:/a"]})"}) {
    const auto stored = store->Store(Listed("contents", 1, payload));
    EXPECT_EQ(stored.status().code(), StatusCode::kInvalidArgument) << payload;
    EXPECT_THAT(stored.status().message(), HasSubstr("payload")) << payload;
  }
}

TEST_P(AnyKnownAt, OnlyFactsThatWereThereCount) {
  TestStore store;
  store.Put(Declared("a", "b", 1));
  const Timestamp then = Must(store->Tail({1}, 1)).facts.front().ingested_at();
  store.Put(Declared("c", "b", 1));
  LineageSpec spec{.node = Table("b")};
  EXPECT_EQ(Must(store->Lineage(spec)).nodes.size(), 3u);
  spec.filter.time.known_at = then;
  EXPECT_EQ(Must(store->Lineage(spec)).nodes.size(), 2u);
  spec.filter.time.known_at = Timestamp{then.ns + 3'600'000'000'000};
  EXPECT_EQ(Must(store->Lineage(spec)).nodes.size(), 3u);
  store.Put(Declared("d", "b", 1));
  EXPECT_EQ(Must(store->Lineage(spec)).nodes.size(), 4u) << "more came in that time";
}

TEST_P(AnyWhy, AnEdgeIsStatedByTheseFacts) {
  TestStore store;
  store.Put(EventWithFacets(5, "", "", "START", "one"));
  store.Put(EventWithFacets(1, "", "", "COMPLETE", "two"));
  store.Put(EventWithFacets(5, "", "", "RUNNING", "three"));
  const LineageWhySpec spec{.from = {"", "job", "etl", "load", ""}, .to = Table("orders")};
  const auto check = [&](const char* when) {
    const LineageWhy why = Must(store->Why(spec));
    ASSERT_EQ(why.reasons.size(), 3u) << when;
    EXPECT_EQ(why.reasons[2].stated_at, At(1)) << when;
    EXPECT_EQ(why.reasons[2].run_id, "two") << when;
    EXPECT_EQ(why.reasons[2].fact->seq().value, 2u) << when;
    EXPECT_NE(why.reasons[0].fact->seq(), why.reasons[1].fact->seq()) << "of one instant, told apart by content";
    ASSERT_EQ(why.spans.size(), 1u);
    EXPECT_EQ(why.spans[0].from, At(1));
  };
  check("open");
  ASSERT_TRUE(store->Seal().ok());
  check("sealed");
  store.Reopen();
  check("reopened");
  EXPECT_EQ(store->Why({.from = Table("orders"), .to = spec.from}).status().code(), StatusCode::kNotFound);
}

TEST_P(AnyWhy, AnyNameOfAThingWillDo) {
  TestStore store;
  constexpr const char* kAlso =
      R"("symlinks":{"identifiers":[{"namespace":"glue","name":"wh.orders","type":"TABLE"}]})";
  store.Put(EventWithFacets(1, kAlso, "", "COMPLETE", "one"));
  const NodeKey load{"", "job", "etl", "load", ""};
  const auto by_name = [&](const NodeKey& to) { return Must(store->Why({.from = load, .to = to})); };
  for (const NodeKey& to : {Table("orders"), NodeKey{"", "dataset", "glue", "wh.orders", ""}}) {
    const LineageWhy why = by_name(to);
    ASSERT_EQ(why.reasons.size(), 1u) << NodeId(to);
    EXPECT_EQ(why.reasons[0].run_id, "one");
    EXPECT_EQ(why.reasons[0].from, load);
    EXPECT_EQ(why.reasons[0].to, Table("orders")) << "the name that is stated, whichever was asked about";
    ASSERT_EQ(why.spans.size(), 1u);
    EXPECT_EQ(why.spans[0].type, "writes");
  }
  const NodeKey alias{"", "dataset", "glue", "wh.orders", ""};
  for (const auto& [from, to] : {std::pair(Table("orders"), alias), std::pair(alias, Table("orders"))}) {
    const LineageWhy why = Must(store->Why({.from = from, .to = to, .type = "same"}));
    ASSERT_EQ(why.reasons.size(), 1u) << "once, whichever was asked about first";
    EXPECT_EQ(why.reasons[0].from, Table("orders"));
    EXPECT_EQ(why.reasons[0].to, alias);
  }
}

TEST_P(AnyInherit, AKeptAnswerIsNeverStale) {
  TestStore store;
  store.Put(Declared("a", "b", 1));
  store.Put(Metadata("a", 1, R"({"sla":1})"));
  store.Put(Metadata("other", 1, R"({"sla":9})"));
  const LineageInheritSpec spec{.node = Table("b")};
  for (int i = 0; i < 4; ++i) (void)Must(store->Inherit(spec));
  LineageInherited kept = Must(store->Inherit(spec));
  EXPECT_TRUE(kept.materialised);
  ASSERT_EQ(kept.inherited.size(), 1u);
  EXPECT_EQ(kept.inherited[0].value, "1");
  EXPECT_EQ(kept.inherited[0].record, 2u);
  store.Put(Metadata("other", 2, R"({"sla":8})"));
  EXPECT_TRUE(Must(store->Inherit(spec)).materialised) << "nothing that it depends on changed";
  store.Put(Metadata("a", 2, R"({"sla":2})"));
  EXPECT_EQ(Must(store->Inherit(spec)).inherited[0].value, "2");
  store.Put(Declared("a", "b", 3, R"(,"_deleted":true)"));
  EXPECT_TRUE(Must(store->Inherit(spec)).inherited.empty()) << "an edge that ended upstream";
  store.Put(Declared("other", "b", 4));
  EXPECT_EQ(Must(store->Inherit(spec)).inherited[0].value, "8") << "one that came";
}

// top -> left and right -> bottom, each of which has metadata.
void PutDiamond(TestStore& store) {
  for (const auto& [from, to] : {std::pair{"top", "left"}, {"top", "right"}, {"left", "bottom"}, {"right", "bottom"}}) {
    store.Put(Declared(from, to, 1));
  }
  for (const char* name : {"top", "left", "right"}) {
    store.Put(Metadata(name, 1, fmt::format(R"({{"{}":1,"tags":["of {}"]}})", name, name)));
  }
}

TEST_P(AnyExclude, PathsGoAroundSuchNodes) {
  TestStore store;
  PutDiamond(store);
  const auto ways = [&](std::vector<std::string> exclude) {
    LineagePathsSpec spec{.from = Table("top"), .to = Table("bottom")};
    spec.filter.exclude = std::move(exclude);
    const LineagePaths paths = Must(store->Paths(spec));
    std::vector<std::string> out;
    for (const auto& path : paths.paths) out.push_back(paths.graph.nodes[paths.graph.edges[path[0]].to].key.name);
    return out;
  };
  EXPECT_THAT(ways({}), ElementsAre("left", "right"));
  EXPECT_THAT(ways({"dataset:crm:l*"}), ElementsAre("right"));
  EXPECT_THAT(ways({"dataset:crm:left", "dataset:*:right"}), ElementsAre());
  EXPECT_THAT(ways({"dataset:crm:top", "*bottom"}), ElementsAre("left", "right")) << "what is asked about is entered";
}

TEST_P(AnyExclude, SharedAncestorsAreReachedAroundThem) {
  TestStore store;
  PutDiamond(store);
  store.Put(Declared("left", "other", 1));
  const auto shared = [&](std::vector<std::string> exclude) {
    LineageSharedSpec spec{.nodes = {Table("bottom"), Table("other")}};
    spec.filter.exclude = std::move(exclude);
    std::vector<std::string> out;
    for (const SharedAncestor& one : Must(store->Shared(spec)).ancestors) out.push_back(one.node.name);
    return out;
  };
  EXPECT_THAT(shared({}), ElementsAre("left", "top"));
  EXPECT_THAT(shared({"dataset:crm:right"}), ElementsAre("left", "top"));
  EXPECT_THAT(shared({"dataset:crm:left"}), ElementsAre());
  EXPECT_THAT(shared({"dataset:crm:top"}), ElementsAre("left"));
}

TEST_P(AnyExclude, NothingIsInheritedThroughThem) {
  TestStore store;
  PutDiamond(store);
  const auto inherited = [&](std::vector<std::string> exclude) {
    LineageInheritSpec spec{.node = Table("bottom")};
    spec.filter.exclude = std::move(exclude);
    std::vector<std::string> out;
    for (const InheritedValue& one : Must(store->Inherit(spec)).inherited) {
      out.push_back(fmt::format("{}@{}", one.source.name, one.distance));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  };
  for (int i = 0; i < 5; ++i) EXPECT_THAT(inherited({}), ElementsAre("left@1", "right@1", "top@2")) << "kept or not";
  EXPECT_THAT(inherited({"dataset:crm:left"}), ElementsAre("right@1", "top@2"));
  EXPECT_THAT(inherited({"dataset:crm:left", "dataset:crm:right"}), ElementsAre());
  EXPECT_THAT(inherited({"dataset:crm:bottom", "dataset:crm:top"}), ElementsAre("left@1", "right@1"));
}

TEST_P(AnyExclude, TheDifferenceIsOfTheRest) {
  TestStore store;
  PutDiamond(store);
  store.Put(Metadata("left", 3, R"({"left":2})"));
  const auto changed = [&](std::optional<NodeKey> node, std::vector<std::string> exclude) {
    LineageDiffSpec spec{.node = std::move(node),
                         .before = *ParseTimestamp("2025-01-01"),
                         .after = *ParseTimestamp("2026-01-02T00:00:00Z")};
    spec.filter.exclude = std::move(exclude);
    std::vector<std::string> out;
    for (const ChangedEdge& edge : Must(store->Difference(spec)).edges)
      out.push_back(edge.from.name + ">" + edge.to.name);
    return out;
  };
  for (const auto& node : {std::optional<NodeKey>(), std::optional(Table("bottom"))}) {
    EXPECT_EQ(changed(node, {}).size(), 4u);
    EXPECT_THAT(changed(node, {"dataset:crm:left"}), ElementsAre("right>bottom", "top>right"));
  }
}

TEST_P(AnyExclude, RunsByTheirOwnNameAndByTheirJob) {
  TestStore store;
  const auto run = [&](int second, std::string_view id, std::string_view job, std::string_view in,
                       std::string_view out) {
    store.Put(fmt::format(R"({{"eventType":"COMPLETE","eventTime":"{}","producer":"p","run":{{"runId":"{}"}},)"
                          R"("job":{{"namespace":"etl","name":"{}"}},"inputs":[{{"namespace":"crm","name":"{}"}}],)"
                          R"("outputs":[{{"namespace":"crm","name":"{}"}}]}})",
                          FormatTimestamp(At(second)), id, job, in, out));
  };
  run(1, "r1", "j", "a", "b");
  run(2, "r2", "k", "b", "c");
  const auto nodes = [&](std::vector<std::string> exclude) {
    LineageSpec spec{.node = Table("c")};
    spec.filter.level = LineageLevel::kRuns;
    spec.filter.exclude = std::move(exclude);
    return Must(store->Lineage(spec)).nodes.size();
  };
  EXPECT_EQ(nodes({}), 5u);
  EXPECT_EQ(nodes({"run::r1"}), 3u);
  EXPECT_EQ(nodes({"job:etl:j"}), 3u);
  EXPECT_EQ(nodes({"dataset:crm:b"}), 2u);
}

// Questions go on while facts are stored, and each sees one state: of a batch all or nothing.
TEST_P(AnyLineageMeanwhile, AnAnswerIsOfOneState) {
  TestStore store;
  constexpr int kRounds = 60;
  std::vector<std::string> chain;
  for (int i = 0; i < 3000; ++i) chain.push_back(Declared(fmt::format("n{}", i), fmt::format("n{}", i + 1), 1));
  store.PutAll(chain);
  std::thread writer([&] {
    for (int round = 0; round < kRounds; ++round) {
      // Both in one commit: at the far end and at the near one.
      store.PutAll(
          {Declared(fmt::format("far{}", round), "n0", 2), Declared(fmt::format("near{}", round), "n3000", 2)});
    }
  });
  for (int i = 0; i < 20; ++i) {
    const LineageGraph graph = Must(store->Lineage({.node = Table("n3000"), .depth = 5000}));
    std::size_t far = 0;
    std::size_t near = 0;
    for (const LineageNode& node : graph.nodes) {
      far += node.key.name.starts_with("far") ? 1 : 0;
      near += node.key.name.starts_with("near") ? 1 : 0;
    }
    EXPECT_EQ(far, near);
  }
  writer.join();
}

}  // namespace
}  // namespace cairn
