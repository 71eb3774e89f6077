// Zeros ahead of short commits: when they are made and cut, and that nothing but them is ever taken for room.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/log_under_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kRoom = 8192;

class LogRoomTest : public LogTest {
 protected:
  [[nodiscard]] std::string Bytes(std::uint64_t segment = 1) const { return ReadFileBytes(SegmentPath(segment)); }
  [[nodiscard]] std::string Lines(std::uint64_t segment = 1) const {
    const std::string bytes = Bytes(segment);
    return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
  }
  [[nodiscard]] std::uint64_t Room(std::uint64_t segment = 1) const {
    return Bytes(segment).size() - Lines(segment).size();
  }
  // A process that dies writes over the room, and not to its end.
  void WriteIntoRoom(std::string_view bytes) {
    auto file = files_->OpenAppend(SegmentPath(1), false);
    ASSERT_TRUE(file) << file.status();
    ASSERT_TRUE((*file)->WriteAt(Lines().size(), bytes).ok());
  }
};

class PausingClock final : public Clock {
 public:
  Timestamp Now() override { return {now_ns += step_ns}; }
  std::int64_t now_ns = 1'768'000'000'000'000'000;
  std::int64_t step_ns = 1'000'000;
};

TEST_F(LogRoomTest, IsMadeAfterShortCommitsThatFollowEachOther) {
  PausingClock clock;
  LogProcess writer(*this, {.room_bytes = kRoom, .room_after = 3}, {0}, &clock);
  writer.AppendEach({1, 1, 1, 1});
  EXPECT_EQ(Room(), 0U);
  clock.step_ns = 200'000'000;
  writer.AppendEach({1, 1, 1, 1, 1, 1});
  EXPECT_EQ(Room(), 0U) << "each waited for";
  clock.step_ns = 1'000'000;
  writer.AppendEach({1, 1, 1});
  EXPECT_EQ(Room(), 0U);
  writer.AppendEach({400});
  writer.AppendEach({1, 1, 1});
  EXPECT_EQ(Room(), 0U) << "one that is not short begins anew";
  const std::uint64_t before = Bytes().size();
  writer.AppendEach({1});
  EXPECT_EQ(Bytes().size(), before + kRoom);
  EXPECT_GT(Room(), 0U);
  EXPECT_THAT(Replay(), SizeIs(18));
}

TEST_F(LogRoomTest, IsNotMadeWhereNobodyWaitsForASync) {
  for (const Sync sync : {Sync::kInterval, Sync::kNever}) {
    Begin();
    LogProcess writer(*this, {.sync = sync, .room_bytes = kRoom});
    writer.AppendEach({1, 1, 1, 1});
    EXPECT_EQ(Room(), 0U);
  }
  Begin();
  LogProcess writer(*this);
  writer.AppendEach({1, 1, 1, 1});
  EXPECT_EQ(Room(), 0U) << "of no bytes";
}

TEST_F(LogRoomTest, IsWrittenOverWithTheBytesThatStandWithoutIt) {
  {
    LogProcess plain(*this);
    plain.AppendEach({1, 2, 1});
  }
  const std::size_t without = Bytes().size();
  Begin();
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 2});
  const std::uint64_t bytes = Bytes().size();
  writer.AppendEach({1});
  EXPECT_EQ(Bytes().size(), bytes) << "the file does not grow";
  EXPECT_EQ(Lines().size(), without);
  TestLog log({1, 2, 1});
  EXPECT_EQ(Lines().size(), log.bytes.size());
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-3", "4-4"));
}

TEST_F(LogRoomTest, IsMadeAnewWhereABatchDoesNotFit) {
  LogProcess writer(*this, {.room_bytes = 1024});
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_LE(Room(), 1024U);
  EXPECT_THAT(Replay(), SizeIs(30));
}

TEST_F(LogRoomTest, DoesNotReachBeyondTheSegment) {
  LogProcess writer(*this, {.segment_bytes = 4000, .room_bytes = kRoom});
  writer.AppendEach({1, 1, 1});
  EXPECT_EQ(Bytes().size(), 4000U);
  while (Segments().size() < 3) ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(Room(), 0U) << "of a closed segment it is cut off";
  EXPECT_LE(Bytes().size(), 4000U);
}

TEST_F(LogRoomTest, IsCutOff) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1, 1});
  ASSERT_GT(Room(), 0U);
  const std::string lines = Lines();
  writer.log().CutRoom();
  EXPECT_EQ(Bytes(), lines);
  EXPECT_TRUE(writer.control().lock()->TryLock().ok()) << "the lock is not held";
  writer.control().lock()->Unlock();
  writer.AppendEach({1, 1});
  EXPECT_GT(Room(), 0U) << "and is made again where commits go on";
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-4", "5-5"));
}

TEST_F(LogRoomTest, IsCutOffByARoll) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1, 1});
  const std::string lines = Lines();
  ASSERT_TRUE(writer.Roll().ok());
  EXPECT_EQ(Bytes(), lines);
}

TEST_F(LogRoomTest, IsLeftToWhoWroteLast) {
  LogProcess maker(*this, {.room_bytes = kRoom});
  LogProcess other(*this);
  maker.AppendEach({1, 1, 1});
  EXPECT_EQ(other.Lock().size(), 3U);
  other.Unlock();
  other.AppendEach({1});
  const std::uint64_t bytes = Bytes().size();
  maker.log().CutRoom();
  EXPECT_EQ(Bytes().size(), bytes);
  other.log().CutRoom();
  EXPECT_EQ(Room(), 0U);
  EXPECT_THAT(maker.Follow(), ElementsAre("4-4"));
  ASSERT_TRUE(maker.Append(1).ok());
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-4", "5-5"));
}

TEST_F(LogRoomTest, IsLeftByWhoDidNotWriteLastUnlessItIsQuiet) {
  PausingClock clock;
  LogProcess maker(*this, {.room_bytes = kRoom}, {0}, &clock);
  LogProcess other(*this, {}, {0}, &clock);
  maker.AppendEach({1, 1, 1});
  other.Lock();
  other.Unlock();
  other.log().CutRoom();
  EXPECT_GT(Room(), 0U);
  clock.now_ns += 1'000'000'000;
  other.log().CutRoom();
  EXPECT_EQ(Room(), 0U);
}

TEST_F(LogRoomTest, IsLeftWhileAnotherHoldsTheLock) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  LogProcess other(*this);
  writer.AppendEach({1, 1, 1});
  other.Lock();
  writer.log().CutRoom();
  EXPECT_GT(Room(), 0U);
  other.Unlock();
}

TEST_F(LogRoomTest, TwoWritersTakeTurnsInIt) {
  LogProcess one(*this, {.room_bytes = kRoom});
  LogProcess two(*this, {.room_bytes = kRoom});
  std::size_t followed = 0;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE((i % 3 == 0 ? one : two).Append(1).ok());
    followed += one.Follow().size();
    if (i % 5 == 0) one.log().CutRoom();
  }
  EXPECT_THAT(Replay(), SizeIs(20));
  EXPECT_EQ(Torn(), "");
  EXPECT_GT(Room(), 0U);
  EXPECT_EQ(followed, 13U) << "what the other wrote";
}

TEST_F(LogRoomTest, AProcessDiesInIt) {
  const std::string cut = R"({"seq":4,"rec)";
  for (const bool another : {false, true}) {
    SCOPED_TRACE(another);
    Begin();
    LogProcess writer(*this, {.room_bytes = kRoom});
    writer.AppendEach({1, 1, 1});
    WriteIntoRoom(cut);
    LogProcess late(*this);
    ASSERT_TRUE((another ? late : writer).Append(1).ok());
    EXPECT_EQ(Torn(), cut) << "what was written and no zeros";
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-4"));
  }
}

TEST_F(LogRoomTest, AWholeBatchInItThatWasNotPublishedCounts) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  LogProcess other(*this);
  writer.AppendEach({1, 1, 1});
  TestLog more = Continue(writer.log().tail());
  more.Add(2);
  WriteIntoRoom(more.bytes);
  EXPECT_THAT(other.Follow(), ElementsAre("1-1", "2-2", "3-3"));
  EXPECT_THAT(other.Lock(), ElementsAre("4-5"));
  other.Unlock();
  EXPECT_GT(Room(), 0U);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(Torn(), "");
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-5", "6-6"));
}

TEST_F(LogRoomTest, AWholeBatchInItThatCannotBeSyncedIsGivenUp) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1, 1});
  TestLog more = Continue(writer.log().tail());
  more.Add(1);
  WriteIntoRoom(more.bytes);
  FailNext(DiskOp::kSync, ".jsonl");
  EXPECT_THAT(writer.Lock(), IsEmpty());
  writer.Unlock();
  EXPECT_EQ(Torn(), more.bytes);
  EXPECT_EQ(writer.log().active()->first(), Seq{4});
  EXPECT_EQ(Room(), 0U);
}

// After a power cut the first page of a batch may be missing, and its last stand.
TEST_F(LogRoomTest, WhatStandsBehindAMissingPageIsNoRoom) {
  std::string lines;
  {
    LogProcess writer(*this, {.room_bytes = 64 << 10});
    writer.AppendEach({1, 1, 1});
    lines = Lines();
  }
  std::string bytes = Bytes();
  const std::string behind = R"(w_count":7}}}
{"commit":{"first")";
  bytes.replace(lines.size() + 9000, behind.size(), behind);
  WriteBytes(1, bytes);
  files_->Crash(1);
  WriteFileBytes(dir_ + "/LOCK", std::string(64, '\0'));
  LogProcess next(*this);
  ASSERT_TRUE(next.Append(1).ok());
  EXPECT_EQ(Torn(), std::string(9000, '\0') + behind);
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-4"));
}

// A file that is copied while it is written has zeros where it was read early, and lines behind them.
TEST_F(LogRoomTest, WhatStandsBehindZerosInACopyIsNotCut) {
  std::string page;
  std::size_t early = 0;
  {
    LogProcess writer(*this, {.room_bytes = 64 << 10});
    writer.AppendEach({1, 1, 1});
    early = Lines().size();
    page = ReadFileBytes(dir_ + "/LOCK");
    for (int i = 0; i < 37; ++i) ASSERT_TRUE(writer.Append(1).ok());
  }
  std::string bytes = Bytes();
  bytes.replace(early, 4096 - early, std::string(4096 - early, '\0'));
  WriteBytes(1, bytes);
  WriteFileBytes(dir_ + "/LOCK", page);
  {
    LogProcess reader(*this);
    const auto seen = reader.Lock();
    reader.Unlock();
    EXPECT_EQ(seen.back(), "40-40");
    reader.log().CutRoom();
  }
  EXPECT_EQ(Lines(), bytes.substr(0, Lines().size()));
  EXPECT_EQ(Replay().back(), "40-40");
}

TEST_F(LogRoomTest, ATornEndInItFindsItsPlaceOnAFullDisk) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1, 1});
  const std::string cut = R"({"seq":4,"rec)";
  WriteIntoRoom(cut);
  files_->SetDiskBytes(files_->used_bytes());
  EXPECT_THAT(writer.Lock(), IsEmpty());
  writer.Unlock();
  EXPECT_EQ(Torn(), cut);
}

TEST_F(LogRoomTest, PowerCuts) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Begin();
    std::vector<std::string> answered;
    {
      LogProcess writer(*this, {.segment_bytes = 40'000, .room_bytes = 6000 + seed * 100});
      LogProcess other(*this, {.segment_bytes = 40'000});
      files_->PowerOffAt(20 + seed * 3);
      for (std::uint64_t last = 0; !files_->power_is_off();) {
        const std::uint64_t count = 1 + last % 13;
        if (!(last % 5 == 0 ? other : writer).Append(count).ok()) break;
        answered.push_back(std::to_string(last + 1) + "-" + std::to_string(last + count));
        last += count;
      }
    }
    files_->Crash(seed);
    LogProcess next(*this, {.room_bytes = kRoom});
    next.Lock();
    next.Unlock();
    std::vector<std::string> stands = Replay();
    ASSERT_GE(stands.size(), answered.size());
    ASSERT_LE(stands.size(), answered.size() + 1) << "the last may stand though nobody was answered";
    stands.resize(answered.size());
    ASSERT_EQ(stands, answered);
    ASSERT_TRUE(next.Append(3).ok());
    ASSERT_TRUE(next.Append(1).ok());
  }
}

TEST_F(LogRoomTest, AFullDiskHasNone) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1});
  writer.log().CutRoom();
  files_->SetDiskBytes(files_->used_bytes() + 5000);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(writer.Append(1).ok()) << i;
  EXPECT_EQ(Room(), 0U) << "what was made of it is given back";
  files_->SetDiskBytes(std::nullopt);
  writer.AppendEach({1, 1});
  EXPECT_EQ(Room(), 0U) << "what is left of the disk is for others";
  ASSERT_TRUE(writer.Roll().ok());
  writer.AppendEach({1, 1, 1});
  EXPECT_GT(Room(11), 0U);
  EXPECT_THAT(Replay(), SizeIs(13));
}

TEST_F(LogRoomTest, AFullDiskTakesWhatFits) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  writer.AppendEach({1, 1});
  ASSERT_GT(Room(), 2000U);
  files_->SetDiskBytes(files_->used_bytes());
  EXPECT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(writer.Append(60).code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3"));
  EXPECT_EQ(Room(), 0U);
}

TEST_F(LogRoomTest, AFailedSyncInItEndsTheSegment) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Begin();
    {
      LogProcess writer(*this, {.room_bytes = kRoom});
      writer.AppendEach({1, 1, 1});
      const std::string lines = Lines();
      FailNext(DiskOp::kSync);
      EXPECT_EQ(writer.Append(1).code(), StatusCode::kUnknown);
      EXPECT_EQ(Bytes(), lines);
      ASSERT_TRUE(writer.Append(2).ok());
      EXPECT_EQ(writer.log().active()->first(), Seq{4});
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-5"));
  }
}

TEST_F(LogRoomTest, CannotBeMadeNorCut) {
  LogProcess writer(*this, {.room_bytes = kRoom});
  ASSERT_TRUE(writer.Append(1).ok());
  FailNext(DiskOp::kAppend);
  FailNext(DiskOp::kTruncate, "", true);
  ASSERT_TRUE(writer.Append(1).ok());
  ASSERT_TRUE(writer.Append(1).ok());
  writer.log().CutRoom();
  files_->ClearFaults();
  ASSERT_TRUE(writer.Append(1).ok());
  writer.log().CutRoom();
  EXPECT_EQ(Room(), 0U);
  EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2", "3-3", "4-4"));
}

}  // namespace
}  // namespace cairn
