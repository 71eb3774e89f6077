// The state of scans, and scans whose store or state fails.

#include <fmt/format.h>

#include <fstream>
#include <set>
#include <thread>

#include "scan/scan_for_test.h"
#include "scan/scanner.h"

namespace cairn {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

TEST_F(ScanTest, TwoScansAtOnceAreRefused) {
  auto first = OpenScanner(*store_, "store");
  ASSERT_TRUE(first);
  EXPECT_EQ(OpenScanner(*store_, "store").status().code(), StatusCode::kUnavailable);
}

TEST_F(ScanTest, ALostStateCostsReadingButNoRecord) {
  Picture("a.jpg", "one");
  Scan();
  std::filesystem::remove_all(stores_.Sub("store/scan"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.to_read, 1u);
  EXPECT_EQ(report.records, 0u);
  EXPECT_EQ(Versions("a.jpg"), 1u);
}

class ScanOfADamagedState : public ScanTest {
 protected:
  ScanOfADamagedState() {
    Picture("a.jpg", "one");
    clock_.shift_ns = kMinute;
    Scan();
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(state_ + end);
  }
  void ExpectPutAside() {
    const ScanReport report = Scan();
    ASSERT_FALSE(report.notes.empty());
    EXPECT_NE(report.notes[0].find("is kept as"), std::string::npos) << report.notes[0];
    EXPECT_EQ(report.to_read, 1u);
  }

  const std::string state_ = stores_.Sub("store/scan/state.db");
};

TEST_F(ScanOfADamagedState, WhatIsNoStateIsPutAside) {
  std::ofstream(state_, std::ios::binary) << std::string(8192, 'x');
  ExpectPutAside();
}

TEST_F(ScanOfADamagedState, APartThatAPowerCutLeftIsPutAside) {
  std::filesystem::resize_file(state_, std::filesystem::file_size(state_) / 2);
  ExpectPutAside();
}

TEST_F(ScanOfADamagedState, OfWhichAPowerCutLeftNothingIsAsGoodAsNone) {
  std::filesystem::resize_file(state_, 0);
  const ScanReport report = Scan();
  EXPECT_TRUE(report.notes.empty()) << report.notes.front();
  EXPECT_EQ(report.to_read, 1U);
  EXPECT_EQ(report.records, 0U);
  EXPECT_EQ(Scan().unchanged, 1U);
}

TEST_F(ScanTest, AFirstStateIsWrittenWholeAndGoesOnInALog) {
  const std::string state = stores_.Sub("store/scan/state.db");
  Picture("a.jpg", "one");
  clock_.shift_ns = kMinute;
  Scan();
  EXPECT_TRUE(std::filesystem::exists(state));
  EXPECT_FALSE(std::filesystem::exists(state + ".new"));
  Picture("b.jpg", "two");
  EXPECT_EQ(Scan().to_read, 1U);
  EXPECT_TRUE(std::filesystem::exists(state + "-wal"));
  EXPECT_EQ(Scan().unchanged, 2U);
}

// What is left of a log of changes would be taken for one of the new file.
TEST_F(ScanTest, ALogOfAStateThatIsGoneIsGoneToo) {
  const std::string state = stores_.Sub("store/scan/state.db");
  Picture("a.jpg", "one");
  clock_.shift_ns = kMinute;
  Scan();
  Picture("b.jpg", "two");
  Scan();
  std::filesystem::remove(state);
  ASSERT_TRUE(std::filesystem::exists(state + "-wal"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.to_read, 2U);
  EXPECT_TRUE(report.notes.empty()) << report.notes.front();
  EXPECT_EQ(Scan().unchanged, 2U);
}

TEST_F(ScanTest, AStateOfAnotherStoreMisleadsNobody) {
  Picture("a.jpg", "one");
  clock_.shift_ns = kMinute;
  Scan();
  auto other = NewStore("other");
  std::filesystem::copy(stores_.Sub("store/scan"), stores_.Sub("other/scan"));
  Scan(*other, "other");
  EXPECT_NE(Payload(*other, PathOf("a.jpg")).find("\"one\""), std::string::npos);
}

TEST_F(ScanTest, WhatWentWhileThereWasNoStateIsFoundInEachRoot) {
  Picture("a/1.jpg", "one");
  Picture("b/1.jpg", "two");
  Picture("b/2.jpg", "three");
  options_.roots = {PathOf("a"), PathOf("b")};
  Scan();
  std::filesystem::remove_all(stores_.Sub("store/scan"));
  std::filesystem::remove(PathOf("b/1.jpg"));
  Picture("a/2.jpg", "new");
  options_.roots = {PathOf("a")};
  EXPECT_EQ(Scan().removed, 0U) << "of the other root it saw nothing";
  options_.roots = {PathOf("b")};
  EXPECT_EQ(Scan().removed, 1U);
  EXPECT_NE(Payload("b/1.jpg").find("removed"), std::string::npos);
  EXPECT_NE(Payload("b/2.jpg").find("present"), std::string::npos);
  options_.roots = {PathOf("a"), PathOf("b")};
  EXPECT_EQ(Scan().records, 0U);
}

TEST_F(ScanTest, WhatADeadScanRecordedAndItsStateDoesNotKnowIsLookedFor) {
  Picture("a.jpg", "one");
  Scan();
  // As it stands while the next one is under way.
  std::filesystem::copy(stores_.Sub("store/scan"), stores_.Sub("before"));
  Picture("b.jpg", "two");
  Picture("sub/deep/c.jpg", "three");
  Picture("a.jpg", "changed");
  // More than are handed over at once: of the first, records stand while the last are read.
  for (int i = 0; i < 200; ++i) Picture(fmt::format("more/{}.jpg", i), std::to_string(i));
  std::set<std::string> ahead;
  options_.workers = 1;
  options_.while_reading = [&](const std::string&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    ahead.insert(*(*StateDb::OpenToRead(stores_.Sub("store/scan")))->Meta("ahead"));
  };
  Scan();
  options_.while_reading = nullptr;
  EXPECT_TRUE(ahead.contains("yes"));
  std::filesystem::remove(PathOf("b.jpg"));
  std::filesystem::remove_all(PathOf("sub"));
  Picture("a.jpg", "one");
  std::filesystem::remove_all(stores_.Sub("store/scan"));
  std::filesystem::rename(stores_.Sub("before"), stores_.Sub("store/scan"));
  {
    auto state = std::move(*StateDb::Open(stores_.Sub("store/scan")));
    ASSERT_TRUE(state->SaveMeta("ahead", "yes").ok());
    // A folder whose own folder was not written any more.
    StoredFolder sub;
    AppendEntry(sub.entries, {.name = "deep", .kind = FileKind::kFolder});
    StoredFolder deep;
    AppendEntry(deep.entries, {.name = "c.jpg", .kind = FileKind::kFile});
    ASSERT_TRUE(state->SaveFolder(PathOf("sub"), sub).ok());
    ASSERT_TRUE(state->SaveFolder(PathOf("sub/deep"), deep).ok());
    ASSERT_TRUE(state->Commit().ok());
  }
  EXPECT_EQ(Scan().removed, 2u) << "of the others nothing is gone";
  EXPECT_NE(Payload("b.jpg").find("removed"), std::string::npos);
  EXPECT_NE(Payload("sub/deep/c.jpg").find("removed"), std::string::npos);
  EXPECT_NE(Payload("a.jpg").find("\"one\""), std::string::npos) << "what was taken back since";
  EXPECT_EQ(*(*StateDb::OpenToRead(stores_.Sub("store/scan")))->Meta("ahead"), "");
  EXPECT_EQ(Scan().records, 0u);
}

TEST_F(ScanTest, WhatWasGoneAndCameBackStands) {
  Picture("zz/a.jpg", "one");
  Scan();
  {
    // As a scan leaves it that was stopped before it recorded what is gone.
    auto state = std::move(*StateDb::Open(stores_.Sub("store/scan")));
    for (int i = 0; i < 5000; ++i) {
      ASSERT_TRUE(state->SaveRemoval({PathOf(fmt::format("gone{}", i)), {}, "it is gone"}).ok());
    }
    ASSERT_TRUE(state->SaveRemoval({PathOf("zz/a.jpg"), {}, "it is gone"}).ok());
    ASSERT_TRUE(state->DropFolder(PathOf("zz")).ok());
    ASSERT_TRUE(state->Commit().ok());
  }
  Scan();
  EXPECT_NE(Payload("zz/a.jpg").find("present"), std::string::npos);
}

TEST_F(ScanTest, AScanThatIsStoppedLeavesWhatWentToTheNext) {
  for (int i = 0; i < 40; ++i) Picture(fmt::format("{}.jpg", i), std::to_string(i));
  Scan();
  std::filesystem::remove_all(stores_.Sub("store/scan"));
  std::filesystem::remove(PathOf("7.jpg"));
  for (int i = 0; i < 40; ++i) Picture(fmt::format("new{}.jpg", i), std::to_string(i) + " new");
  std::atomic<int> read = 0;
  options_.while_reading = [&](const std::string&) { stop_ = ++read > 50; };
  EXPECT_TRUE(Scan().stopped);
  options_.while_reading = {};
  stop_ = false;
  EXPECT_EQ(Scan().removed, 1U);
  EXPECT_NE(Payload("7.jpg").find("removed"), std::string::npos);
}

TEST_F(ScanTest, AStateIsMadeWithTheFirstThatItIsToKeep) {
  Picture("a.jpg", "one");
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner);
  ASSERT_TRUE((*scanner)->DryRun([](const std::string&, const std::string&) {}, stop_));
  EXPECT_FALSE(std::filesystem::exists(stores_.Sub("store/scan/state.db")));
  ASSERT_TRUE((*scanner)->Scan(stop_));
  EXPECT_TRUE(std::filesystem::exists(stores_.Sub("store/scan/state.db")));
}

TEST_F(ScanTest, WhereNothingCanBeStoredTheRestIsNotRead) {
  for (int i = 0; i < 400; ++i) Picture(fmt::format("d{}/{}.jpg", i % 20, i), std::to_string(i));
  std::atomic<int> read = 0;
  options_.while_reading = [&](const std::string&) {
    ++read;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  const auto full = [] { return Result<Repository*>(StatusCode::kResourceExhausted, "the disk is full"); };
  {
    auto scanner =
        Scanner::Open({full, stores_.Sub("new/log"), zygote_.get(), &clock_}, stores_.Sub("new/scan"), options_);
    ASSERT_TRUE(scanner) << scanner.status();
    EXPECT_EQ((*scanner)->Scan(stop_).status().code(), StatusCode::kResourceExhausted);
  }
  EXPECT_LT(read, 200);
  options_.while_reading = {};
  auto store = NewStore("new");
  EXPECT_EQ(Scan(*store, "new").added, 400U) << "nothing was taken for stored";
}

TEST_F(ScanTest, WhereTheStateCannotBeMadeNothingIsStored) {
  for (int i = 0; i < 100; ++i) Picture(fmt::format("{}.jpg", i), std::to_string(i));
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner);
  std::filesystem::create_directory(stores_.Sub("store/scan/state.db"));
  const Status failed = (*scanner)->Scan(stop_).status();
  EXPECT_EQ(failed.code(), StatusCode::kUnavailable) << failed;
  EXPECT_NE(failed.message().find("state.db: Is a directory"), std::string::npos) << failed;
  EXPECT_EQ(store_->Stats()->records, 0U);
}

}  // namespace
}  // namespace cairn
