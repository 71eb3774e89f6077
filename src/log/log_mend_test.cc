// Taking over from a process that died before it could sync and publish its batch, on a disk that fails.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/log_under_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;

class LogMendTest : public LogTest {
 protected:
  // A process wrote a whole batch and died before it could sync and publish it.
  std::string AppendUnpublished(LogProcess& writer, std::uint64_t records) {
    TestLog more = Continue(writer.log().tail());
    more.Add(records);
    const std::string path = SegmentPath(writer.log().active()->first().value);
    EXPECT_TRUE((*files_->OpenAppend(path, false))->Append(more.bytes).ok());
    return more.bytes;
  }
};

// After a failed fdatasync a later one may succeed though the bytes are gone: the batch of a dead process is told to
// nobody before it is synced, and never once that failed.
TEST_F(LogMendTest, CannotSync) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Begin();
    {
      LogProcess writer(*this);
      ASSERT_TRUE(writer.Append(2).ok());
      const std::string before = ReadFileBytes(SegmentPath(1));
      const std::string batch = AppendUnpublished(writer, 1);
      LogProcess next(*this);
      FailNext(DiskOp::kSync, ".jsonl");
      EXPECT_THAT(next.Lock(), ElementsAre("1-2"));
      next.Unlock();
      EXPECT_EQ(next.control().durable(), Seq{2});
      EXPECT_EQ(next.log().active()->first(), Seq{3}) << "the segment takes no more writes";
      EXPECT_EQ(ReadFileBytes(SegmentPath(1)), before);
      EXPECT_EQ(Torn(), batch) << "what was cut is kept";
      ASSERT_TRUE(writer.Append(1).ok());
      ASSERT_TRUE(next.Append(1).ok());
      EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
  }
}

TEST_F(LogMendTest, CannotSyncTheFirstBatchOfASegment) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  ASSERT_TRUE(writer.Roll().ok());
  const std::string batch = AppendUnpublished(writer, 1);
  FailNext(DiskOp::kSync, ".jsonl");
  EXPECT_THAT(writer.Lock(), ElementsAre());
  writer.Unlock();
  EXPECT_EQ(Torn(), batch);
  ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-4"));
}

// Whatever else fails then, neither this process nor one that comes later takes what the failed fdatasync left.
TEST_F(LogMendTest, CannotSyncNorDoAnythingElse) {
  for (const DiskOp op : {DiskOp::kMakeDirs, DiskOp::kAppend, DiskOp::kTruncate, DiskOp::kCreate, DiskOp::kRename}) {
    for (const bool another : {false, true}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(op) << (another ? " another" : " the same"));
      Begin();
      LogProcess writer(*this);
      ASSERT_TRUE(writer.Append(2).ok());
      AppendUnpublished(writer, 1);
      FailNext(DiskOp::kSync, ".jsonl");
      FailNext(op, "", true);
      Visits visits;
      (void)writer.log().Lock(visits.Visitor());
      writer.Unlock();
      EXPECT_THAT(visits.seen, ElementsAre());
      files_->ClearFaults();
      LogProcess late(*this);
      LogProcess& next = another ? late : writer;
      ASSERT_TRUE(next.Append(2).ok());
      EXPECT_EQ(next.log().active()->first(), Seq{3});
      EXPECT_THAT(Replay(), ElementsAre("1-2", "3-4"));
    }
  }
}

TEST_F(LogMendTest, CannotSyncNorCutTheFirstBatchOfASegment) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  ASSERT_TRUE(writer.Roll().ok());
  AppendUnpublished(writer, 1);
  FailNext(DiskOp::kSync, ".jsonl");
  FailNext(DiskOp::kTruncate, "", true);
  Visits visits;
  EXPECT_FALSE(writer.log().Lock(visits.Visitor()).ok());
  EXPECT_FALSE(writer.log().Lock(visits.Visitor()).ok()) << "a second fdatasync would say that all is well";
  files_->ClearFaults();
  EXPECT_TRUE(writer.log().Lock(visits.Visitor()).ok());
  writer.Unlock();
  EXPECT_THAT(visits.seen, ElementsAre());
  ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-4"));
}

// After a power cut the page may lag behind what was answered. What stands then is on the disk: it is not given up.
TEST_F(LogMendTest, CannotSyncAfterARestartOfTheMachine) {
  for (const bool page_is_lost : {false, true}) {
    SCOPED_TRACE(page_is_lost);
    Begin();
    std::string page(64, '\0');
    {
      LogProcess writer(*this);
      ASSERT_TRUE(writer.Append(2).ok());
      if (!page_is_lost) page = ReadFileBytes(dir_ + "/LOCK");
      ASSERT_TRUE(writer.Append(1).ok());
    }
    files_->Crash(1);
    WriteFileBytes(dir_ + "/LOCK", page);
    LogProcess next(*this);
    FailNext(DiskOp::kSync, ".jsonl");
    EXPECT_FALSE(next.log().Lock(Visits().Visitor()).ok());
    ASSERT_TRUE(next.Append(1).ok());
    EXPECT_EQ(Torn(), "");
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
  }
}

TEST_F(LogMendTest, FailedFdatasyncAndNothingElseWorks) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  FailNext(DiskOp::kSync);
  FailNext(DiskOp::kTruncate, "", true);
  FailNext(DiskOp::kCreate, "", true);
  EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
  files_->ClearFaults();
  LogProcess next(*this);
  EXPECT_THAT(next.Lock(), ElementsAre("1-2"));
  next.Unlock();
  ASSERT_TRUE(next.Append(2).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-4"));
}

}  // namespace
}  // namespace cairn
