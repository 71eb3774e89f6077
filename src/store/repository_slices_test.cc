// No question keeps commits waiting, and none sees half of one: a commit, or a sealing, comes in at every chance that a
// question gives, and the answer is what it would have been without.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include "store/store_for_test.h"

namespace cairn {
namespace {

constexpr int kThings = 3000;

std::string Edge(int from, int to, int second) {
  return fmt::format(R"({{"eventType":"COMPLETE","eventTime":"{}","producer":"p","run":{{"runId":"e{}"}},)"
                     R"("job":{{"namespace":"etl","name":"j{}"}},"inputs":[{{"namespace":"crm","name":"d{}"}}],)"
                     R"("outputs":[{{"namespace":"crm","name":"d{}","facets":{{"ownership":{{"owners":)"
                     R"([{{"name":"o{}"}}]}}}}}}]}})",
                     FormatTimestamp(At(second)), second, to, from, to, second);
}

/// A chain of 500 datasets; 3,000 things with a fact each and a run each; one thing and run with 3,000 facts.
class Slices : public testing::Test {
 protected:
  Slices() {
    store_.hold().on_pause = [this] { OnPause(); };
    store_.Reopen();
    std::vector<std::string> jsons;
    for (int i = 0; i < kThings; ++i) {
      jsons.push_back(
          TestFact{.name = fmt::format("t{}", i), .second = i, .run = fmt::format("r{}", i), .job = "one"}.Json());
      jsons.push_back(TestFact{.second = i * 10, .rows = i, .run = "big", .job = "big"}.Json());
    }
    for (int i = 0; i < 500; ++i) jsons.push_back(Edge(i, i + 1, i));
    store_.PutAll(jsons);
    // From here on a question pauses at every chance.
    store_.hold().longest = std::chrono::nanoseconds(0);
    store_.Reopen();
  }

  /// Runs `during` whenever the lock was given up, which may ask in its turn.
  void Meanwhile(std::function<void()> during) { during_ = std::move(during); }

  /// What would change any answer about what is in the store.
  void Commit() {
    ++commits_;
    const int n = ++serial_;
    std::vector<std::string> jsons{
        TestFact{.second = n * 7 % 20000 + 5, .rows = -n, .run = "big", .producer = "late"}.Json(),
        TestFact{.name = "t7", .second = 50000 + n, .run = "r7", .job = "other"}.Json(),
        TestFact{.name = fmt::format("aaa{}", n), .second = 50000 + n, .run = fmt::format("new{}", n)}.Json(),
        Edge(600 + n, 250, 60000 + n),
        Edge(250, 700 + n, 60001 + n),
        Edge(249, 250, 65000 + n),  // Stated before.
        Edge(0, 1, 30000 + n),
        Edge(399, 400, 66000 + n),
        fmt::format(R"({{"eventTime":"{}","producer":"p","dataset":{{"namespace":"crm","name":"d{}","facets":{{)"
                    R"("lifecycleStateChange":{{"lifecycleStateChange":"DROP"}}}}}}}})",
                    FormatTimestamp(At(70000 + n)), 100 + n % 140)};
    store_.PutAll(jsons);
  }

  /// `ask` gives text, by which answers are compared.
  void IsTheSameWhileCommitsComeIn(const char* what, const std::function<std::string()>& ask) {
    SCOPED_TRACE(what);
    const std::string before = ask();
    commits_ = 0;
    Meanwhile([&] {
      if (commits_ < 40) Commit();
    });
    const std::string meanwhile = ask();
    Meanwhile(nullptr);
    EXPECT_GT(commits_, 0) << "no commit came in: the lock was held over all of it";
    EXPECT_TRUE(meanwhile == before) << meanwhile.substr(0, 300) << "\nwithout:\n" << before.substr(0, 300);
    EXPECT_FALSE(ask() == before) << "the commits change nothing about it: the test tests nothing";
  }

  void OnPause() {
    ++pauses_;
    if (!during_ || inside_) return;
    inside_ = true;
    during_();
    inside_ = false;
  }

  TestStore store_;
  std::function<void()> during_;
  bool inside_ = false;
  int pauses_ = 0;
  int commits_ = 0;
  int serial_ = 0;  // So that no two commits are the same.
};

std::string Text(const std::vector<Fact>& facts) {
  std::string out = fmt::format("{} facts", facts.size());
  for (const Fact& fact : facts) out += fmt::format(" {}/{}", fact.seq().value, fact.produced_at().ns);
  return out;
}

std::string Text(const LineageGraph& graph) {
  std::string out;
  for (const LineageNode& node : graph.nodes) out += fmt::format("{}@{} ", NodeId(node.key), node.hops);
  for (const LineageEdge& edge : graph.edges) {
    out += fmt::format("{}>{} {} {} {}, ", edge.from, edge.to, edge.first_seen.ns, edge.last_seen.ns,
                       edge.until ? edge.until->ns : 0);
  }
  return out;
}

TEST_F(Slices, QueriesSeeOneState) {
  IsTheSameWhileCommitsComeIn("all", [&] { return Text(Must(store_->Query({.limit = 0})).facts); });
  IsTheSameWhileCommitsComeIn("one thing", [&] {
    return Text(Must(store_->Query({.target = {TargetMatch::Mode::kExact, Table("orders"), ""}, .limit = 0})).facts);
  });
  IsTheSameWhileCommitsComeIn("a run", [&] { return Text(Must(store_->Query({.run_id = "big", .limit = 0})).facts); });
}

TEST_F(Slices, AHistorySeesOneState) {
  for (const Order order : {Order::kOldestFirst, Order::kNewestFirst}) {
    IsTheSameWhileCommitsComeIn(
        "history", [&] { return Text(Must(store_->History("volume", Table("orders"), {.order = order}))); });
  }
}

TEST_F(Slices, AggregatesSeeOneState) {
  IsTheSameWhileCommitsComeIn("aggregate", [&] {
    const auto result = Must(store_->Aggregate({.measures = {{}}, .by = {{GroupBy::Key::kTarget, ""}}}));
    std::string out;
    for (const auto& row : result.rows) out += row.keys.front() + fmt::format("={} ", *row.values.front());
    return out;
  });
}

TEST_F(Slices, RunsSeeOneState) {
  for (const std::size_t limit : {0u, 10u}) {
    IsTheSameWhileCommitsComeIn("runs", [&] {
      std::string out;
      for (const RunInfo& run : Must(store_->Runs({.limit = limit}))) {
        out += fmt::format("{} {} {} {}, ", run.run_id, run.records, run.last_seen.ns, run.job.name);
      }
      return out;
    });
  }
  IsTheSameWhileCommitsComeIn("records", [&] { return Text(Must(store_->RunRecords("", "big"))); });
}

TEST_F(Slices, TheTailAndNamesSeeOneState) {
  IsTheSameWhileCommitsComeIn("tail", [&] { return Text(Must(store_->Tail({1}, 1'000'000)).facts); });
  IsTheSameWhileCommitsComeIn("names", [&] {
    std::string out;
    for (const NodeKey& node : Must(store_->FindNodes("", "", 0))) out += NodeId(node) + " ";
    return out;
  });
}

TEST_F(Slices, LineageSeesOneState) {
  const LineageSpec spec{.node = Table("d400"), .direction = Direction::kBoth, .depth = 2000};
  IsTheSameWhileCommitsComeIn("graph", [&] { return Text(Must(store_->Lineage(spec))); });
  IsTheSameWhileCommitsComeIn("runs", [&] {
    LineageSpec runs = spec;
    runs.filter.level = LineageLevel::kRuns;
    return Text(Must(store_->Lineage(runs)));
  });
  IsTheSameWhileCommitsComeIn(
      "paths", [&] { return Text(Must(store_->Paths({.from = Table("d230"), .to = Table("d260")})).graph); });
  LineageSpec down = spec;
  down.node = Table("d249");
  down.direction = Direction::kDownstream;
  IsTheSameWhileCommitsComeIn("impact", [&] { return Text(Must(store_->Impact(down)).graph); });
  IsTheSameWhileCommitsComeIn("shared", [&] {
    std::string out;
    for (const SharedAncestor& one :
         Must(store_->Shared({.nodes = {Table("d400"), Table("d300")}, .limit = 0})).ancestors)
      out += fmt::format("{}@{} ", NodeId(one.node), one.hops);
    return out;
  });
  IsTheSameWhileCommitsComeIn("difference", [&] {
    std::string out;
    for (const ChangedEdge& edge : Must(store_->Difference({.before = At(200), .after = At(90000)})).edges)
      out += NodeId(edge.from) + " " + NodeId(edge.to) + " ";
    return out;
  });
}

TEST_F(Slices, InheritedMetadataIsOfOneState) {
  IsTheSameWhileCommitsComeIn("inherit", [&] {
    const auto inherited = Must(store_->Inherit({.node = Table("d500"), .depth = 1000, .rules = {"owners=union"}}));
    std::string out;
    for (const auto* values : {&inherited.own, &inherited.inherited}) {
      for (const InheritedValue& value : *values) out += fmt::format("{}@{} ", value.value, value.distance);
    }
    return out;
  });
}

TEST_F(Slices, ReasonsAreOfOneState) {
  std::vector<std::string> jsons;
  for (int i = 0; i < 2000; ++i) jsons.push_back(Edge(0, 1, 1000 + i));
  store_.PutAll(jsons);
  for (const std::size_t limit : {0u, 7u}) {
    IsTheSameWhileCommitsComeIn("why", [&] {
      const auto why = Must(store_->Why({.from = Table("d0"), .to = {"", "job", "etl", "j1", ""}, .limit = limit}));
      std::string out = fmt::format("{} ", why.total);
      for (const EdgeReason& reason : why.reasons) {
        EXPECT_TRUE(reason.fact) << reason.stated_at.ns;
        out += fmt::format("{}/{} ", reason.stated_at.ns, reason.run_id);
      }
      return out;
    });
  }
}

TEST_F(Slices, ADumpIsOfOneState) {
  Meanwhile([&] {
    if (commits_ < 5) Commit();
  });
  const std::string meanwhile = DumpText(*store_);
  Meanwhile(nullptr);
  EXPECT_EQ(commits_, 5);
  EXPECT_TRUE(meanwhile == DumpText(*store_));
}

TEST_F(Slices, ADumpEndsHoweverFastCommitsCome) {
  std::string last;
  Meanwhile([&] {
    Commit();
    last = DumpText(*store_);
  });
  const std::string meanwhile = DumpText(*store_);
  Meanwhile(nullptr);
  EXPECT_TRUE(meanwhile == last) << "it is of the last commit, from the log";
}

TEST_F(Slices, ASealingInTheMiddleOfAQuestionChangesNothing) {
  const std::vector<std::function<std::string()>> questions = {
      [&] { return Text(Must(store_->Query({.limit = 0})).facts); },
      [&] { return Text(Must(store_->Query({.run_id = "big", .limit = 0})).facts); },
      [&] { return Text(Must(store_->History("volume", Table("orders"), {}))); },
      [&] { return Text(Must(store_->RunRecords("", "big"))); },
      [&] { return Text(Must(store_->Tail({1}, 1'000'000)).facts); },
      [&] {
        const auto result = Must(store_->Aggregate({.measures = {{}}, .by = {{GroupBy::Key::kTarget, ""}}}));
        return fmt::format("{} {}", result.rows.size(), result.facts);
      },
      [&] { return DumpText(*store_); },
  };
  for (std::size_t i = 0; i < questions.size(); ++i) {
    std::vector<std::string> more;
    for (int j = 0; j < kThings; ++j) {
      more.push_back(TestFact{.second = j, .rows = 100000 + static_cast<int>(i), .run = "big"}.Json());
    }
    store_.PutAll(more);
    const std::string before = questions[i]();
    bool sealed = false;
    Meanwhile([&] {
      if (sealed) return;
      sealed = true;
      EXPECT_TRUE(store_->Seal().ok());
    });
    const std::string meanwhile = questions[i]();
    Meanwhile(nullptr);
    EXPECT_TRUE(sealed) << i;
    // A dump holds sequence numbers and times alone, so it says the same of what is sealed.
    EXPECT_TRUE(meanwhile == before) << i << ": " << meanwhile.substr(0, 200) << "\n" << before.substr(0, 200);
  }
}

TEST_F(Slices, WhatIsSealedIsPrunedPieceByPiece) {
  const auto ask = [&] {
    return Text(Must(store_->Query({.limit = 0})).facts) + Text(Must(store_->RunRecords("", "big"))) +
           Text(Must(store_->History("volume", Table("orders"), {}))) +
           fmt::format("{}", Must(store_->Aggregate({.measures = {{}}})).facts);
  };
  const std::string before = ask();
  int asked = 0;
  Meanwhile([&] {
    EXPECT_TRUE(ask() == before);
    ++asked;
  });
  ASSERT_TRUE(store_->Seal().ok());
  Meanwhile(nullptr);
  EXPECT_GT(asked, 2);
  EXPECT_TRUE(ask() == before);
}

TEST_F(Slices, ASnapshotLetsCommitsInAndIsWhole) {
  Meanwhile([&] {
    if (commits_ < 40) Commit();
  });
  ASSERT_TRUE(store_->Seal().ok());
  Meanwhile(nullptr);
  EXPECT_GT(commits_, 0) << "the lock was held over all of it";
  const auto snapshots = std::filesystem::directory_iterator(store_.path() + "/views");
  EXPECT_GE(std::distance(begin(snapshots), end(snapshots)), 1) << "commits kept it from being written";
  const std::string before = DumpText(*store_);
  store_.Reopen();
  EXPECT_TRUE(DumpText(*store_) == before);
  ASSERT_TRUE(store_->Rebuild().ok());
  EXPECT_TRUE(DumpText(*store_) == before);
}

// Beside commits it takes the memory of all views once more: only where opening would take too long without.
TEST(Upkeep, WritesASnapshotBesideCommitsWhereOneIsOverdue) {
  for (const bool is_overdue : {false, true}) {
    SCOPED_TRACE(is_overdue);
    TestStore store({.segment_bytes = 20'000, .unsealed_segments_max = 1, .snapshot_records = 1'000'000});
    for (int i = 0; i < 400; ++i) store.Put(TestFact{.second = i});
    std::atomic<bool> commits = true;
    std::atomic<int> serial = 1000;
    store.hold().longest = std::chrono::nanoseconds(0);
    store.hold().on_pause = [&] {
      if (commits) store.Put(TestFact{.second = ++serial});
    };
    if (is_overdue) store.options().snapshot_records = 1;
    store.options().seal = true;
    store.Reopen();
    const auto count = [&](const std::string& folder, std::string_view part) {
      std::ptrdiff_t found = 0;
      std::error_code none;
      for (const auto& entry : std::filesystem::directory_iterator(store.path() + folder, none)) {
        const std::string name = entry.path().filename();
        found += name.find(part) != std::string::npos && !name.ends_with(".tmp") ? 1 : 0;
      }
      return found;
    };
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const auto is_done = [&] { return is_overdue ? count("/views", "snapshot") > 0 : count("/log", ".zst") >= 3; };
    while (!is_done() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(is_done());
    EXPECT_EQ(count("/views", "snapshot") > 0, is_overdue);
    EXPECT_GT(serial, 1000);
    commits = false;
  }
}

}  // namespace
}  // namespace cairn
