#include "query/aggregate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>

#include "query/json_for_test.h"

namespace cairn {
namespace {

using Op = Measure::Op;
using Key = GroupBy::Key;

const RowNames kNames = {[](std::uint32_t id) { return "target-" + std::to_string(id); },
                         [](std::uint32_t id) { return "kind-" + std::to_string(id); }};

AggregateSpec Spec(std::vector<Measure> measures, std::vector<GroupBy> by = {}) {
  AggregateSpec spec;
  spec.measures = std::move(measures);
  spec.by = std::move(by);
  return spec;
}

struct TestFact {
  std::string payload;
  std::uint32_t target = 0;
  std::uint32_t kind = 0;
  std::string run_id = {};
  std::string produced_at = "2026-01-10T05:00:00Z";
};

void Add(Aggregator& aggregator, const TestFact& fact) {
  const PaddedJson record(R"({"kind":"k","payload":)" + fact.payload + "}");
  const Document document = RecordDocument(record);
  const Status added =
      aggregator.Add({&document, fact.target, fact.kind, fact.run_id, *ParseTimestamp(fact.produced_at)});
  ASSERT_TRUE(added.ok()) << added;
}

AggregateResult Answer(const AggregateSpec& spec, const std::vector<TestFact>& facts) {
  auto aggregator = Aggregator::Create(spec);
  EXPECT_TRUE(aggregator) << aggregator.status();
  for (const TestFact& fact : facts) Add(**aggregator, fact);
  auto result = (*aggregator)->Finish(kNames);
  EXPECT_TRUE(result) << result.status();
  EXPECT_EQ(result->facts, facts.size());
  return std::move(*result);
}

std::vector<std::optional<double>> Only(const AggregateResult& result) {
  EXPECT_EQ(result.rows.size(), 1U);
  return result.rows.at(0).values;
}

TEST(Aggregate, EveryMeasureOfAPath) {
  const auto result =
      Answer(Spec({{Op::kCount, ""},
                   {Op::kCount, "payload.n"},
                   {Op::kSum, "payload.n"},
                   {Op::kAvg, "payload.n"},
                   {Op::kMin, "payload.n"},
                   {Op::kMax, "payload.n"},
                   {Op::kQuantile, "payload.n", 0.5},
                   {Op::kQuantile, "payload.n", 0.9}}),
             {{R"({"n":1})"}, {R"({"n":2.5})"}, {R"({"n":-4})"}, {R"({"n":"5"})"}, {R"({"n":null})"}, {"{}"}});
  const std::vector<std::optional<double>> expected = {6, 3, -0.5, -0.5 / 3, -4, 2.5, 1, 2.5};
  EXPECT_EQ(Only(result), expected);
}

TEST(Aggregate, WithoutANumberThereIsNoValueButACount) {
  const auto result =
      Answer(Spec({{Op::kCount, "payload.n"}, {Op::kSum, "payload.n"}, {Op::kQuantile, "payload.n", 0.5}}),
             {{"{}"}, {R"({"n":true})"}});
  const std::vector<std::optional<double>> expected = {0, std::nullopt, std::nullopt};
  EXPECT_EQ(Only(result), expected);
}

TEST(Aggregate, OfNothingIsOneRowWithoutGroupingAndNoneWith) {
  const std::vector<std::optional<double>> expected = {0, std::nullopt};
  EXPECT_EQ(Only(Answer(Spec({{Op::kCount, ""}, {Op::kMax, "payload.n"}}), {})), expected);
  EXPECT_TRUE(Answer(Spec({{Op::kCount, ""}}, {{Key::kTarget, ""}}), {}).rows.empty());
}

TEST(Aggregate, GroupsByEveryKeyAndSortsByTheirTexts) {
  const auto result =
      Answer(Spec({{Op::kCount, ""}}, {{Key::kTarget, ""}, {Key::kKind, ""}, {Key::kRun, ""}, {Key::kDay, ""}}),
             {{"{}", 2, 1, "r", "2026-01-10T23:00:00Z"},
              {"{}", 1, 1, "r", "2026-01-10T23:00:00Z"},
              {"{}", 1, 1, "r", "2026-01-11T00:00:00Z"},
              {"{}", 1, 1, "", "2026-01-10T01:00:00Z"},
              {"{}", 1, 1, "r", "2026-01-10T00:00:00Z"}});
  std::vector<std::pair<std::vector<std::string>, double>> rows;
  for (const AggregateRow& row : result.rows) rows.emplace_back(row.keys, *row.values[0]);
  const std::vector<std::pair<std::vector<std::string>, double>> expected = {
      {{"target-1", "kind-1", "", "2026-01-10T00:00:00Z"}, 1},
      {{"target-1", "kind-1", "r", "2026-01-10T00:00:00Z"}, 2},
      {{"target-1", "kind-1", "r", "2026-01-11T00:00:00Z"}, 1},
      {{"target-2", "kind-1", "r", "2026-01-10T00:00:00Z"}, 1},
  };
  EXPECT_EQ(rows, expected);
}

TEST(Aggregate, EqualValuesOfAPathAreOneGroupHoweverSpelled) {
  const auto result = Answer(Spec({{Op::kCount, ""}}, {{Key::kPath, "payload.v"}}), {{R"({"v":1})"},
                                                                                     {R"({"v":1.0})"},
                                                                                     {R"({"v":10e-1})"},
                                                                                     {R"({"v":"1"})"},
                                                                                     {R"({"v":"\u0031"})"},
                                                                                     {R"({"v":"\u00e9\n"})"},
                                                                                     {R"({"v":"é\n"})"},
                                                                                     {R"({"v":-0.0})"},
                                                                                     {R"({"v":0})"},
                                                                                     {R"({"v":null})"},
                                                                                     {"{}"},
                                                                                     {R"({"v":true})"},
                                                                                     {R"({"v":[1,{"a":2}]})"},
                                                                                     {R"({"v":18446744073709551615})"},
                                                                                     {R"({"v":9007199254740993})"},
                                                                                     {R"({"v":9007199254740992})"},
                                                                                     {R"({"v":0.1})"},
                                                                                     {R"({"v":""})"},
                                                                                     {R"({"v":9223372036854775808.0})"},
                                                                                     {R"({"v":9223372036854775808})"}});
  std::map<std::string, double> counts;
  for (const AggregateRow& row : result.rows) counts[row.keys[0]] = *row.values[0];
  const std::map<std::string, double> expected = {{"1", 3},
                                                  {"\"1\"", 2},
                                                  {"\"é\\n\"", 2},
                                                  {"0", 2},
                                                  {"null", 1},
                                                  {"", 1},
                                                  {"true", 1},
                                                  {R"([1,{"a":2}])", 1},
                                                  {"18446744073709551615", 1},
                                                  {"9007199254740993", 1},
                                                  {"9007199254740992", 1},
                                                  {"0.1", 1},
                                                  {"\"\"", 1},
                                                  {"9223372036854775808", 2}};
  EXPECT_EQ(counts, expected);
}

TEST(Aggregate, KeysOfPartsDoNotRunIntoEachOther) {
  const auto result = Answer(Spec({{Op::kCount, ""}}, {{Key::kPath, "payload.a"}, {Key::kPath, "payload.b"}}),
                             {{R"({"a":"x","b":"yz"})"}, {R"({"a":"xy","b":"z"})"}, {R"({"a":"xyz"})"}});
  EXPECT_EQ(result.rows.size(), 3U);
}

TEST(Aggregate, SumsAreCompensated) {
  std::vector<TestFact> facts = {{R"({"n":1e16})"}};
  for (int i = 0; i < 1000; ++i) facts.push_back({R"({"n":0.1})"});
  facts.push_back({R"({"n":-1e16})"});
  EXPECT_NEAR(*Only(Answer(Spec({{Op::kSum, "payload.n"}}), facts))[0], 100, 1e-9);
  EXPECT_EQ(*Only(Answer(Spec({{Op::kSum, "payload.n"}}),
                         {{R"({"n":9223372036854775807})"}, {R"({"n":-9223372036854775806})"}}))[0],
            1);
  EXPECT_EQ(*Only(Answer(Spec({{Op::kSum, "payload.n"}}), {{R"({"n":18446744073709551615})"},
                                                           {R"({"n":-9223372036854775808})"},
                                                           {R"({"n":-9223372036854775807})"}}))[0],
            0);
  EXPECT_TRUE(
      std::isinf(*Only(Answer(Spec({{Op::kSum, "payload.n"}}), {{R"({"n":1.7e308})"}, {R"({"n":1.7e308})"}}))[0]));
}

TEST(Aggregate, MistakesOfTheSpecAreRefused) {
  const auto message = [](const AggregateSpec& spec) {
    const auto aggregator = Aggregator::Create(spec);
    EXPECT_EQ(aggregator.status().code(), StatusCode::kInvalidArgument);
    return aggregator.status().message();
  };
  EXPECT_EQ(message(Spec({{Op::kSum, ""}})), "measure \"\": path, column 1: expected a path");
  EXPECT_EQ(message(Spec({{Op::kMax, "a..b"}})), "measure \"a..b\": path, column 3: expected a field name after '.'");
  EXPECT_EQ(message(Spec({}, {{Key::kPath, "a b"}})),
            "group by \"a b\": path, column 2: expected '.', '[' or the end of the path");
  EXPECT_EQ(message(Spec({{Op::kQuantile, "a", 1.5}})), "quantile 1.5: must be from 0 to 1");
  EXPECT_EQ(message(Spec({{Op::kQuantile, "a", std::nan("")}})), "quantile nan: must be from 0 to 1");
}

/// Facts of many groups, some of them often.
std::vector<TestFact> RandomFacts(std::mt19937_64& random, std::size_t count) {
  std::vector<TestFact> facts;
  for (std::size_t i = 0; i < count; ++i) {
    TestFact fact;
    const auto number = random() % 3 == 0 ? random() % 10 : random() % 20'000;
    fact.payload = R"({"n":)" + std::to_string(static_cast<std::int64_t>(random() % 2000) - 1000) + R"(,"g":"group )" +
                   std::to_string(number) + R"("})";
    fact.target = static_cast<std::uint32_t>(random() % 3);
    fact.run_id = "run-" + std::to_string(random() % 2);
    facts.push_back(std::move(fact));
  }
  return facts;
}

const std::vector<Measure> kAll = {
    {Op::kCount, ""},        {Op::kSum, "payload.n"},   {Op::kAvg, "payload.n"},          {Op::kMin, "payload.n"},
    {Op::kMax, "payload.n"}, {Op::kCount, "payload.n"}, {Op::kQuantile, "payload.n", 0.5}};

void ExpectSame(const AggregateResult& actual, const AggregateResult& expected) {
  EXPECT_EQ(actual.facts, expected.facts);
  ASSERT_EQ(actual.rows.size(), expected.rows.size());
  for (std::size_t i = 0; i < actual.rows.size(); ++i) {
    ASSERT_EQ(actual.rows[i].keys, expected.rows[i].keys);
    ASSERT_EQ(actual.rows[i].values, expected.rows[i].values) << actual.rows[i].keys[0];
  }
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = testing::TempDir() + "cairn-aggregate-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Aggregate, SpillingChangesNothing) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const auto facts = RandomFacts(random, 60'000);
  TemporaryFolder folder;
  // No group has so many facts that its quantile is no longer exact, or the two ways might differ in rank.
  AggregateSpec spec = Spec(kAll, {{Key::kPath, "payload.g"}, {Key::kTarget, ""}, {Key::kRun, ""}});
  spec.by.push_back({Key::kPath, "payload.n"});
  spec.spill_dir = folder.path();
  const auto in_memory = Answer(spec, facts);
  EXPECT_EQ(in_memory.spilled_groups, 0U);
  spec.memory_bytes = 0;
  const auto spilled = Answer(spec, facts);
  EXPECT_GT(spilled.spilled_groups, 50'000U);
  ExpectSame(spilled, in_memory);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Aggregate, MergingThreadsChangesNothing) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const auto facts = RandomFacts(random, 30'000);
  AggregateSpec spec = Spec(kAll, {{Key::kPath, "payload.g"}, {Key::kTarget, ""}});
  const auto together = Answer(spec, facts);
  for (const std::size_t memory : {std::size_t{0}, std::size_t{256} << 20}) {
    spec.memory_bytes = memory;
    std::vector<std::unique_ptr<Aggregator>> parts;
    for (std::uint64_t seed_of_part = 0; seed_of_part < 4; ++seed_of_part) {
      parts.push_back(std::move(*Aggregator::Create(spec, seed_of_part)));
    }
    for (const TestFact& fact : facts) Add(*parts[random() % parts.size()], fact);
    for (std::size_t i = 1; i < parts.size(); ++i) ASSERT_TRUE(parts[0]->Merge(std::move(*parts[i])).ok());
    const auto merged = parts[0]->Finish(kNames);
    ASSERT_TRUE(merged) << merged.error();
    EXPECT_EQ(merged->spilled_groups != 0, memory == 0);
    ASSERT_EQ(merged->rows.size(), together.rows.size());
    for (std::size_t i = 0; i < merged->rows.size(); ++i) {
      EXPECT_EQ(merged->rows[i].keys, together.rows[i].keys);
      EXPECT_EQ(merged->rows[i].values[0], together.rows[i].values[0]);
      EXPECT_EQ(merged->rows[i].values[1], together.rows[i].values[1]);
    }
  }
}

TEST(Aggregate, MoreRunsThanAreReadSideBySide) {
  AggregateSpec spec = Spec({{Op::kCount, ""}, {Op::kSum, "payload.n"}}, {{Key::kRun, ""}});
  spec.memory_bytes = 0;
  auto aggregator = Aggregator::Create(spec);
  ASSERT_TRUE(aggregator);
  // Each group takes about a kilobyte, so that a run has about a thousand.
  constexpr int kGroups = 100'000;
  const std::string tail(1000, 'x');
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kGroups; ++i) {
      const PaddedJson record(R"({"payload":{"n":)" + std::to_string(i) + "}}");
      const Document document = RecordDocument(record);
      ASSERT_TRUE((*aggregator)->Add({&document, 0, 0, std::to_string(i) + tail, {}}).ok());
    }
  }
  const auto result = (*aggregator)->Finish(kNames);
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->spilled_groups, 190'000U);
  ASSERT_EQ(result->rows.size(), static_cast<std::size_t>(kGroups));
  for (const AggregateRow& row : result->rows) {
    EXPECT_EQ(row.values[0], 2);
    EXPECT_EQ(row.values[1], 2.0 * std::stoi(row.keys[0]));
  }
}

TEST(Aggregate, QuantilesOfSpilledGroupsStayWithinOnePercent) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  AggregateSpec spec =
      Spec({{Op::kQuantile, "payload.n", 0.5}, {Op::kQuantile, "payload.n", 0.99}}, {{Key::kTarget, ""}});
  spec.memory_bytes = 0;
  auto aggregator = Aggregator::Create(spec);
  ASSERT_TRUE(aggregator);
  std::vector<int> order(200'000);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  for (const int n : order)
    Add(**aggregator, {R"({"n":)" + std::to_string(n / 100) + "}", static_cast<std::uint32_t>(n % 100)});
  const auto result = (*aggregator)->Finish(kNames);
  ASSERT_TRUE(result) << result.error();
  EXPECT_GT(result->spilled_groups, 100U);
  ASSERT_EQ(result->rows.size(), 100U);
  for (const AggregateRow& row : result->rows) {
    EXPECT_NEAR(*row.values[0], 1000, 20) << row.keys[0];
    EXPECT_NEAR(*row.values[1], 1980, 20) << row.keys[0];
  }
}

TEST(Aggregate, WhereNothingCanSpillItIsUnavailable) {
  AggregateSpec spec = Spec({{Op::kCount, ""}}, {{Key::kRun, ""}});
  spec.memory_bytes = 0;
  spec.spill_dir = "/nonexistent/folder";
  auto aggregator = Aggregator::Create(spec);
  ASSERT_TRUE(aggregator);
  Status status;
  for (int i = 0; i < 100'000 && status.ok(); ++i) status = (*aggregator)->Add({nullptr, 0, 0, std::to_string(i), {}});
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace cairn
