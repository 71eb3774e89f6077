// Aggregates over a store equal what one computes by hand, wherever the facts stand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "store/store_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using Op = Measure::Op;
using By = GroupBy::Key;

CAIRN_CONTRACT(AnyAggregateSpill);
CAIRN_CONTRACT(AnyAggregateFacets);

const char* const kRows = "payload.row_count";

std::vector<Measure> AllMeasures() {
  return {{.op = Op::kCount, .path = ""},  {.op = Op::kCount, .path = kRows}, {.op = Op::kSum, .path = kRows},
          {.op = Op::kAvg, .path = kRows}, {.op = Op::kMin, .path = kRows},   {.op = Op::kMax, .path = kRows}};
}

class RepositoryAggregate : public AnyRepository {
 protected:
  static constexpr int kFacts = 400;

  void SetUp() override {
    RecordProperty("seed", std::to_string(seed_));
    std::mt19937_64 random(seed_);
    std::vector<std::string> batch;
    for (int i = 0; i < kFacts; ++i) {
      TestFact fact;
      fact.kind = random() % 3 == 0 ? "runtime" : "volume";
      fact.name = "t" + std::to_string(random() % 4);
      fact.second = static_cast<std::int64_t>(random() % (3 * 86'400));
      fact.rows = static_cast<std::int64_t>(random() % 2000) - 500;
      fact.run = random() % 4 == 0 ? "" : "r" + std::to_string(random() % 5);
      facts_.push_back(fact);
      batch.push_back(fact.Json());
      if (batch.size() == 20) {
        store_.PutAll(batch);
        batch.clear();
      }
    }
  }

  // Count, count of numbers, sum, avg, min, max of each group.
  template <typename KeyOf, typename Wanted>
  std::map<std::vector<std::string>, std::vector<double>> ByHand(KeyOf&& key_of, Wanted&& wanted) const {
    std::map<std::vector<std::string>, std::vector<double>> out;
    for (const TestFact& fact : facts_) {
      if (!wanted(fact)) continue;
      const auto rows = static_cast<double>(fact.rows);
      auto [at, added] = out.try_emplace(key_of(fact), std::vector<double>{0, 0, 0, 0, rows, rows});
      auto& values = at->second;
      ++values[0];
      ++values[1];
      values[2] += rows;
      values[3] = values[2] / values[0];
      values[4] = std::min(values[4], rows);
      values[5] = std::max(values[5], rows);
    }
    return out;
  }

  void Expect(const AggregateSpec& spec, const std::map<std::vector<std::string>, std::vector<double>>& expected) {
    const AggregateResult result = Must(store_->Aggregate(spec));
    ASSERT_EQ(result.rows.size(), expected.size());
    auto row = result.rows.begin();
    double facts = 0;
    for (const auto& [keys, values] : expected) {
      EXPECT_EQ(row->keys, keys);
      ASSERT_EQ(row->values.size(), values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_TRUE(row->values[i].has_value());
        EXPECT_NEAR(*row->values[i], values[i], 1e-9 * (1 + std::abs(values[i]))) << i;
      }
      facts += values[0];
      ++row;
    }
    EXPECT_EQ(static_cast<double>(result.facts), facts);
  }

  void ExpectAll(const char* when) {
    SCOPED_TRACE(testing::Message() << when << ", seed " << seed_);
    const auto all = [](const TestFact&) { return true; };
    const auto text = [](std::string_view id) { return std::vector<std::string>{std::string(id)}; };
    const auto day = [](const TestFact& fact) { return FormatTimestamp(fact.time()).substr(0, 10); };
    Expect({.measures = AllMeasures()}, ByHand([](const TestFact&) { return std::vector<std::string>{}; }, all));
    Expect({.measures = AllMeasures(), .by = {{.key = By::kTarget, .path = ""}}},
           ByHand([&](const TestFact& fact) { return text(NodeId(Table(fact.name))); }, all));
    Expect({.measures = AllMeasures(), .by = {{.key = By::kKind, .path = ""}}},
           ByHand([&](const TestFact& fact) { return text(fact.kind); }, all));
    Expect({.measures = AllMeasures(), .by = {{.key = By::kRun, .path = ""}}},
           ByHand([&](const TestFact& fact) { return text(fact.run); }, all));
    Expect({.measures = AllMeasures(), .by = {{.key = By::kPath, .path = "target.name"}}},
           ByHand([&](const TestFact& fact) { return text('"' + fact.name + '"'); }, all));
    Expect({.measures = AllMeasures(), .by = {{.key = By::kTarget, .path = ""}, {.key = By::kDay, .path = ""}}},
           ByHand(
               [&](const TestFact& fact) {
                 return std::vector<std::string>{NodeId(Table(fact.name)), day(fact) + "T00:00:00Z"};
               },
               all));
    Expect({.where = {.kinds = {"volume"},
                      .run_id = "r1",
                      .from = At(3600),
                      .until = At(2 * 86'400),
                      .filter = "payload.row_count > 0"},
            .measures = AllMeasures(),
            .by = {{.key = By::kTarget, .path = ""}}},
           ByHand([&](const TestFact& fact) { return text(NodeId(Table(fact.name))); },
                  [](const TestFact& fact) {
                    return fact.kind == "volume" && fact.run == "r1" && fact.second >= 3600 &&
                           fact.second < 2 * 86'400 && fact.rows > 0;
                  }));
  }

  const std::uint64_t seed_ = std::random_device()();
  TestStore store_{{.segment_bytes = 30'000}};
  std::vector<TestFact> facts_;
};
INSTANTIATE_TEST_SUITE_P(Repository, RepositoryAggregate, testing::Values("embedded", "remote"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(RepositoryAggregate, EqualsWhatOneComputesByHand) {
  ASSERT_GT(Must(store_->Stats()).segments_open, 2u);
  ExpectAll("open");
  ASSERT_TRUE(store_->Seal().ok());
  ExpectAll("sealed");
  store_.Reopen();
  ExpectAll("reopened");
  ASSERT_TRUE(store_->Rebuild().ok());
  ExpectAll("rebuilt");
}

TEST_P(RepositoryAggregate, QuantilesAreWithinOnePercentOfRank) {
  std::vector<double> rows;
  for (const TestFact& fact : facts_) rows.push_back(static_cast<double>(fact.rows));
  std::sort(rows.begin(), rows.end());
  for (const double quantile : {0.0, 0.1, 0.5, 0.99, 1.0}) {
    const AggregateResult result =
        Must(store_->Aggregate({.measures = {{.op = Op::kQuantile, .path = kRows, .quantile = quantile}}}));
    ASSERT_EQ(result.rows.size(), 1u);
    const double value = *result.rows[0].values[0];
    const double least = static_cast<double>(std::lower_bound(rows.begin(), rows.end(), value) - rows.begin()) / kFacts;
    const double most = static_cast<double>(std::upper_bound(rows.begin(), rows.end(), value) - rows.begin()) / kFacts;
    EXPECT_LE(least, quantile + 0.01) << quantile;
    EXPECT_GE(most, quantile - 0.01) << quantile;
  }
}

TEST_P(AnyAggregateSpill, SpilledGroupsCountAlike) {
  TestStore store;
  store.options().threads = 1;
  store.Reopen();
  std::vector<std::string> batch;
  for (int i = 0; i < 20'000; ++i) batch.push_back(TestFact{.second = i % 97, .rows = i / 2}.Json());
  store.PutAll(batch);
  AggregateSpec spec{.measures = {{.op = Op::kSum, .path = kRows}, {.op = Op::kCount, .path = ""}},
                     .by = {{.key = By::kPath, .path = kRows}}};
  const AggregateResult whole = Must(store->Aggregate(spec));
  spec.memory_bytes = 1;
  const AggregateResult spilled = Must(store->Aggregate(spec));
  EXPECT_EQ(whole.spilled_groups, 0u);
  EXPECT_GT(spilled.spilled_groups, 0u);
  ASSERT_EQ(whole.rows.size(), 10'000u);
  ASSERT_EQ(spilled.rows.size(), whole.rows.size());
  for (std::size_t i = 0; i < whole.rows.size(); ++i) {
    ASSERT_EQ(spilled.rows[i].keys, whole.rows[i].keys);
    ASSERT_EQ(spilled.rows[i].values, whole.rows[i].values);
    ASSERT_EQ(whole.rows[i].values[1], 2.0);
  }
}

// The platform's kind has one path for the numbers of records and of facets.
TEST_P(AnyAggregateFacets, RecordsAndEventsCountTogether) {
  TestStore store;
  store.Put(TestFact{.kind = "ingestion_volume", .second = 1, .rows = 10});
  store.Put(EventWithFacets(2, "", R"("outputStatistics":{"rowCount":30})"));
  store.Put(EventWithFacets(3, "", R"("outputStatistics":{"size":1})", "RUNNING"));
  const AggregateSpec spec{
      .where = {.kinds = {"ingestion_volume"}}, .measures = AllMeasures(), .by = {{.key = By::kTarget, .path = ""}}};
  for (int i = 0; i < 2; ++i) {
    const AggregateResult result = Must(store->Aggregate(spec));
    ASSERT_EQ(result.rows.size(), 1u);
    EXPECT_THAT(result.rows[0].keys, ElementsAre("dataset:crm:orders"));
    EXPECT_THAT(result.rows[0].values, ElementsAre(3.0, 2.0, 40.0, 20.0, 10.0, 30.0));
    ASSERT_TRUE(store->Seal().ok());
  }
}

TEST_P(AnyAggregateFacets, NothingIsNoRow) {
  TestStore store;
  const AggregateResult result =
      Must(store->Aggregate({.measures = AllMeasures(), .by = {{.key = By::kDay, .path = ""}}}));
  EXPECT_TRUE(result.rows.empty());
  EXPECT_EQ(result.facts, 0u);
  store.Put(TestFact{.tenant = "acme"});
  EXPECT_EQ(Must(store->Aggregate({.measures = {{}}})).facts, 0u) << "another tenant's";
  EXPECT_EQ(Must(store->Aggregate({.where = {.run_id = "nothing"}, .measures = {{}}})).facts, 0u);
}

TEST_P(AnyAggregateFacets, MistakesAreTold) {
  TestStore store;
  EXPECT_EQ(store->Aggregate({.where = {.filter = "("}, .measures = {{}}}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(store->Aggregate({.measures = {{.op = Op::kSum, .path = "a..b"}}}).status().code(),
            StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace cairn
