// Asking for many facts at once: what counts, in which order, page by page.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Mode = TargetMatch::Mode;

CAIRN_CONTRACT(AnyQueryPages);

std::vector<std::uint64_t> Ask(Repository& repository, QuerySpec spec) {
  spec.order = Order::kOldestFirst;
  return SeqsOf(Must(repository.Query(spec)).facts);
}

TargetMatch Like(Mode mode, std::string text) { return {.mode = mode, .node = {}, .text = std::move(text)}; }
TargetMatch Exactly(NodeKey node) { return {.mode = Mode::kExact, .node = std::move(node), .text = {}}; }

class RepositoryQuery : public AnyRepository {
 protected:
  RepositoryQuery() {
    store_.Put(TestFact{.second = 1, .rows = 10, .run = "r1", .job = "load"});                             // 1
    store_.Put(TestFact{.name = "lines", .second = 2, .rows = 20, .run = "r2"});                           // 2
    store_.Put(TestFact{.kind = "runtime", .second = 3, .rows = 30, .run = "r1", .producer = "q"});        // 3
    store_.Put(TestFact{.second = 4, .rows = 40, .tenant = "acme"});                                       // 4
    store_.Put(EventWithFacets(5, R"("schema":{"fields":[]})", R"("outputStatistics":{"rowCount":50})"));  // 5
    store_.Put(TestFact{.kind = "ingestion_volume", .second = 6, .rows = 60});                             // 6
  }
  TestStore store_;
};
INSTANTIATE_TEST_SUITE_P(Repository, RepositoryQuery, testing::Values("embedded", "remote"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(RepositoryQuery, OfNothingInParticularIsEveryRecordOfTheTenant) {
  EXPECT_THAT(Ask(*store_, {}), ElementsAre(1, 2, 3, 5, 6)) << "an event is one fact, its facets are not counted again";
  EXPECT_THAT(Ask(*store_, {.tenant = "acme"}), ElementsAre(4));
  EXPECT_THAT(Ask(*store_, {.tenant = "nobody"}), IsEmpty());
}

TEST_P(RepositoryQuery, ByKind) {
  EXPECT_THAT(Ask(*store_, {.kinds = {"volume"}}), ElementsAre(1, 2));
  EXPECT_THAT(Ask(*store_, {.kinds = {"volume", "runtime"}}), ElementsAre(1, 2, 3));
  EXPECT_THAT(Ask(*store_, {.kinds = {std::string(kKindRunEvent)}}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.kinds = {"unknown"}}), IsEmpty());
}

TEST_P(RepositoryQuery, NamedKindsTakeFacetsAsWell) {
  EXPECT_THAT(Ask(*store_, {.kinds = {"ingestion_volume"}}), ElementsAre(5, 6));
  EXPECT_THAT(Ask(*store_, {.kinds = {"outputStatistics"}}), ElementsAre(5, 6));
  EXPECT_THAT(Ask(*store_, {.kinds = {"schema"}}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.kinds = {"ingestion_volume"}, .filter = "payload.row_count >= 50"}), ElementsAre(5, 6));
  EXPECT_THAT(Ask(*store_, {.kinds = {"ingestion_volume"}, .filter = "payload.row_count < 60"}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.kinds = {"schema", "ingestion_volume"}}), ElementsAre(5, 5, 6))
      << "two facets of one event";
}

TEST_P(RepositoryQuery, ByTarget) {
  EXPECT_THAT(Ask(*store_, {.target = Exactly(Table("orders"))}), ElementsAre(1, 3, 6));
  EXPECT_THAT(Ask(*store_, {.tenant = "acme", .target = Exactly(Table("orders"))}), ElementsAre(4));
  EXPECT_THAT(Ask(*store_, {.target = Exactly(Table("nothing"))}), IsEmpty());
  EXPECT_THAT(Ask(*store_, {.target = Like(Mode::kPrefix, "dataset:crm:")}), ElementsAre(1, 2, 3, 6));
  EXPECT_THAT(Ask(*store_, {.target = Like(Mode::kPrefix, "job:")}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.target = Like(Mode::kGlob, "*:li?es")}), ElementsAre(2));
  EXPECT_THAT(Ask(*store_, {.target = Like(Mode::kGlob, "lines")}), IsEmpty())
      << "a pattern is held against the whole id";
  EXPECT_THAT(Ask(*store_, {.kinds = {"schema"}, .target = Like(Mode::kGlob, "dataset:*")}), ElementsAre(5));
}

TEST_P(RepositoryQuery, ByRunJobAndProducer) {
  EXPECT_THAT(Ask(*store_, {.run_id = "r1"}), ElementsAre(1, 3));
  EXPECT_THAT(Ask(*store_, {.run_id = "r"}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.run_id = "nothing"}), IsEmpty());
  EXPECT_THAT(Ask(*store_, {.tenant = "acme", .run_id = "r1"}), IsEmpty());
  EXPECT_THAT(Ask(*store_, {.job = "load"}), ElementsAre(1, 5));
  EXPECT_THAT(Ask(*store_, {.job = "job:etl:load"}), ElementsAre(5));
  EXPECT_THAT(Ask(*store_, {.job = "job::load"}), ElementsAre(1));
  EXPECT_THAT(Ask(*store_, {.producer_id = "q"}), ElementsAre(3));
  EXPECT_THAT(Ask(*store_, {.kinds = {"ingestion_volume"}, .run_id = "r"}), ElementsAre(5));
}

TEST_P(RepositoryQuery, ByTimeAndFilter) {
  EXPECT_THAT(Ask(*store_, {.from = At(2)}), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(Ask(*store_, {.until = At(3)}), ElementsAre(1, 2));
  EXPECT_THAT(Ask(*store_, {.from = At(2), .until = At(3)}), ElementsAre(2));
  EXPECT_THAT(Ask(*store_, {.filter = "payload.row_count > 10 and target.name = 'orders'"}), ElementsAre(3, 6));
  EXPECT_THAT(Ask(*store_, {.filter = "kind = 'runtime' or context.run_id = 'r2'"}), ElementsAre(2, 3));
}

TEST_P(RepositoryQuery, EverythingGivenMustHold) {
  EXPECT_THAT(Ask(*store_, {.kinds = {"volume"},
                            .target = Like(Mode::kGlob, "*orders"),
                            .run_id = "r1",
                            .job = "load",
                            .producer_id = "p",
                            .from = At(1),
                            .until = At(2),
                            .filter = "payload.row_count = 10"}),
              ElementsAre(1));
  EXPECT_THAT(Ask(*store_, {.kinds = {"volume"}, .run_id = "r1", .producer_id = "q"}), IsEmpty());
}

TEST_P(RepositoryQuery, SealedFactsAnswerAlike) {
  ASSERT_TRUE(store_->Seal().ok());
  EXPECT_THAT(Ask(*store_, {}), ElementsAre(1, 2, 3, 5, 6));
  EXPECT_THAT(Ask(*store_, {.run_id = "r1"}), ElementsAre(1, 3));
  EXPECT_THAT(Ask(*store_, {.kinds = {"ingestion_volume"}, .filter = "payload.row_count >= 50"}), ElementsAre(5, 6));
  EXPECT_THAT(Ask(*store_, {.target = Exactly(Table("orders"))}), ElementsAre(1, 3, 6));
  EXPECT_THAT(Ask(*store_, {.from = At(2), .until = At(4)}), ElementsAre(2, 3));
}

TEST_P(RepositoryQuery, MistakesAreToldWithTheirColumn) {
  const Status filter = store_->Query({.filter = "payload.row_count >"}).status();
  EXPECT_EQ(filter.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(filter.message(), HasSubstr("column 20"));
  for (const char* cursor : {"x", "1.2", "1.2.3.4", "1.2.3x", "1..3", "99999999999999999999.1.1"}) {
    const Status status = store_->Query({.cursor = cursor}).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << cursor;
    EXPECT_THAT(status.message(), HasSubstr(cursor));
  }
  EXPECT_EQ(store_->Query({.job = "job:only"}).status().code(), StatusCode::kInvalidArgument);
}

TEST_P(RepositoryQuery, TheCursorIsEmptyWhenThereIsNoMore) {
  QueryPage page = Must(store_->Query({.limit = 5}));
  EXPECT_EQ(page.facts.size(), 5u);
  EXPECT_EQ(page.cursor, "") << "the page holds the last one";
  page = Must(store_->Query({.limit = 4}));
  EXPECT_THAT(SeqsOf(page.facts), ElementsAre(6, 5, 3, 2));
  EXPECT_NE(page.cursor, "");
  page = Must(store_->Query({.limit = 4, .cursor = page.cursor}));
  EXPECT_THAT(SeqsOf(page.facts), ElementsAre(1));
  EXPECT_EQ(page.cursor, "");
  EXPECT_EQ(Must(store_->Query({.limit = 0})).facts.size(), 5u) << "0 is all";
}

// Facts are told apart by facet too: one event has several of one kind.
struct Key {
  std::int64_t time;
  std::uint64_t seq;
  std::uint32_t facet;
  auto operator<=>(const Key&) const = default;
};

std::vector<Key> KeysOf(const std::vector<Fact>& facts) {
  std::vector<Key> out;
  for (const Fact& fact : facts) out.push_back({fact.produced_at().ns, fact.seq().value, fact.facet()});
  return out;
}

TEST_P(AnyQueryPages, GiveEachFactOnceInOrder) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  TestStore store({.segment_bytes = 6000});
  for (int i = 0; i < 120; ++i) {
    const auto second = static_cast<std::int64_t>(random() % 25);
    if (i % 4 == 0) {
      store.Put(EventWithFacets(second, R"("schema":{},"mine":{})",
                                fmt::format(R"("outputStatistics":{{"rowCount":{}}})", i)));
    } else {
      store.Put(TestFact{.kind = i % 3 == 0 ? "schema_snapshot" : "volume",
                         .name = random() % 2 == 0 ? "orders" : "lines",
                         .second = second,
                         .rows = i,
                         .run = "r" + std::to_string(i % 3)});
    }
    if (i == 90) {
      ASSERT_TRUE(store->Seal().ok());
    }
  }
  const RepositoryStats stats = Must(store->Stats());
  ASSERT_GT(stats.segments_sealed, 1u);
  ASSERT_GT(stats.segments_open, 1u);
  const QuerySpec questions[] = {{},
                                 {.kinds = {"schema"}},
                                 {.kinds = {"schema", "volume", "mine"}},
                                 {.run_id = "r1"},
                                 {.target = Like(Mode::kGlob, "*lines")},
                                 {.filter = "payload.row_count > 40"},
                                 {.kinds = {"volume"}, .from = At(5), .until = At(20)}};
  for (QuerySpec spec : questions) {
    for (const Order order : {Order::kOldestFirst, Order::kNewestFirst}) {
      spec.order = order;
      spec.limit = 0;
      spec.cursor.clear();
      const std::vector<Key> all = KeysOf(Must(store->Query(spec)).facts);
      ASSERT_FALSE(all.empty());
      std::vector<Key> sorted = all;
      std::sort(sorted.begin(), sorted.end());
      if (order == Order::kNewestFirst) std::reverse(sorted.begin(), sorted.end());
      ASSERT_EQ(all, sorted);
      ASSERT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
      for (const std::size_t limit : {1u, 7u, 1000u}) {
        spec.limit = limit;
        spec.cursor.clear();
        std::vector<Key> paged;
        do {
          const QueryPage page = Must(store->Query(spec));
          ASSERT_LE(page.facts.size(), limit);
          for (const Key& key : KeysOf(page.facts)) paged.push_back(key);
          spec.cursor = page.cursor;
        } while (!spec.cursor.empty() && paged.size() <= all.size());
        ASSERT_EQ(paged, all) << limit;
      }
    }
  }
}

TEST_P(AnyQueryPages, GoOnWhereTheyStoodWhileFactsArrive) {
  TestStore store;
  for (int i = 0; i < 10; ++i) store.Put(TestFact{.second = i});
  const QueryPage first = Must(store->Query({.order = Order::kOldestFirst, .limit = 4}));
  store.Put(TestFact{.second = 0, .rows = 1});
  store.Put(TestFact{.second = 6, .rows = 1});
  ASSERT_TRUE(store->Seal().ok());
  const QueryPage rest = Must(store->Query({.order = Order::kOldestFirst, .limit = 0, .cursor = first.cursor}));
  EXPECT_THAT(SeqsOf(rest.facts), ElementsAre(5, 6, 7, 12, 8, 9, 10));
}

}  // namespace
}  // namespace cairn
