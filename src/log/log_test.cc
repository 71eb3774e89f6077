#include "log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/log_under_test.h"
#include "log/seal.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(LogTest, IsOnTheDiskAsTheFormatSays) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  ASSERT_TRUE(writer.Append(1).ok());
  const std::string bytes = ReadFileBytes(SegmentPath(1));
  EXPECT_EQ(writer.log().tail().last, Seq{3});
  EXPECT_EQ(writer.log().tail().offset, bytes.size());
  LogTail tail;
  Visits visits;
  ReadBatches(nullptr, bytes, {{3}, {3}}, &tail, visits.Visitor());
  EXPECT_THAT(visits.seen, ElementsAre("1-2", "3-3"));
  EXPECT_EQ(tail.crc, writer.log().tail().crc);
}

TEST_F(LogTest, OneProcessFollowsAnother) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  LogProcess follower(*this);
  EXPECT_THAT(follower.Follow(), ElementsAre("1-2"));
  EXPECT_THAT(follower.Follow(), IsEmpty());
  ASSERT_TRUE(writer.Append(3).ok());
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_THAT(follower.Follow(), ElementsAre("3-5", "6-6")) << "the segment grew";
}

TEST_F(LogTest, TwoWritersTakeTurns) {
  LogProcess one(*this);
  LogProcess other(*this);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(one.Append(1).ok());
    ASSERT_TRUE(other.Append(2).ok());
  }
  EXPECT_EQ(Replay(),
            (std::vector<std::string>{"1-1", "2-3", "4-4", "5-6", "7-7", "8-9", "10-10", "11-12", "13-13", "14-15"}));
}

TEST_F(LogTest, AFollowerStopsAtWhatIsPublished) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(1).ok());
  TestLog more = Continue(writer.log().tail());
  more.Add(2);
  AppendBytes(1, more.bytes);  // On its way to the disk.
  LogProcess follower(*this);
  EXPECT_THAT(follower.Follow(), ElementsAre("1-1"));
  follower.control().Publish({3}, {1});
  EXPECT_THAT(follower.Follow(), ElementsAre("2-3"));
}

TEST_F(LogTest, TornTail) {
  const TestLog log({2, 1, 2});
  const std::size_t begin = log.batches[2].begin;
  for (std::size_t cut = begin + 1; cut < log.bytes.size(); cut += 13) {
    SCOPED_TRACE(cut);
    Begin();
    WriteBytes(1, log.bytes.substr(0, cut));
    LogProcess writer(*this);
    EXPECT_THAT(writer.Lock(), ElementsAre("1-2", "3-3"));
    writer.Unlock();
    EXPECT_EQ(ReadFileBytes(SegmentPath(1)), log.bytes.substr(0, begin));
    EXPECT_EQ(Torn(), log.bytes.substr(begin, cut - begin)) << "what was cut is kept";
    ASSERT_TRUE(writer.Append(1).ok());
    EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
  }
}

TEST_F(LogTest, WhatWasCutIsKeptThroughACrash) {
  const TestLog log({1, 1});
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Begin();
    WriteBytes(1, log.bytes.substr(0, log.bytes.size() - 5));
    Remount();
    {
      LogProcess writer(*this);
      writer.Lock();
      writer.Unlock();
    }
    files_->Crash(seed);
    const bool cut = std::filesystem::file_size(SegmentPath(1)) == log.batches[0].end;
    EXPECT_TRUE(!cut || !Torn().empty()) << seed;
  }
}

TEST_F(LogTest, ReadersLeaveATornTailAlone) {
  const TestLog log({1, 1});
  WriteBytes(1, log.bytes.substr(0, log.bytes.size() - 5));
  LogProcess reader(*this, {.read_only = true});
  const std::uint64_t operations = files_->operations();
  EXPECT_THAT(reader.Follow(), ElementsAre("1-1"));
  EXPECT_EQ(files_->operations(), operations) << "nothing was changed";
  EXPECT_EQ(std::filesystem::file_size(SegmentPath(1)), log.bytes.size() - 5);
}

// Its writer died between the disk and the publication: the batch counts, once it is surely on the disk.
TEST_F(LogTest, AWholeBatchThatWasNotPublished) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Begin();
    {
      LogProcess writer(*this);
      ASSERT_TRUE(writer.Append(1).ok());
      TestLog more = Continue(writer.log().tail());
      more.Add(1);
      ASSERT_TRUE((*files_->OpenAppend(SegmentPath(1), false))->Append(more.bytes).ok());
      LogProcess next(*this);
      EXPECT_THAT(next.Lock(), ElementsAre("1-1", "2-2"));
      next.Unlock();
      EXPECT_EQ(next.control().durable(), Seq{2});
    }
    files_->Crash(seed);
    EXPECT_THAT(Replay(), ElementsAre("1-1", "2-2")) << seed;
  }
}

TEST_F(LogTest, PublishedNumberLost) {
  LogProcess(*this).AppendEach({2, 1});
  WriteFileBytes(dir_ + "/LOCK", std::string(64, '\0'));
  LogProcess reader(*this, {.read_only = true});
  EXPECT_THAT(reader.Follow(), ElementsAre("1-2", "3-3")) << "every whole batch counts";
  LogProcess writer(*this);
  EXPECT_THAT(writer.Lock(), ElementsAre("1-2", "3-3"));
  writer.Unlock();
  EXPECT_EQ(writer.control().durable(), Seq{3}) << "the next writer mends it";
  EXPECT_EQ(writer.control().active(), Seq{1});
}

TEST_F(LogTest, PublishedNumberDamaged) {
  LogProcess(*this).AppendEach({2, 1});
  std::string page = ReadFileBytes(dir_ + "/LOCK");
  page[20] ^= 1;
  WriteFileBytes(dir_ + "/LOCK", page);
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(writer.log().tail().last, Seq{4}) << "the log does not jump";
  EXPECT_THAT(Replay(), ElementsAre("1-2", "3-3", "4-4"));
}

TEST_F(LogTest, PublishedNumberStale) {
  LogProcess(*this, {.segment_bytes = 1000}).AppendEach({2, 2, 2, 2});
  ASSERT_GT(Segments().size(), 2U);
  LogProcess writer(*this);
  writer.control().Publish({2}, {1});
  EXPECT_THAT(writer.Lock(), ElementsAre("7-8"));
  writer.Unlock();
  EXPECT_EQ(writer.control().durable(), Seq{8});
  EXPECT_EQ(writer.control().active(), Seq{7});
}

TEST_F(LogTest, PublishedNumberAhead) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  writer.control().Publish({5}, {1});  // Three records were answered, and the disk has lost them.
  LogProcess next(*this);
  EXPECT_THAT(next.Lock(), ElementsAre("1-2", "damaged 3-5: records are missing"));
  next.Unlock();
  ASSERT_TRUE(next.Append(1).ok());
  EXPECT_EQ(next.log().tail().last, Seq{6}) << "their numbers are not given again";
  EXPECT_THAT(Replay(), ElementsAre("1-2", "damaged 3-5: records are missing", "6-6"));
}

TEST_F(LogTest, DamageInTheMiddleIsNotCut) {
  LogProcess(*this).AppendEach({2, 1, 2});
  std::string bytes = ReadFileBytes(SegmentPath(1));
  bytes[bytes.size() / 2] ^= 1;
  WriteBytes(1, bytes);
  LogProcess writer(*this);
  EXPECT_THAT(writer.Lock(), ElementsAre("1-2", "damaged 3-3: the checksum does not match", "4-5"));
  writer.Unlock();
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_EQ(ReadFileBytes(SegmentPath(1)).substr(0, bytes.size()), bytes);
  EXPECT_EQ(Torn(), "");
}

TEST_F(LogTest, DamageAtThePublishedEndKeepsItsNumbers) {
  LogProcess(*this).AppendEach({2, 1});
  const std::string bytes = ReadFileBytes(SegmentPath(1));
  for (const std::size_t back : {1, 10, 60, 100, 200}) {
    SCOPED_TRACE(back);
    std::string flipped = bytes;
    flipped[bytes.size() - back] ^= 1;
    WriteBytes(1, flipped);
    LogProcess writer(*this);
    writer.control().Publish({3}, {1});
    EXPECT_THAT(writer.Lock(), ElementsAre("1-2", testing::StartsWith("damaged 3-3: ")));
    writer.Unlock();
    ASSERT_TRUE(writer.Append(1).ok());
    EXPECT_THAT(Replay(), ElementsAre("1-2", testing::StartsWith("damaged 3-3: "), "4-4"));
    EXPECT_THAT(ReadFileBytes(SegmentPath(1)) + Torn(), testing::HasSubstr(flipped.substr(bytes.size() - 200, 90)))
        << "no byte is lost";
  }
}

TEST_F(LogTest, MissingSegment) {
  LogProcess(*this, {.segment_bytes = 1000}).AppendEach({2, 2, 2, 2});
  ASSERT_THAT(Segments(), ElementsAre(SegmentName({1}) + ".jsonl", SegmentName({3}) + ".jsonl",
                                      SegmentName({5}) + ".jsonl", SegmentName({7}) + ".jsonl"));
  std::filesystem::remove(SegmentPath(3));
  EXPECT_THAT(Replay(), ElementsAre("1-2", "damaged 3-4: records are missing", "5-6", "7-8"));
}

TEST_F(LogTest, SegmentsAreOfTheSizeAskedFor) {
  LogProcess writer(*this, {.segment_bytes = 2000});
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_GT(Segments().size(), 2U);
  for (const std::string& name : Segments()) EXPECT_LE(std::filesystem::file_size(dir_ + "/log/" + name), 2000U);
  ASSERT_TRUE(writer.Append(30).ok()) << "a batch that is larger has a segment of its own";
  EXPECT_EQ(writer.log().active()->first(), Seq{21});
  EXPECT_EQ(Replay().size(), 21U);
}

TEST_F(LogTest, RollWhileAnotherFollows) {
  LogProcess writer(*this);
  LogProcess follower(*this);
  ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_THAT(follower.Follow(), ElementsAre("1-2"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer.Append(1).ok());
    ASSERT_TRUE(writer.Roll().ok());
  }
  ASSERT_TRUE(writer.Append(2).ok());
  EXPECT_THAT(follower.Follow(), ElementsAre("3-3", "4-4", "5-5", "6-7"));
  EXPECT_EQ(follower.log().active()->first(), Seq{6});
  ASSERT_TRUE(follower.Append(1).ok());
  EXPECT_THAT(writer.Follow(), ElementsAre("8-8"));
}

TEST_F(LogTest, RollOfAnEmptySegmentChangesNothing) {
  LogProcess writer(*this);
  ASSERT_TRUE(writer.Roll().ok());
  EXPECT_THAT(Segments(), IsEmpty());
  ASSERT_TRUE(writer.Append(1).ok());
  ASSERT_TRUE(writer.Roll().ok());
  ASSERT_TRUE(writer.Roll().ok());
  EXPECT_EQ(Segments().size(), 2U);
}

TEST_F(LogTest, SealedWhileAnotherFollows) {
  LogProcess writer(*this);
  LogProcess follower(*this);
  ASSERT_TRUE(writer.Append(1).ok());
  EXPECT_THAT(follower.Follow(), ElementsAre("1-1"));
  LogProcess late(*this);
  ASSERT_TRUE(writer.Append(1).ok());
  const auto first = writer.log().active();
  ASSERT_TRUE(writer.Roll().ok());
  ASSERT_TRUE(SealSegment(*files_, dir_ + "/log", *first, *first->FileBytes(), {}).ok());
  EXPECT_THAT(follower.Follow(), ElementsAre("2-2")) << "the lines it had open are still there to read";
  ASSERT_TRUE(writer.Append(1).ok());
  const auto second = writer.log().active();
  ASSERT_TRUE(writer.Roll().ok());
  ASSERT_TRUE(SealSegment(*files_, dir_ + "/log", *second, *second->FileBytes(), {}).ok());
  EXPECT_EQ(late.FollowStatus().code(), StatusCode::kAborted) << "the store is to be opened anew";
}

TEST_F(LogTest, TheTimeOfIngestionNeverGoesBack) {
  StepClock late({2'000'000'000'000'000'000});
  StepClock early({1'000'000'000'000'000'000});
  LogProcess ahead(*this, {}, {0}, &late);
  LogProcess behind(*this, {}, {0}, &early);
  ASSERT_TRUE(ahead.Append(1).ok());
  const Timestamp time = ahead.log().tail().ingested_at;
  ASSERT_TRUE(behind.Append(1).ok());
  EXPECT_EQ(behind.log().tail().ingested_at, time);
}

}  // namespace
}  // namespace cairn
