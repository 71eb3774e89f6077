// Storing: what is taken, what is known already, what is refused, what is answered.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "record/parse_for_test.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CAIRN_CONTRACT(AnyRepositoryStore);

std::vector<std::string> Outcomes(Repository& repository, const std::vector<std::string>& jsons) {
  const std::vector<std::string_view> views(jsons.begin(), jsons.end());
  std::vector<std::string> out;
  for (const auto& stored : repository.BulkStore(views)) {
    out.push_back(!stored ? std::string(StatusCodeName(stored.status().code()))
                          : fmt::format("{}{}", stored->seq.value, stored->known ? " known" : ""));
  }
  return out;
}

TEST_P(AnyRepositoryStore, NumbersWithoutAGap) {
  TestStore store;
  EXPECT_EQ(store.Put(TestFact{.second = 1}).seq.value, 1u);
  EXPECT_EQ(store.Put(TestFact{.second = 2}).seq.value, 2u);
  EXPECT_FALSE(store.Put(TestFact{.second = 3}).known);
  EXPECT_EQ(Must(store->Stats()).last_seq.value, 3u);
}

TEST_P(AnyRepositoryStore, KeepsTheBytesOfTheSenderMinified) {
  TestStore store;
  store.Put(R"( { "kind":"k", "odd":[1.50, 1E2, "\u0041\/"], "target":{"source_id":"crm","schema":"a.b","table":"t"},
      "produced_at":"2026-01-10 15:00:00+10", "producer_id":"p", "payload":null } )");
  const Fact fact = Must(store->Latest("k", Table(R"("a.b".t)")));
  EXPECT_EQ(fact.record(),
            R"({"kind":"k","odd":[1.50,1E2,"\u0041\/"],"target":{"source_id":"crm","schema":"a.b","table":"t"},)"
            R"("produced_at":"2026-01-10 15:00:00+10","producer_id":"p","payload":null})");
  EXPECT_EQ(Must(fact.AsSent()), fact.record());
  EXPECT_EQ(fact.line(), fmt::format(R"({{"seq":1,"ingested_at":"{}","record":{}}})",
                                     FormatTimestampFixed(fact.ingested_at()), fact.record()));
  EXPECT_EQ(FormatTimestamp(fact.produced_at()), "2026-01-10T05:00:00Z");
}

TEST_P(AnyRepositoryStore, AnEventComesBackAsItWasSent) {
  TestStore store;
  const std::string event = EventWithFacets(1, R"("schema":{"fields":[]})");
  store.Put(event);
  EXPECT_EQ(Must(Must(store->Tail({1}, 1)).facts.at(0).AsSent()), event);
}

TEST_P(AnyRepositoryStore, TheSameBytesAreTheSameRecord) {
  TestStore store;
  const std::string one = TestFact{.rows = 1}.Json();
  EXPECT_THAT(Outcomes(*store, {one}), ElementsAre("1"));
  EXPECT_THAT(Outcomes(*store, {one}), ElementsAre("1 known"));
  EXPECT_THAT(Outcomes(*store, {" " + one + "\n"}), ElementsAre("1 known")) << "white space is not part of it";
  EXPECT_THAT(Outcomes(*store, {TestFact{.rows = 2}.Json()}), ElementsAre("2")) << "a correction";
  const std::string event = EventWithFacets(1, "");
  EXPECT_THAT(Outcomes(*store, {event, event}), ElementsAre("3", "3 known"));
  EXPECT_EQ(Must(store->Stats()).records, 3u);
}

TEST_P(AnyRepositoryStore, OfTwoTenantsAreTwoRecords) {
  TestStore store;
  EXPECT_THAT(Outcomes(*store, {TestFact{.tenant = "a"}.Json(), TestFact{.tenant = "b"}.Json(), TestFact{}.Json()}),
              ElementsAre("1", "2", "3"));
}

TEST_P(AnyRepositoryStore, ABatchAnswersEachInOrder) {
  TestStore store;
  store.Put(TestFact{.rows = 1});
  const std::string two = TestFact{.rows = 2}.Json();
  EXPECT_THAT(Outcomes(*store, {two, "{", TestFact{.rows = 1}.Json(), two, R"({"a":1})",
                                RecordWith("produced_at", R"("1500-01-01")"), TestFact{.rows = 3}.Json()}),
              ElementsAre("2", "INVALID_ARGUMENT", "1 known", "2 known", "INVALID_ARGUMENT", "OUT_OF_RANGE", "3"));
  EXPECT_EQ(Must(store->Stats()).records, 3u);
  EXPECT_THAT(Outcomes(*store, {"{", "["}), ElementsAre("INVALID_ARGUMENT", "INVALID_ARGUMENT"));
  EXPECT_THAT(Outcomes(*store, {}), ElementsAre());
  EXPECT_EQ(store.Put(TestFact{.rows = 4}).seq.value, 4u) << "refused ones leave no gap";
}

TEST_P(AnyRepositoryStore, KnowsWhatStandsInEverySegmentAndAfterReopening) {
  TestStore store({.segment_bytes = 2000});
  std::vector<std::string> facts;
  for (int i = 0; i < 60; ++i) facts.push_back(TestFact{.second = i % 7, .rows = i}.Json());
  for (const std::string& fact : facts) store.Put(fact);
  ASSERT_GT(Must(store->Stats()).segments_open, 3u);
  const auto expect_known = [&](const char* when) {
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const Stored stored = store.Put(facts[i]);
      ASSERT_TRUE(stored.known) << when << i;
      ASSERT_EQ(stored.seq.value, i + 1) << when;
    }
  };
  expect_known("unsealed ");
  store.Reopen();
  expect_known("unsealed, reopened ");
  ASSERT_TRUE(store->Seal().ok());
  ASSERT_EQ(Must(store->Stats()).segments_open, 1u);
  expect_known("sealed ");
  store.Reopen();
  expect_known("sealed, reopened ");
  ASSERT_TRUE(store->Rebuild().ok());
  expect_known("rebuilt ");
  EXPECT_EQ(Must(store->Stats()).records, 60u);
}

// The keys of a record may be spelled with escapes; such a record is like any other.
TEST_P(AnyRepositoryStore, KnowsARecordWithOddlySpelledKeys) {
  const std::string odd =
      R"({"\u006bind":"k","target":{"namespace":"crm","name":"orders"},"produced\u005fat":"2026-01-10","producer_id":"p","payload":{}})";
  TestStore store;
  store.Put(odd);
  store.Reopen();
  EXPECT_TRUE(store.Put(odd).known);
  EXPECT_EQ(Must(store->Tail({1}, 10)).facts.size(), 1u);
}

TEST_P(AnyRepositoryStore, TheLimitsAreSettings) {
  TestStore store({.record_bytes_max = 200, .depth_max = 4});
  EXPECT_EQ(store->Store(RecordWith("x", '"' + std::string(200, 'x') + '"')).status().code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(store->Store(RecordWith("payload", "[[[[]]]]")).status().code(), StatusCode::kResourceExhausted);
  EXPECT_TRUE(store->Store(RecordWith("payload", "[[[]]]")));
}

TEST_P(AnyRepositoryStore, WhatWasLetInDeepIsReadBackUnderAnyLimit) {
  TestStore store({.depth_max = 600});
  store.Put(RecordWith("payload", std::string(500, '[') + std::string(500, ']')));
  store.options().depth_max = 8;
  store.Reopen();
  EXPECT_TRUE(store->Latest("ingestion_volume", Table("public.orders")));
  EXPECT_EQ(Must(store->Stats()).damaged_batches, 0u);
}

TEST_P(AnyRepositoryStore, IngestionTimesNeverGoBack) {
  TestStore store;
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.rows = i});
  Timestamp before = Timestamp::Min();
  for (const Fact& fact : Must(store->Tail({1}, 10)).facts) {
    EXPECT_GE(fact.ingested_at(), before);
    before = fact.ingested_at();
  }
  EXPECT_GE(before, StepClock().Now()) << "the clock is the one passed in";
}

TEST_P(AnyRepositoryStore, TakesFromManyThreadsAtOnce) {
  TestStore store({.segment_bytes = 20'000});
  constexpr int kThreads = 6;
  constexpr int kEach = 60;
  std::vector<std::vector<std::uint64_t>> seqs(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        // Every third is sent by all of them.
        const TestFact fact{.name = i % 3 == 0 ? "shared" : "t" + std::to_string(t), .second = i, .rows = i};
        const auto stored = store->Store(fact.Json());
        if (stored) seqs[static_cast<std::size_t>(t)].push_back(stored->seq.value);
        // What was answered is visible.
        const auto latest = store->Latest("volume", Table(fact.name));
        if (!latest || latest->produced_at() < fact.time()) seqs[static_cast<std::size_t>(t)].push_back(0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& of_thread : seqs) {
    ASSERT_EQ(of_thread.size(), static_cast<std::size_t>(kEach));
    EXPECT_EQ(std::count(of_thread.begin(), of_thread.end(), 0u), 0);
    all.insert(of_thread.begin(), of_thread.end());
  }
  constexpr std::size_t kExpected = kEach / 3 + kThreads * (kEach - kEach / 3);
  EXPECT_EQ(all.size(), kExpected);
  EXPECT_EQ(Must(store->Stats()).records, kExpected);
  const std::string live = DumpText(*store);
  ASSERT_TRUE(store->Rebuild().ok());
  EXPECT_EQ(DumpText(*store), live);
}

TEST_P(AnyRepositoryStore, EverySyncIsReadBack) {
  for (const Sync sync : {Sync::kAlways, Sync::kInterval, Sync::kNever}) {
    TestStore store({.sync = sync, .sync_interval = std::chrono::milliseconds(5)});
    store.Put(TestFact{.rows = 1});
    EXPECT_EQ(Must(store->Tail({1}, 10)).facts.size(), 1u) << "visible when answered";
    store.Reopen();
    EXPECT_EQ(Must(store->Tail({1}, 10)).facts.size(), 1u);
  }
}

TEST_P(AnyRepositoryStore, ARefusalSaysWhere) {
  TestStore store;
  EXPECT_THAT(store->Store(RecordWith("target", R"({"namespace":"crm"})")).status().message(),
              HasSubstr("target.name"));
}

}  // namespace
}  // namespace cairn
