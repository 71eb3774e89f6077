// The log on a disk that fails, fills up and forgets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/log_under_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;

class LogFaultTest : public LogTest {
 protected:
  // The file itself is the second that is made: whether one can be made is tried first.
  void FailRoll(DiskOp op) {
    const std::uint64_t nth = op == DiskOp::kCreate ? 2 : 1;
    files_->Fail({op, nth, "", {StatusCode::kUnavailable, "injected"}, false});
  }
  // What an older roll began stands where the next segment is to be.
  void LeaveSomethingAt(std::uint64_t first) {
    auto file = files_->OpenAppend(SegmentPath(first), true);
    ASSERT_TRUE(file) << file.status();
    ASSERT_TRUE((*file)->Append("{\"seq\":").ok());
  }
};

TEST_F(LogFaultTest, ForgetfulDisk) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Begin();
    LogProcess(*this, {.segment_bytes = 1500}).AppendEach({1, 2, 3, 1, 2});
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-3", "4-6", "7-7", "8-9")) << "seed " << seed;
  }
}

TEST_F(LogFaultTest, FailedFdatasync) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  const std::string before = ReadFileBytes(SegmentPath(1));
  FailNext(DiskOp::kSync);
  EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
  EXPECT_EQ(ReadFileBytes(SegmentPath(1)), before) << "the batch is cut again";
  EXPECT_EQ(writer.log().tail().last, Seq{2});
  EXPECT_EQ(writer.control().durable(), Seq{2}) << "no reader sees it";
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(ReadFileBytes(SegmentPath(1)), before) << "the segment takes no more writes";
  EXPECT_EQ(writer.log().active()->first(), Seq{3});
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3"));
}

TEST_F(LogFaultTest, FailedFdatasyncWhileAnotherFollows) {
  LogProcess writer(*this);
  LogProcess other(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  FailNext(DiskOp::kSync);
  EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
  EXPECT_THAT(other.Follow(), ElementsAre("1-2"));
  ASSERT_TRUE(other.Append(1).ok());
  EXPECT_EQ(other.log().active()->first(), Seq{3}) << "nor from another process";
  EXPECT_THAT(writer.Follow(), ElementsAre("3-3"));
}

TEST_F(LogFaultTest, FailedFdatasyncThenCrash) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Begin();
    {
      LogProcess writer(*this);
      ASSERT_TRUE(writer.Append(1).ok());
      FailNext(DiskOp::kSync);
      EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
      FailNext(DiskOp::kSync);
      EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown) << "the first batch of the new segment";
      ASSERT_TRUE(writer.Append(2).ok());
      ASSERT_TRUE(writer.Append(1).ok());
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-3", "4-4"));
  }
}

// What cannot even be cut stands behind the segment's end, and the next segment begins before it.
TEST_F(LogFaultTest, FailedFdatasyncAndFailedCut) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  FailNext(DiskOp::kSync);
  FailNext(DiskOp::kTruncate);
  EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
  ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-4"));
}

TEST_F(LogFaultTest, DiskFull) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  const std::string before = ReadFileBytes(SegmentPath(1));
  for (const std::uint64_t room : {0, 1, 100, 300}) {
    files_->SetDiskBytes(files_->used_bytes() + room);
    EXPECT_EQ(writer.Append(2).code(), StatusCode::kResourceExhausted) << room;
    EXPECT_EQ(ReadFileBytes(SegmentPath(1)), before) << "nothing was stored";
    EXPECT_EQ(writer.log().tail().last, Seq{2});
  }
  files_->SetDiskBytes(std::nullopt);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3"));
}

TEST_F(LogFaultTest, DiskFullAndFailedCut) {
  LogProcess writer(*this);
  LogProcess other(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  files_->SetDiskBytes(files_->used_bytes() + 50);
  FailNext(DiskOp::kTruncate);
  EXPECT_EQ(writer.Append(1).code(), StatusCode::kResourceExhausted);
  files_->SetDiskBytes(std::nullopt);
  ASSERT_TRUE(other.Append(1).ok()) << "it finds a torn tail";
  EXPECT_EQ(Torn().size(), 50U);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
}

// The new file stands and is empty, but the folder could not be synced: whatever comes next, nothing may be written
// behind the place where that file says the old one ends.
TEST_F(LogFaultTest, FailedRoll) {
  for (const DiskOp op : {DiskOp::kCreate, DiskOp::kSyncDir, DiskOp::kTruncate}) {
    SCOPED_TRACE(static_cast<int>(op));
    Begin();
    LogProcess writer(*this);
    LogProcess other(*this);
    ASSERT_TRUE(writer.Append(2).ok());
    ASSERT_TRUE(other.Append(1).ok());
    if (op == DiskOp::kTruncate) LeaveSomethingAt(4);
    FailRoll(op);
    EXPECT_FALSE(writer.Roll().ok());
    ASSERT_TRUE(other.Append(1).ok());
    ASSERT_TRUE(writer.Append(1).ok());
    ASSERT_TRUE(other.Append(1).ok());
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4", "5-5", "6-6"));
  }
}

TEST_F(LogFaultTest, ARollForWhichNoFileCanBeMade) {
  Begin();
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  FailNext(DiskOp::kCreate, "", true);
  EXPECT_FALSE(writer.Roll().ok());
  EXPECT_TRUE(writer.Append(1).ok()) << "the segment goes on";
  files_->ClearFaults();
  EXPECT_TRUE(writer.Append(1).ok());
  EXPECT_FALSE(files_->Exists(SegmentPath(3)));
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
}

TEST_F(LogFaultTest, FailedRollUnderTheLock) {
  for (const DiskOp op : {DiskOp::kCreate, DiskOp::kSyncDir, DiskOp::kTruncate}) {
    SCOPED_TRACE(static_cast<int>(op));
    Begin();
    LogProcess writer(*this);
    ASSERT_TRUE(writer.Append(2).ok());
    writer.Lock();
    if (op == DiskOp::kTruncate) LeaveSomethingAt(3);
    FailRoll(op);
    EXPECT_FALSE(writer.log().Roll().ok());
    const std::string record = TestRecord(3);
    const std::string_view view = record;
    EXPECT_TRUE(writer.log().Append(std::span(&view, 1)).has_value());
    writer.Unlock();
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3"));
  }
}

// A process dies at any operation of a roll, while another lives on and writes.
TEST_F(LogFaultTest, KilledWhileRolling) {
  for (std::uint64_t nth = 1; nth < 6; ++nth) {
    SCOPED_TRACE(nth);
    Begin();
    LogProcess survivor(*this, {.files = FileSystem::Default()});
    ASSERT_TRUE(survivor.Append(2).ok());
    {
      Remount();
      LogProcess dying(*this);
      dying.Lock();
      files_->PowerOffAt(nth);
      (void)dying.log().Roll();
      dying.Unlock();
    }
    files_->Restart();
    ASSERT_TRUE(survivor.Append(1).ok());
    ASSERT_TRUE(survivor.Append(1).ok());
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
  }
}

// The segment that a dying process made is not surely in its folder before somebody syncs that.
TEST_F(LogFaultTest, KilledWhileRollingThenCrash) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Begin();
    {
      LogProcess dying(*this);
      ASSERT_TRUE(dying.Append(2).ok());
      FailNext(DiskOp::kSyncDir);
      EXPECT_FALSE(dying.Roll().ok());
    }
    {
      LogProcess next(*this);
      ASSERT_TRUE(next.Append(1).ok());
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3"));
  }
}

TEST_F(LogFaultTest, MendingFails) {
  for (const DiskOp op : {DiskOp::kMakeDirs, DiskOp::kAppend, DiskOp::kTruncate, DiskOp::kRename}) {
    SCOPED_TRACE(static_cast<int>(op));
    Begin();
    const TestLog log({1, 1});
    WriteBytes(1, log.bytes.substr(0, log.bytes.size() - 5));
    LogProcess writer(*this);
    FailNext(op);
    EXPECT_FALSE(writer.log().Lock(Visits().Visitor()).ok());
    EXPECT_TRUE(writer.control().lock()->TryLock().ok()) << "on error the lock is not held";
    writer.control().lock()->Unlock();
    ASSERT_TRUE(writer.Append(1).ok());
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2"));
  }
}

TEST_F(LogFaultTest, NeverSyncsWhenToldSo) {
  LogProcess writer(*this, {.sync = Sync::kNever});
  ASSERT_TRUE(writer.Append(1).ok());
  FailNext(DiskOp::kSync, "", true);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(writer.control().durable(), Seq{2}) << "answered is visible all the same";
}

TEST_F(LogFaultTest, SyncsWhatWasAppendedSince) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Begin();
    {
      LogProcess writer(*this, {.sync = Sync::kInterval});
      writer.AppendEach({1, 2});
      ASSERT_TRUE(writer.log().SyncNow().ok());
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-3")) << seed;
  }
}

// A closed segment is on the disk before the next one begins, else a crash would leave a hole in the middle.
TEST_F(LogFaultTest, ASegmentIsSyncedBeforeTheNextBegins) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Begin();
    {
      LogProcess writer(*this, {.sync = Sync::kNever});
      writer.AppendEach({1, 2});
      ASSERT_TRUE(writer.Roll().ok());
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-3")) << seed;
  }
}

// Nor does it matter who appended what is not synced.
TEST_F(LogFaultTest, ASegmentIsSyncedBeforeAnotherProcessBeginsTheNext) {
  for (const bool grown_over : {false, true}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Begin();
      {
        LogProcess lazy(*this, {.sync = Sync::kInterval});
        LogProcess other(*this, {.sync = Sync::kInterval, .segment_bytes = grown_over ? 1U : 1U << 20});
        lazy.AppendEach({1, 2});
        ASSERT_TRUE((grown_over ? other.Append(1) : other.Roll()).ok());
      }
      files_->Crash(seed);
      const auto replayed = Replay();
      ASSERT_GE(replayed.size(), 2U) << seed;
      EXPECT_THAT(std::vector(replayed.begin(), replayed.begin() + 2), ElementsAre("1-1", "2-3")) << seed;
    }
  }
}

TEST_F(LogFaultTest, FailedFdatasyncOfAnIntervalEndsTheSegment) {
  LogProcess writer(*this, {.sync = Sync::kInterval});
  ASSERT_TRUE(writer.Append(1).ok());
  FailNext(DiskOp::kSync);
  EXPECT_FALSE(writer.log().SyncNow().ok());
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(writer.log().active()->first(), Seq{2}) << "the segment takes no more writes";
}

}  // namespace
}  // namespace cairn
