// Whatever is asked, the answer over HTTP is the answer of the store behind it: to random questions over random facts,
// to names that nobody would choose, to questions that cannot be read.

#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "cairn/client.h"
#include "random_facts.h"
#include "served_store.h"
#include "service/answer_json.h"
#include "service/lineage_json.h"
#include "service/repository_json.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

std::string TextOf(const Fact& fact) {
  return fmt::format("{} {} {} {}\n", fact.seq().value, fact.produced_at().ns, fact.facet(), fact.line());
}
std::string TextOf(const std::vector<Fact>& facts) {
  std::string out;
  for (const Fact& fact : facts) out += TextOf(fact);
  return out;
}
std::string TextOf(const FactList& facts) {
  return fmt::format("{} damaged\n", facts.damaged) + TextOf(static_cast<const std::vector<Fact>&>(facts));
}
std::string TextOf(const QueryPage& page) {
  return fmt::format("{} {}\n", page.cursor, page.damaged) + TextOf(page.facts);
}
std::string TextOf(const TailPage& page) { return fmt::format("{}\n", page.next.value) + TextOf(page.facts); }
std::string TextOf(const AggregateResult& result) { return AggregateJson(result); }
std::string TextOf(const RunInfo& run) { return run.tenant + RunJson(run); }
std::string TextOf(const std::vector<RunInfo>& runs) {
  std::string out;
  for (const RunInfo& run : runs) out += TextOf(run) + "\n";
  return out;
}
std::string TextOf(const EntityInfo& entity) { return entity.node.tenant + EntityJson(entity); }
std::string TextOf(const std::vector<NodeKey>& nodes) {
  std::string out;
  for (const NodeKey& node : nodes) out += node.tenant + " " + NodeId(node) + "\n";
  return out;
}
std::string TextOf(const SearchPage& page) {
  std::string out = SearchJson(page);
  for (const EntityInfo& entity : page.entities) out += entity.node.tenant + " ";
  return out;
}
std::string Tenants(const LineageGraph& graph) {
  std::string out;
  for (const LineageNode& node : graph.nodes) out += node.key.tenant + " ";
  return out;
}
std::string TextOf(const LineageGraph& graph) { return Tenants(graph) + LineageGraphJson(graph); }
std::string TextOf(const LineagePaths& paths) { return Tenants(paths.graph) + WholePathsJson(paths); }
std::string TextOf(const LineageImpact& impact) { return Tenants(impact.graph) + LineageImpactJson(impact); }
std::string TextOf(const LineageShared& shared) { return LineageSharedJson(shared); }
std::string TextOf(const LineageDiff& diff) { return LineageDiffJson(diff); }
std::string TextOf(const LineageWhy& why) { return WholeWhyJson(why); }
std::string TextOf(LineageInherited inherited) {
  inherited.materialised = false;  // The second to ask is answered from what is kept.
  return WholeInheritedJson({"", "t", "", "n", ""}, inherited);
}
std::string TextOf(RepositoryStats stats) { return StatsJson(stats); }

template <typename T>
std::string TextOf(const Result<T>& result) {
  // What is no UTF-8 stands in no JSON, so that in messages U+FFFD is in its place.
  return result ? TextOf(*result) : JsonString(result.error().ToString());
}

class RemoteEqual : public testing::Test {
 protected:
  RemoteEqual() {
    auto remote = ConnectRepository(served_.address());
    EXPECT_TRUE(remote) << remote.status();
    remote_ = std::move(*remote);
  }

  template <typename Ask>
  void Same(const Ask& ask) {
    EXPECT_EQ(TextOf(ask(*remote_)), TextOf(ask(*store_)));
  }
  void Put(const std::vector<std::string>& jsons) {
    const std::vector<std::string_view> views(jsons.begin(), jsons.end());
    (void)remote_->BulkStore(views);
  }

  TempDir temp_;
  std::shared_ptr<Repository> store_ = [this] {
    StoreOptions options;
    options.seal = false;
    return std::shared_ptr<Repository>(Must(OpenRepository(temp_.Sub("store"), options)));
  }();
  ServedStore served_{store_};
  std::unique_ptr<Repository> remote_;
};

TEST_F(RemoteEqual, ToRandomQuestions) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  RandomFacts random(seed);
  for (int round = 0; round < 6; ++round) {
    Put(random.Batch(120));
    if (round == 3) {
      ASSERT_TRUE(remote_->Seal().ok());
    }
    const auto nodes = Must(store_->FindNodes("", "", 0));
    ASSERT_FALSE(nodes.empty());
    const auto any = [&] { return nodes[random.UpTo(nodes.size() - 1)]; };
    const auto time = [&]() -> std::optional<Timestamp> {
      if (random.OneIn(2)) return std::nullopt;
      return Timestamp{1'767'225'600'000'000'000 + static_cast<std::int64_t>(random.UpTo(2'592'000)) * 1'000'000'000};
    };
    Same([](Repository& each) { return each.Stats(); });
    Same([](Repository& each) { return each.FindNodes("", "", 0); });
    Same([](Repository& each) { return each.FindNodes("tenant", "or", 3); });
    Same([](Repository& each) { return each.Search({.text = "Or"}); });
    Same([](Repository& each) { return each.Search({.tenant = "tenant", .type = "dataset", .limit = 3}); });
    Same([](Repository& each) { return each.Search({.ns = "crm", .tag = "gold", .owner = "nobody", .limit = 0}); });
    Same([](Repository& each) { return each.Tail(Seq{0}, 100'000); });
    Same([](Repository& each) { return each.Tail(Seq{7}, 5); });
    for (int i = 0; i < 40; ++i) {
      const NodeKey node = any();
      const NodeKey other = any();
      Same([&](Repository& each) { return each.Entity(node); });
      for (const char* kind : {"schema", "ingestion_volume", "metadata", "columnLineage", "nothing"}) {
        Same([&](Repository& each) { return each.Latest(kind, node); });
        HistorySpec history{.from = time(), .until = time(), .limit = random.UpTo(3)};
        if (random.OneIn(2)) history.order = Order::kNewestFirst;
        Same([&](Repository& each) { return each.History(kind, node, history); });
      }
      LineageSpec lineage{.node = node, .others = {}, .depth = static_cast<std::uint32_t>(random.UpTo(6))};
      if (random.OneIn(3)) lineage.others = {other};
      lineage.direction = static_cast<Direction>(random.UpTo(2));
      lineage.unit = static_cast<HopUnit>(random.UpTo(1));
      lineage.filter.level = static_cast<LineageLevel>(random.UpTo(3));
      lineage.filter.time = {.as_of = time(), .from = {}, .until = {}, .known_at = {}};
      if (random.OneIn(4)) lineage.nodes_max = 3;
      if (random.OneIn(4)) lineage.filter.exclude = {"dataset:crm:public.*"};
      if (random.OneIn(4)) lineage.filter.edge_types = {"reads", "derives"};
      if (random.OneIn(4)) lineage.only = {"dataset:*"};
      Same([&](Repository& each) { return each.Lineage(lineage); });
      Same([&](Repository& each) { return each.Impact(lineage); });
      Same([&](Repository& each) {
        return each.Paths({.from = node, .to = other, .filter = lineage.filter, .shortest_only = random.OneIn(1)});
      });
      Same([&](Repository& each) { return each.Shared({.nodes = {node, other}, .filter = lineage.filter}); });
      Same([&](Repository& each) { return each.Why({.from = node, .to = other, .type = "", .limit = 3}); });
      Same([&](Repository& each) { return each.Inherit({.node = node, .filter = {}, .rules = {"owners=union"}}); });
      LineageDiffSpec diff{.before = time().value_or(Timestamp{}), .after = Timestamp{1'769'900'000'000'000'000}};
      if (random.OneIn(2)) diff.node = node;
      Same([&](Repository& each) { return each.Difference(diff); });
    }
    QuerySpec query{.kinds = {}, .limit = 0};
    Same([&](Repository& each) { return each.Query(query); });
    query = {.tenant = "tenant", .kinds = {"ingestion_volume", "schema"}, .order = Order::kOldestFirst, .limit = 7};
    Same([&](Repository& each) { return each.Query(query); });
    query = {.target = {.mode = TargetMatch::Mode::kGlob, .node = {}, .text = "*public*"},
             .filter = "payload.row_count > 500 and producer_id == \"ingestion.v1\"",
             .limit = 5};
    Same([&](Repository& each) { return each.Query(query); });
    Same([&](Repository& each) { return each.Runs({.limit = 0}); });
    for (const RunInfo& run : Must(store_->Runs({.limit = 5}))) {
      Same([&](Repository& each) { return each.Run("", run.run_id); });
      Same([&](Repository& each) { return each.RunRecords("", run.run_id); });
    }
    const AggregateSpec figures{
        .where = {.kinds = {"ingestion_volume"}},
        .measures = {{.op = Measure::Op::kCount, .path = ""},
                     {.op = Measure::Op::kSum, .path = "payload.row_count"},
                     {.op = Measure::Op::kAvg, .path = "payload.row_count"},
                     {.op = Measure::Op::kMax, .path = "payload.nothing"},
                     {.op = Measure::Op::kQuantile, .path = "payload.row_count", .quantile = 0.9}},
        .by = {{.key = GroupBy::Key::kTarget, .path = ""},
               {.key = GroupBy::Key::kPath, .path = "payload.note"},
               {.key = GroupBy::Key::kDay, .path = ""}}};
    Same([&](Repository& each) { return each.Aggregate(figures); });
  }
  EXPECT_EQ(DumpText(*remote_), DumpText(*store_));
}

TEST_F(RemoteEqual, ToNamesThatNobodyWouldChoose) {
  const std::vector<std::string> names{"a:b%c",       "größe",        "a&b=c",     "x+y z",
                                       "/../?#",      "%00",          "tab\tname", "line\nname",
                                       "quote\"'\\n", "\x01\x1E\x7F", "null",      std::string(3000, 'n')};
  std::vector<std::string> records;
  for (const std::string& name : names) {
    RecordDraft draft;
    draft.kind = "k&=" + name.substr(0, 20);
    draft.target = {"t&" + name.substr(0, 20), "ty pe", name, name, ""};
    draft.producer_id = "p";
    draft.run_id = name.substr(0, 20);
    draft.job_id = name.substr(0, 20);
    records.push_back(draft.ToJson());
  }
  Put(records);
  EXPECT_EQ(Must(store_->Stats()).records, names.size());
  for (const std::string& name : names) {
    const std::string tenant = "t&" + name.substr(0, 20);
    const NodeKey node{tenant, "ty pe", name, name, ""};
    EXPECT_TRUE(remote_->Entity(node)) << name;
    Same([&](Repository& each) { return each.Entity(node); });
    Same([&](Repository& each) { return each.Latest("k&=" + name.substr(0, 20), node); });
    Same([&](Repository& each) { return each.History("k&=" + name.substr(0, 20), node); });
    Same([&](Repository& each) { return each.FindNodes(tenant, name, 3); });
    Same([&](Repository& each) { return each.Run(tenant, name.substr(0, 20)); });
    Same([&](Repository& each) { return each.RunRecords(tenant, name.substr(0, 20)); });
    Same([&](Repository& each) {
      return each.Query({.tenant = tenant,
                         .target = {.mode = TargetMatch::Mode::kExact, .node = node, .text = ""},
                         .run_id = name.substr(0, 20)});
    });
    Same([&](Repository& each) {
      return each.Lineage({.node = node, .others = std::vector<NodeKey>(5, node), .direction = Direction::kBoth});
    });
  }
}

TEST_F(RemoteEqual, ToWhatCannotBe) {
  Put({TestFact{.run = "r"}.Json()});
  const std::string not_utf8 = "a\xFF\x80";
  for (const NodeKey& node :
       {NodeKey{"", "dataset", "crm", "", ""}, NodeKey{"", "", "", "orders", ""}, NodeKey{"", "", "", "", "part"},
        NodeKey{"", "dataset", not_utf8, not_utf8, ""}, NodeKey{not_utf8, "dataset", "crm", "orders", ""},
        NodeKey{"", "field", "crm", "orders", not_utf8}}) {
    Same([&](Repository& each) { return each.Latest("volume", node); });
    Same([&](Repository& each) { return each.History("volume", node); });
    Same([&](Repository& each) { return each.Entity(node); });
    Same([&](Repository& each) { return each.Lineage({.node = node, .others = {}}); });
    Same([&](Repository& each) { return each.Inherit({.node = node}); });
  }
  Same([&](Repository& each) { return each.Latest("", Table("orders")); });
  Same([&](Repository& each) { return each.Latest(std::string("vol\0ume", 7), Table("orders")); });
  Same([&](Repository& each) { return each.Run("", ""); });
  Same([&](Repository& each) { return each.RunRecords("", "nobody"); });
  Same([&](Repository& each) { return each.Query({.filter = "payload. > 3"}); });
  Same([&](Repository& each) { return each.Query({.filter = "\xFF"}); });
  Same([&](Repository& each) { return each.Query({.cursor = "yesterday"}); });
  Same([&](Repository& each) { return each.Query({.from = Timestamp::Min(), .until = Timestamp::Max()}); });
  Same([&](Repository& each) {
    return each.Aggregate({.measures = {{.op = Measure::Op::kSum, .path = "payload["}}, .by = {}});
  });
  Same([&](Repository& each) {
    return each.Aggregate({.measures = {}, .by = {{.key = GroupBy::Key::kPath, .path = "a..b"}}});
  });
  Same([&](Repository& each) { return each.Shared({.nodes = {}}); });
  Same([&](Repository& each) { return each.Paths({.from = Table("orders"), .to = Table("nowhere"), .filter = {}}); });
  Same([&](Repository& each) {
    LineageSpec spec{.node = Table("orders"), .others = {}};
    spec.filter.time.from = At(5);
    spec.filter.edge_types = {"nonsense"};
    return each.Lineage(spec);
  });
  Same([&](Repository& each) {
    return each.Inherit({.node = Table("orders"), .filter = {}, .rules = {"owners=maybe"}});
  });
}

TEST_F(RemoteEqual, ToWhatIsNoRecord) {
  const std::vector<std::string> texts{"",
                                       " ",
                                       "{",
                                       "[]",
                                       "{}",
                                       "null",
                                       "{}{}",
                                       TestFact{}.Json() + TestFact{.second = 1}.Json(),
                                       "[" + TestFact{}.Json() + "]",
                                       TestFact{.second = 2}.Json() + "\n\n",
                                       "\n" + TestFact{.second = 3}.Json(),
                                       R"({"kind":"k","note":"a)"
                                       "\x1E"
                                       R"(b"})",
                                       "\x1E",
                                       "{\"kind\":\n\"k\"}",
                                       "\xFF\xFE",
                                       std::string(300, '[')};
  for (const std::string& text : texts) {
    const auto remote = remote_->Store(text);
    const auto local = store_->Store(text);
    ASSERT_EQ(remote.has_value(), local.has_value()) << text;
    if (remote) {
      EXPECT_EQ(remote->seq, local->seq) << text;
      continue;
    }
    EXPECT_EQ(remote.error(), local.error()) << text;
  }
  EXPECT_EQ(Must(store_->Stats()).records, 2U);
}

TEST_F(RemoteEqual, ALongQuestionGoesIntoABody) {
  Put({TestFact{}.Json()});
  LineageSpec spec{.node = Table("orders"), .others = {}};
  for (int i = 0; i < 2'000; ++i) spec.filter.exclude.push_back("dataset:nowhere:" + std::to_string(i));
  EXPECT_TRUE(remote_->Lineage(spec));
  Same([&](Repository& each) { return each.Lineage(spec); });
}

TEST_F(RemoteEqual, AHistoryLongerThanAnAnswerComesWhole) {
  // Ten thousand facts are one answer; many of these have one time, and the cut falls among them.
  std::vector<std::string> records;
  for (int i = 0; i < 23'000; ++i) records.push_back(TestFact{.second = i / 700, .rows = i}.Json());
  Put(records);
  for (const Order order : {Order::kOldestFirst, Order::kNewestFirst}) {
    for (const std::size_t limit : {0, 9'999, 10'000, 10'001, 20'500}) {
      const HistorySpec spec{.order = order, .limit = limit};
      const auto remote = HistoryOf(*remote_, "volume", Table("orders"), spec);
      EXPECT_TRUE(remote == HistoryOf(*store_, "volume", Table("orders"), spec)) << limit << ": " << remote.size();
      const QuerySpec query{.kinds = {"volume"}, .order = order, .limit = limit};
      const QueryPage page = Must(remote_->Query(query));
      EXPECT_TRUE(SeqsOf(page.facts) == SeqsOf(Must(store_->Query(query)).facts)) << limit;
      EXPECT_EQ(page.cursor, Must(store_->Query(query)).cursor);
    }
  }
  EXPECT_EQ(Must(remote_->Tail(Seq{1}, 1'000'000)).facts.size(), 23'000U);
  EXPECT_EQ(Must(remote_->Tail(Seq{1}, 12'345)).next.value, 12'346U);
}

}  // namespace
}  // namespace cairn
