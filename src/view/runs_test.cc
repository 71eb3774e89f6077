#include "view/runs.h"

#include <gtest/gtest.h>

#include "view/view_for_test.h"

namespace cairn {
namespace {

std::string Fold(const std::vector<std::string>& records) {
  FoldedViews folded;
  for (const std::string& record : records) folded.Apply(record);
  return DescribeRun(folded.views, folded.Run("r"));
}

// However the records arrive, the run they tell of is one.
void ExpectOneRun(std::vector<std::string> records) {
  std::sort(records.begin(), records.end());
  const std::string expected = Fold(records);
  while (std::next_permutation(records.begin(), records.end())) ASSERT_EQ(Fold(records), expected);
}

constexpr std::string_view kOne = "2026-01-10T05:00:01Z";
constexpr std::string_view kTwo = "2026-01-10T05:00:02Z";
constexpr std::string_view kThree = "2026-01-10T05:00:03Z";
constexpr std::string_view kFour = "2026-01-10T05:00:04Z";
constexpr std::int64_t kOneNs = 1'768'021'201'000'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RunFold, EveryOrderOfItsEventsGivesTheSameRun) {
  ExpectOneRun({TestEvent("START", "r", kOne), TestEvent("RUNNING", "r", kTwo), TestEvent("COMPLETE", "r", kThree),
                TestEvent("FAIL", "r", kFour), TestEvent("OTHER", "r", kTwo)});
  ExpectOneRun({TestEvent("START", "r", kOne), TestEvent("RUNNING", "r", kFour), TestEvent("COMPLETE", "r", kTwo),
                TestEvent("ABORT", "r", kThree), TestRecord("volume", "orders", kFour, R"({"run_id":"r"})")});
}

TEST(RunFold, EventsOfOneInstantDoToo) {
  ExpectOneRun({TestEvent("START", "r", kOne), TestEvent("RUNNING", "r", kOne), TestEvent("COMPLETE", "r", kOne),
                TestEvent("FAIL", "r", kOne), TestEvent("OTHER", "r", kOne)});
}

TEST(RunFold, RecordsAndEventsOfDifferentJobsAndParentsDoToo) {
  const auto parent = [](std::string_view id, std::string_view job) {
    return fmt::format(R"("job":{{"namespace":"etl","name":"{}"}},"x":0,"run":{{"runId":"r","facets":{{"parent":)"
                       R"({{"run":{{"runId":"{}"}},"job":{{"namespace":"etl","name":"all"}}}}}}}})",
                       job, id);
  };
  const auto event = [&](std::string_view type, std::string_view time, std::string_view up, std::string_view job) {
    return fmt::format(R"({{"eventType":"{}","eventTime":"{}","producer":"p",{}}})", type, time, parent(up, job));
  };
  const std::vector<std::string> records = {
      event("START", kOne, "first", "a"), event("COMPLETE", kThree, "second", "b"),
      TestRecord("volume", "orders", kFour, R"({"run_id":"r","job_id":"c"})"),
      TestRecord("volume", "orders", kTwo, R"({"run_id":"r","job_id":"d","namespace":"n"})")};
  ExpectOneRun(records);
  const std::string run = Fold(records);
  EXPECT_NE(run.find("parent=second"), std::string::npos) << run;
  EXPECT_NE(run.find("job=job:etl:b "), std::string::npos) << "events know better than records: " << run;
}

TEST(RunFold, TellsWhatHappened) {
  FoldedViews folded{TestEvent("START", "r", kOne), TestEvent("RUNNING", "r", kTwo),
                     TestEvent("COMPLETE", "r", kThree)};
  const RunFold& run = folded.Run("r");
  EXPECT_EQ(run.state, RunState::kCompleted);
  EXPECT_EQ(run.started_at, kOneNs);
  EXPECT_EQ(run.state_at, kOneNs + 2 * kSecond);
  EXPECT_EQ(run.first_seen, kOneNs);
  EXPECT_EQ(run.last_seen, kOneNs + 2 * kSecond);
  EXPECT_EQ(run.records, 3u);
  EXPECT_EQ(run.open, (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(NodeId(folded.views.nodes().at(run.job)), "job:etl:load");
}

TEST(RunFold, AnEndIsNotUndone) {
  for (const std::string_view end : {"COMPLETE", "FAIL", "ABORT"}) {
    FoldedViews folded{TestEvent(end, "r", kTwo), TestEvent("RUNNING", "r", kFour), TestEvent("START", "r", kThree)};
    EXPECT_TRUE(IsTerminal(folded.Run("r").state)) << end;
    EXPECT_EQ(folded.Run("r").state_at, kOneNs + kSecond) << end;
  }
}

TEST(RunFold, OfTwoEndsTheLaterCounts) {
  EXPECT_EQ((FoldedViews{TestEvent("FAIL", "r", kThree), TestEvent("COMPLETE", "r", kTwo)}).Run("r").state,
            RunState::kFailed);
  EXPECT_EQ((FoldedViews{TestEvent("FAIL", "r", kTwo), TestEvent("COMPLETE", "r", kThree)}).Run("r").state,
            RunState::kCompleted);
}

TEST(RunFold, RunningDoesNotEraseTheStart) {
  const FoldedViews folded{TestEvent("START", "r", kTwo), TestEvent("RUNNING", "r", kThree),
                           TestEvent("START", "r", kFour)};
  EXPECT_EQ(folded.Run("r").started_at, kOneNs + kSecond) << "the first start stands";
}

TEST(RunFold, WhatOnlyRecordsNameIsUnknown) {
  const FoldedViews folded{TestRecord("volume", "orders", kOne, R"({"run_id":"r","job_id":"load"})")};
  const RunFold& run = folded.Run("r");
  EXPECT_EQ(run.state, RunState::kUnknown);
  EXPECT_EQ(run.started_at, Timestamp::Max().ns);
  EXPECT_EQ(folded.views.nodes().at(run.job).name, "load");
  EXPECT_FALSE(run.job_from_event);
}

TEST(RunTable, TellsTenantsApart) {
  const FoldedViews folded{TestRecord("volume", "orders", kOne, R"({"run_id":"r","tenant":"a"})"),
                           TestRecord("volume", "orders", kTwo, R"({"run_id":"r","tenant":"b"})")};
  EXPECT_EQ(folded.Run("r", "a").open, (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(folded.Run("r", "b").open, (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(folded.views.FindRun("", "r"), nullptr);
}

TEST(RunTable, ManyAreFound) {
  TextTable texts;
  RunTable runs;
  for (int i = 0; i < 2000; ++i) {
    const std::string_view tenant = i % 2 == 0 ? "" : "t";
    const std::string id = std::to_string(i / 2);
    runs.Intern(tenant, id, HashRun(tenant, id), texts).records = static_cast<std::uint64_t>(i);
  }
  ASSERT_EQ(runs.size(), 2000u);
  for (int i = 0; i < 2000; ++i) {
    const RunFold* run = runs.Find(i % 2 == 0 ? "" : "t", std::to_string(i / 2), texts);
    ASSERT_NE(run, nullptr);
    ASSERT_EQ(run->records, static_cast<std::uint64_t>(i));
  }
}

}  // namespace
}  // namespace cairn
