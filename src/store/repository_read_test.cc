// Reading facts: latest, history, facets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "store/store_for_test.h"
#include "store_files.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CAIRN_CONTRACT(AnyLatest);
CAIRN_CONTRACT(AnyHistory);
CAIRN_CONTRACT(AnyFacets);

std::uint64_t LatestOf(Repository& repository, std::string_view kind, const NodeKey& node) {
  return Must(repository.Latest(kind, node)).seq().value;
}

TEST_P(AnyLatest, IsTheGreatestTimeWheneverItCame) {
  TestStore store;
  store.Put(TestFact{.second = 10});
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 1u);
  store.Put(TestFact{.second = 5});
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 1u) << "a late arrival";
  store.Put(TestFact{.second = 11});
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 3u);
  store.Put(TestFact{.second = 11, .rows = 2});
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 4u) << "of one time the last counts";
  store.Reopen();
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 4u);
  ASSERT_TRUE(store->Seal().ok());
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders")), 4u);
}

TEST_P(AnyLatest, OfNothingIsNotFound) {
  TestStore store;
  EXPECT_EQ(store->Latest("volume", Table("orders")).status().code(), StatusCode::kNotFound);
  store.Put(TestFact{});
  EXPECT_EQ(store->Latest("runtime", Table("orders")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store->Latest("volume", Table("lines")).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(store->Latest("volume", NodeKey{"", "job", "crm", "orders", ""}).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(store->Latest("volume", Table("lines")).status().message(), HasSubstr("dataset:crm:lines"));
}

TEST_P(AnyLatest, AndHistoryOfOneTenantNeverShowAnothers) {
  TestStore store;
  store.Put(TestFact{.tenant = "a"});
  store.Put(TestFact{.second = 1, .tenant = "b"});
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders", "a")), 1u);
  EXPECT_EQ(LatestOf(*store, "volume", Table("orders", "b")), 2u);
  EXPECT_FALSE(store->Latest("volume", Table("orders")));
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders", "a")), ElementsAre(1));
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), IsEmpty());
}

TEST_P(AnyHistory, IsInTheOrderOfTimeThenOfComing) {
  TestStore store;
  for (const std::int64_t second : {3, 1, 2, 3, 1}) {
    store.Put(TestFact{.second = second, .rows = static_cast<std::int64_t>(Must(store->Stats()).records)});
  }
  const NodeKey orders = Table("orders");
  EXPECT_THAT(HistoryOf(*store, "volume", orders), ElementsAre(2, 5, 3, 1, 4));
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.order = Order::kNewestFirst}), ElementsAre(4, 1, 3, 5, 2));
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.limit = 2}), ElementsAre(2, 5));
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.order = Order::kNewestFirst, .limit = 2}), ElementsAre(4, 1));
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.from = At(2)}), ElementsAre(3, 1, 4)) << "from is inclusive";
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.until = At(3)}), ElementsAre(2, 5, 3)) << "until is not";
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.from = At(1), .until = At(2)}), ElementsAre(2, 5));
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.from = At(4)}), IsEmpty());
  EXPECT_THAT(HistoryOf(*store, "volume", orders, {.from = At(3), .until = At(1)}), IsEmpty());
  EXPECT_THAT(HistoryOf(*store, "volume", Table("lines")), IsEmpty());
}

TEST_P(AnyHistory, IsTheSameOverOpenAndSealedSegments) {
  TestStore store({.segment_bytes = 1500});
  for (int i = 0; i < 40; ++i) store.Put(TestFact{.second = i * 7 % 40, .rows = i});
  const HistorySpec specs[] = {{},
                               {.order = Order::kNewestFirst},
                               {.from = At(5), .until = At(33)},
                               {.limit = 7},
                               {.from = At(10), .order = Order::kNewestFirst, .limit = 5}};
  std::vector<std::vector<std::uint64_t>> expected;
  for (const HistorySpec& spec : specs) expected.push_back(HistoryOf(*store, "volume", Table("orders"), spec));
  ASSERT_THAT(expected[0], testing::SizeIs(40));
  const auto check = [&](const char* when) {
    for (std::size_t i = 0; i < std::size(specs); ++i) {
      EXPECT_EQ(HistoryOf(*store, "volume", Table("orders"), specs[i]), expected[i]) << when << i;
    }
  };
  ASSERT_TRUE(store->Seal().ok());
  check("sealed ");
  store.Reopen();
  check("reopened ");
  store.Put(TestFact{.name = "lines"});
  ASSERT_TRUE(store->Seal().ok());
  check("sealed on ");
  ASSERT_TRUE(store->Rebuild().ok());
  check("rebuilt ");
  store.Put(TestFact{.name = "lines", .rows = 2});
  ASSERT_TRUE(store->Seal().ok());
  check("rebuilt and sealed ");
}

// Sealing forgets the postings of the segment it seals; those of one that was sealed before must not count twice.
TEST_P(AnyHistory, ShowsEachFactOnceHoweverTheStoreWasLoaded) {
  for (const bool snapshot : {true, false}) {
    TestStore store({.snapshot_records = snapshot ? 1u : 0u});
    const auto put = [&](std::int64_t second) { store.Put(TestFact{.second = second, .run = "r"}); };
    const auto check = [&](std::vector<std::uint64_t> expected, const char* when) {
      SCOPED_TRACE(when);
      EXPECT_EQ(HistoryOf(*store, "volume", Table("orders")), expected);
      EXPECT_EQ(SeqsOf(Must(store->RunRecords("", "r"))), expected);
      EXPECT_EQ(SeqsOf(Must(store->Query({.order = Order::kOldestFirst})).facts), expected);
      EXPECT_EQ(Must(store->Aggregate({.measures = {{}}})).facts, expected.size());
    };
    put(1);
    put(2);
    ASSERT_TRUE(store->Seal().ok());
    ASSERT_TRUE(store->Rebuild().ok());
    put(3);
    check({1, 2, 3}, "rebuilt");
    ASSERT_TRUE(store->Seal().ok());
    check({1, 2, 3}, "rebuilt, then sealed");
    store.Reopen();
    put(4);
    check({1, 2, 3, 4}, "reopened");
    ASSERT_TRUE(store->Seal().ok());
    check({1, 2, 3, 4}, "reopened, then sealed");
    std::filesystem::remove_all(store.path() + "/views");
    store.Reopen();
    check({1, 2, 3, 4}, "read from the log");
    put(5);
    ASSERT_TRUE(store->Seal().ok());
    check({1, 2, 3, 4, 5}, "read from the log, then sealed");
  }
}

// The snapshot may be older than the sealing: its writer died, or the disk was full.
TEST_P(AnyHistory, ShowsEachFactOnceWhereTheSnapshotIsOlderThanTheSealing) {
  TestStore store({.segment_bytes = 500, .snapshot_records = 1});
  for (int i = 1; i <= 6; ++i) store.Put(TestFact{.second = i, .run = "r"});
  store.Reopen();  // Leaves a snapshot that has every segment unsealed.
  std::filesystem::copy(store.path() + "/views", store.path() + "/kept");
  ASSERT_TRUE(store->Seal().ok());
  store.Close();
  std::filesystem::remove_all(store.path() + "/views");
  std::filesystem::rename(store.path() + "/kept", store.path() + "/views");
  store.Reopen();
  const std::vector<std::uint64_t> six = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(HistoryOf(*store, "volume", Table("orders")), six);
  for (int i = 7; i <= 8; ++i) store.Put(TestFact{.second = i, .run = "r"});
  ASSERT_TRUE(store->Seal().ok());
  const std::vector<std::uint64_t> eight = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(HistoryOf(*store, "volume", Table("orders")), eight);
  EXPECT_EQ(SeqsOf(Must(store->RunRecords("", "r"))), eight);
  EXPECT_EQ(SeqsOf(Must(store->Query({.order = Order::kOldestFirst})).facts), eight);
}

// Damage costs the facts that it hits: the others are answered, and what is missing is counted.
class DamagedFrame : public testing::TestWithParam<bool> {
 protected:
  // Forty facts of one run in a sealed segment, with a byte flipped in the middle.
  void SetUp() override {
    for (int i = 1; i <= 40; ++i) store_.Put(TestFact{.second = i, .run = "r"});
    ASSERT_TRUE(store_->Seal().ok());
    store_.Close();
    const std::string file = LogFiles(store_.path(), ".zst").front();
    std::string bytes = ReadBytes(file);
    bytes[bytes.size() / 2] ^= 1;
    WriteBytes(file, bytes);
    if (!GetParam()) std::filesystem::remove_all(store_.path() + "/views");
    store_.Reopen();
    const QueryPage all = Must(store_->Query({.order = Order::kOldestFirst, .limit = 0}));
    whole_ = SeqsOf(all.facts);
    damaged_ = all.damaged;
    ASSERT_GT(damaged_, 0u);
    ASSERT_GT(whole_.size(), 2 * damaged_) << "not all of it";
  }

  TestStore store_{{.frame_bytes = 512, .snapshot_records = 1}};
  std::vector<std::uint64_t> whole_;
  std::uint64_t damaged_ = 0;
};

INSTANTIATE_TEST_SUITE_P(History, DamagedFrame, testing::Bool(), [](const auto& with_snapshot) {
  return with_snapshot.param ? "KnownFromASnapshot" : "ReadFromTheLog";
});

TEST_P(DamagedFrame, IsMissingFromTheHistory) {
  const FactList history = Must(store_->History("volume", Table("orders")));
  EXPECT_EQ(SeqsOf(history), whole_);
  EXPECT_EQ(history.damaged, damaged_);
}

TEST_P(DamagedFrame, DoesNotCountForTheLimit) {
  const auto limit = static_cast<std::size_t>(
      std::adjacent_find(whole_.begin(), whole_.end(), [](auto a, auto b) { return a + 1 != b; }) - whole_.begin() + 2);
  const FactList first = Must(store_->History("volume", Table("orders"), {.limit = limit}));
  EXPECT_EQ(SeqsOf(first), std::vector(whole_.begin(), whole_.begin() + static_cast<std::ptrdiff_t>(limit)));
  EXPECT_EQ(first.damaged, damaged_);
  const FactList few = Must(store_->History("volume", Table("orders"), {.limit = 1}));
  EXPECT_EQ(SeqsOf(few), std::vector<std::uint64_t>{1});
  EXPECT_EQ(few.damaged, 0u) << "the answer did not come that far";
}

TEST_P(DamagedFrame, IsMissingFromTheRecordsOfTheRun) {
  const FactList records = Must(store_->RunRecords("", "r"));
  EXPECT_EQ(SeqsOf(records), whole_);
  EXPECT_EQ(records.damaged, damaged_);
}

TEST_P(AnyFacets, AreSeriesOfTheirOwn) {
  TestStore store;
  store.Put(EventWithFacets(1, R"("schema":{"fields":[{"name":"id"}]},"mine":{"a":1})"));
  const Fact fact = Must(store->Latest("mine", Table("orders")));
  EXPECT_NE(fact.facet(), Fact::kWholeRecord);
  const Fact::Details details = Must(fact.Parse());
  EXPECT_EQ(details.kind, "mine");
  EXPECT_EQ(details.node, Table("orders"));
  EXPECT_EQ(details.payload, R"({"a":1})") << "the facet's own bytes";
  EXPECT_EQ(details.run_id, "r");
  EXPECT_EQ(details.job.name, "load");
  EXPECT_FALSE(details.deleted);
}

// One question has one answer, whoever stated the fact.
TEST_P(AnyFacets, AnswerForTheKindsOfThePlatform) {
  TestStore store;
  store.Put(EventWithFacets(1, R"("schema":{"fields":[1]})", R"("outputStatistics":{"rowCount":5})"));
  store.Put(TestFact{.kind = "schema_snapshot", .second = 2});
  store.Put(TestFact{.kind = "ingestion_volume", .second = 3});
  for (const char* kind : {"schema", "schema_snapshot"}) {
    EXPECT_THAT(HistoryOf(*store, kind, Table("orders")), ElementsAre(1, 2)) << kind;
    EXPECT_EQ(LatestOf(*store, kind, Table("orders")), 2u) << kind;
  }
  for (const char* kind : {"outputStatistics", "ingestion_volume"}) {
    EXPECT_THAT(HistoryOf(*store, kind, Table("orders")), ElementsAre(1, 3)) << kind;
  }
  const Fact facet = Must(store->History("schema", Table("orders"))).front();
  EXPECT_EQ(Must(facet.Parse()).kind, "schema_snapshot");
  EXPECT_THAT(Must(facet.AsSent()), HasSubstr(R"("payload":{"fields":[1]})"));
}

TEST_P(AnyFacets, DeletedAreGoneButTheHistoryShowsIt) {
  TestStore store;
  store.Put(EventWithFacets(1, R"("schema":{"fields":[1]})"));
  store.Put(EventWithFacets(3, R"("schema":{"_deleted":true})"));
  const auto expect_gone = [&] {
    const Status gone = store->Latest("schema", Table("orders")).status();
    EXPECT_EQ(gone.code(), StatusCode::kNotFound);
    EXPECT_THAT(gone.message(), HasSubstr("deleted at 2026-01-10T05:00:03Z"));
    const std::vector<Fact> history = Must(store->History("schema", Table("orders")));
    ASSERT_EQ(history.size(), 2u);
    EXPECT_FALSE(Must(history[0].Parse()).deleted);
    EXPECT_TRUE(Must(history[1].Parse()).deleted);
  };
  expect_gone();
  store.Put(EventWithFacets(2, R"("schema":{"fields":[2]})", "", "RUNNING"));
  EXPECT_FALSE(store->Latest("schema", Table("orders"))) << "what comes late is older than the deletion";
  store.Put(EventWithFacets(4, R"("schema":{"fields":[4]})"));
  EXPECT_EQ(LatestOf(*store, "schema", Table("orders")), 4u) << "and may be stated anew";
  store.Put(EventWithFacets(5, R"("schema":{"_deleted":true})"));
  ASSERT_TRUE(store->Seal().ok());
  store.Reopen();
  EXPECT_FALSE(store->Latest("schema", Table("orders"))) << "sealing keeps it";
  EXPECT_TRUE(Must(Must(store->History("schema", Table("orders"))).back().Parse()).deleted);
}

}  // namespace
}  // namespace cairn
