// Several repositories on one folder, as several processes have it: each sees what the others wrote, whatever was
// sealed or cut meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <thread>

#include "fault_file_system.h"
#include "store/store_for_test.h"
#include "store_files.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Processes : public testing::Test {
 protected:
  // Stored alternately, this is a store of one.
  void PutMany(Repository& repository, int from, int to) {
    for (int i = from; i < to; ++i) {
      const auto stored = repository.Store(TestFact{.second = i, .run = "r"}.Json());
      ASSERT_TRUE(stored) << stored.status();
      ASSERT_FALSE(stored->known);
    }
  }
  void ExpectBothHave(std::size_t records) {
    EXPECT_THAT(HistoryOf(*a_, "volume", Table("orders")), SizeIs(records));
    EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(records));
    const std::string dump = DumpText(*a_);
    EXPECT_EQ(DumpText(*b_), dump);
    EXPECT_EQ(AllRecords(*b_), AllRecords(*a_));
    EXPECT_EQ(DumpText(*a_.Another()), dump) << "a third, which opens now";
  }

  TestStore a_{{.segment_bytes = 3000}};
  std::unique_ptr<Repository> b_ = a_.Another();
};

TEST_F(Processes, FollowEachOther) {
  for (int i = 0; i < 30; ++i) {
    Repository& writer = i % 3 == 0 ? *b_ : *a_;
    Repository& reader = i % 3 == 0 ? *a_ : *b_;
    const auto stored = writer.Store(TestFact{.second = i}.Json());
    ASSERT_TRUE(stored) << stored.status();
    EXPECT_EQ(stored->seq.value, static_cast<std::uint64_t>(i) + 1);
    EXPECT_EQ(Must(reader.Latest("volume", Table("orders"))).seq(), stored->seq);
  }
  ExpectBothHave(30);
}

TEST_F(Processes, KnowWhatTheOtherStored) {
  PutMany(*a_, 0, 5);
  PutMany(*b_, 5, 10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(Must(a_->Store(TestFact{.second = i, .run = "r"}.Json())).known) << i;
    EXPECT_TRUE(Must(b_->Store(TestFact{.second = i, .run = "r"}.Json())).known) << i;
  }
  ExpectBothHave(10);
}

TEST_F(Processes, KnowWhatTheyOnlyReadOfTheOther) {
  PutMany(*b_, 0, 1);
  PutMany(*a_, 1, 3);
  EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(3));
  EXPECT_TRUE(Must(b_->Store(TestFact{.second = 2, .run = "r"}.Json())).known);
  ExpectBothHave(3);
}

TEST_F(Processes, OneSealsWhileTheOtherIsOpen) {
  PutMany(*a_, 0, 20);
  EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(20));
  const Fact held = Must(b_->Latest("volume", Table("orders")));
  ASSERT_TRUE(a_->Seal().ok());
  EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(20)) << "from the lines it still has";
  EXPECT_EQ(held.record(), (TestFact{.second = 19, .run = "r"}.Json()));
  PutMany(*b_, 20, 40);
  ExpectBothHave(40);
  ASSERT_TRUE(b_->Seal().ok());
  PutMany(*a_, 40, 50);
  ExpectBothHave(50);
}

TEST_F(Processes, AFollowerMayBeSeveralSealedSegmentsBehind) {
  PutMany(*b_, 0, 2);
  for (int round = 0; round < 3; ++round) {
    PutMany(*a_, 2 + round * 20, 22 + round * 20);
    ASSERT_TRUE(a_->Seal().ok());
  }
  EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(62));
  ExpectBothHave(62);
}

TEST_F(Processes, AWriterMayBeSeveralSealedSegmentsBehind) {
  PutMany(*b_, 0, 2);
  for (int round = 0; round < 3; ++round) {
    PutMany(*a_, 2 + round * 20, 22 + round * 20);
    ASSERT_TRUE(a_->Seal().ok());
  }
  EXPECT_TRUE(Must(b_->Store(TestFact{.second = 30, .run = "r"}.Json())).known)
      << "what was sealed behind its back too";
  PutMany(*b_, 62, 64);
  ExpectBothHave(64);
}

TEST_F(Processes, SealAfterTheOtherWroteOn) {
  PutMany(*a_, 0, 10);
  ASSERT_TRUE(b_->Seal().ok());
  PutMany(*a_, 10, 20);
  ASSERT_TRUE(b_->Seal().ok());
  ASSERT_TRUE(a_->Seal().ok());
  ExpectBothHave(20);
  EXPECT_EQ(LogFiles(a_.path(), ".jsonl").size(), 1u);
}

TEST_F(Processes, RebuildWhileTheOtherWrites) {
  PutMany(*a_, 0, 20);
  ASSERT_TRUE(b_->Rebuild().ok());
  PutMany(*a_, 20, 25);
  ASSERT_TRUE(a_->Seal().ok());
  ASSERT_TRUE(b_->Rebuild().ok());
  PutMany(*b_, 25, 30);
  ExpectBothHave(30);
}

TEST_F(Processes, WaitForNewsOfTheOther) {
  EXPECT_EQ(b_->WaitFor({0}, std::chrono::milliseconds(1)).code(), StatusCode::kDeadlineExceeded);
  PutMany(*a_, 0, 1);
  EXPECT_TRUE(b_->WaitFor({0}, std::chrono::seconds(10)).ok()) << "there already";
  Status status;
  std::thread waiter([&] { status = b_->WaitFor({1}, std::chrono::seconds(20)); });
  PutMany(*a_, 1, 2);
  waiter.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Must(b_->Tail({2}, 10)).facts.size(), 1u);
}

TEST_F(Processes, WriteAtOnce) {
  const auto write = [](Repository& repository, int base, int* refused) {
    for (int i = 0; i < 80; ++i) {
      // Every fourth is sent by both.
      if (!repository.Store(TestFact{.second = i % 4 == 0 ? i : base + i, .run = "r"}.Json())) ++*refused;
      if (i % 30 == 29 && base > 1000 && !repository.Seal().ok()) ++*refused;
    }
  };
  int refused_a = 0;
  int refused_b = 0;
  std::thread other([&] { write(*b_, 2000, &refused_b); });
  write(*a_, 1000, &refused_a);
  other.join();
  EXPECT_EQ(refused_a + refused_b, 0);
  ExpectBothHave(20 + 60 + 60);
  const auto history = HistoryOf(*a_, "volume", Table("orders"));
  EXPECT_EQ(std::set<std::uint64_t>(history.begin(), history.end()).size(), history.size());
}

TEST_F(Processes, WhatOneTookFromADeadWriterTheOtherSees) {
  PutMany(*a_, 0, 5);
  // A writer died within a line.
  const std::string file = LogFiles(a_.path(), ".jsonl").back();
  WriteBytes(file, ReadBytes(file) + R"({"seq":6,"ingested_at":"2026)");
  EXPECT_THAT(HistoryOf(*b_, "volume", Table("orders")), SizeIs(5)) << "readers stop before it";
  PutMany(*b_, 5, 10);
  ExpectBothHave(10);
  EXPECT_EQ(TornBytes(a_.path()), R"({"seq":6,"ingested_at":"2026)");
  EXPECT_THAT(Must(a_->Verify()).notes, ElementsAre(HasSubstr("torn")));
  EXPECT_THAT(Must(a_->Verify()).damage, IsEmpty());
}

// What was read from the log before a failure stays read.
class ProcessesOnABadDisk : public testing::Test {
 protected:
  ProcessesOnABadDisk() {
    a_ = OpenStoreOn(files_, path_, {});
    b_ = OpenStoreOn(files_, path_, {});
    EXPECT_TRUE(a_.status.ok() && b_.status.ok());
    EXPECT_TRUE(Put(*a_.repository, 1) && Put(*b_.repository, 2));
    // b's next lock finds a torn end, which it cannot put away.
    const std::string file = LogFiles(path_, ".jsonl").back();
    WriteBytes(file, ReadBytes(file) + "torn");
    files_.Fail({.op = DiskOp::kAny, .nth = 1, .path_part = "torn", .keeps_failing = true});
  }
  static Result<Stored> Put(Repository& repository, std::int64_t second) {
    return repository.Store(TestFact{.second = second}.Json());
  }

  TempDir temp_;
  std::string path_ = temp_.Sub("disk/store");
  FaultFileSystem files_{temp_.Sub("disk")};
  OpenedStore a_;
  OpenedStore b_;
};

TEST_F(ProcessesOnABadDisk, AFailedStoreForgetsNothingOfTheOthers) {
  EXPECT_FALSE(Put(*a_.repository, 3));
  files_.ClearFaults();
  EXPECT_THAT(HistoryOf(*a_.repository, "volume", Table("orders")), ElementsAre(1, 2));
  EXPECT_TRUE(Must(Put(*a_.repository, 2)).known) << "the other's record is known all the same";
  EXPECT_EQ(Must(Put(*a_.repository, 3)).seq.value, 3u);
  EXPECT_EQ(DumpText(*b_.repository), DumpText(*a_.repository));
}

TEST_F(ProcessesOnABadDisk, AFailedSealForgetsNothingOfTheOthers) {
  EXPECT_FALSE(a_.repository->Seal().ok());
  files_.ClearFaults();
  EXPECT_THAT(HistoryOf(*a_.repository, "volume", Table("orders")), ElementsAre(1, 2));
  EXPECT_TRUE(Must(Put(*a_.repository, 2)).known);
  EXPECT_EQ(Must(Put(*a_.repository, 3)).seq.value, 3u);
  EXPECT_EQ(DumpText(*b_.repository), DumpText(*a_.repository));
}

// What a dead writer left and cannot be synced is in no answer, not even that it is known already, and is told.
TEST_F(ProcessesOnABadDisk, WhatADeadWriterLeftAndCannotBeSynced) {
  files_.ClearFaults();
  ASSERT_TRUE(Put(*a_.repository, 3));
  const std::string file = LogFiles(path_, ".jsonl").back();
  const std::string before = ReadBytes(file);
  const std::string page = ReadBytes(path_ + "/LOCK");
  b_ = {};
  ASSERT_TRUE(Put(*a_.repository, 4));
  a_ = {};
  WriteBytes(path_ + "/LOCK", page);  // As if its writer had died before publishing it.
  files_.Fail({.op = DiskOp::kSync, .nth = 1, .path_part = ".jsonl"});
  b_ = OpenStoreOn(files_, path_, {});
  ASSERT_TRUE(b_.status.ok()) << b_.status;
  EXPECT_THAT(HistoryOf(*b_.repository, "volume", Table("orders")), ElementsAre(1, 2, 3));
  EXPECT_FALSE(Must(Put(*b_.repository, 4)).known);
  EXPECT_EQ(ReadBytes(file), before) << "the segment takes no more writes";
  EXPECT_THAT(Must(b_.repository->Verify()).notes, ElementsAre(HasSubstr("torn"), HasSubstr("could not be synced")));
}

}  // namespace
}  // namespace cairn
