#include "log/seal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "fault_file_system.h"
#include "log/log_for_test.h"
#include "log/sealed_segment.h"
#include "temp_dir.h"

namespace cairn {
namespace {

class Seal : public testing::Test {
 protected:
  Seal() {
    for (int i = 0; i < 10; ++i) log_.Add(3);
    Begin();
  }

  // Nothing but the lines stands.
  void Begin() {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    WriteFileBytes(base_ + ".jsonl", log_.bytes);
  }

  Status SealOn(FileSystem& files, const SealOptions& options = {500, 1}) {
    auto segment = OpenSegment::Open(files, base_ + ".jsonl", {1});
    if (!segment) return segment.error();
    auto bytes = (*segment)->FileBytes();
    if (!bytes) return bytes.error();
    return SealSegment(files, dir_, **segment, *bytes, options);
  }

  // Where the lines stand, they are whole; else the sealed segment is.
  void ExpectNothingLost(FileSystem& files) {
    if (files.Exists(base_ + ".jsonl")) {
      ASSERT_EQ(ReadFileBytes(base_ + ".jsonl"), log_.bytes);
      return;
    }
    auto segment = SealedSegment::Open(files, dir_, {1});
    ASSERT_TRUE(segment.has_value()) << segment.status();
    ASSERT_TRUE((*segment)->index().Verify().ok());
    std::string lines;
    for (std::size_t i = 0; i < (*segment)->frames().frames(); ++i) {
      auto frame = (*segment)->frames().Read(i);
      ASSERT_TRUE(frame.has_value()) << frame.status();
      lines += (*frame)->text();
    }
    ASSERT_TRUE(lines == log_.bytes);
  }

  [[nodiscard]] std::string Kept() const { return KeptLines::Path(dir_, {1}); }

  void ExpectLinesStand() {
    EXPECT_EQ(ReadFileBytes(base_ + ".jsonl"), log_.bytes);
    EXPECT_FALSE(FileSystem::Default()->Exists(base_ + ".idx"));
  }

  TestLog log_;
  TempDir temp_;
  const std::string dir_ = temp_.Sub("log");
  const std::string base_ = dir_ + "/00000000000000000001";
  FileSystem& disk_ = *FileSystem::Default();
};

TEST_F(Seal, LeavesFramesAndIndexAndNoLines) {
  ASSERT_TRUE(SealOn(disk_).ok());
  EXPECT_EQ(*disk_.List(dir_),
            (std::vector<std::string>{"00000000000000000001.idx", "00000000000000000001.jsonl.zst"}));
  ExpectNothingLost(disk_);
  auto segment = SealedSegment::Open(disk_, dir_, {1});
  const IndexHeader& header = (*segment)->index().header();
  EXPECT_EQ(header.records, 30U);
  EXPECT_EQ(header.first_previous, 0U);
  EXPECT_EQ(header.last_crc, log_.crc) << "what the next segment chains to";
  EXPECT_EQ(FormatTimestampFixed({static_cast<std::int64_t>(header.last_ingested)}), kTestTime);
}

TEST_F(Seal, KeepsTheLinesWhereAsked) {
  ASSERT_TRUE(SealOn(disk_, {.frame_bytes = 500, .keep_lines_bytes = 1 << 20}).ok());
  EXPECT_EQ(disk_.List(dir_)->size(), 2U);
  ExpectNothingLost(disk_);
  EXPECT_NE((*SealedSegment::Open(disk_, dir_, {1}))->kept_lines(), nullptr);
}

TEST_F(Seal, LinesThatAreGoneAreLetGo) {
  ASSERT_TRUE(SealOn(disk_, {.frame_bytes = 500, .keep_lines_bytes = 1 << 20}).ok());
  const auto dropped = *SealedSegment::Open(disk_, dir_, {1});
  const auto in_hand = dropped->kept_lines();
  dropped->DropKeptLines();
  EXPECT_EQ(dropped->kept_lines(), nullptr);
  EXPECT_EQ(in_hand->OfRecord(0).text, dropped->LineOfRecord(0)->line);
  const auto segment = *SealedSegment::Open(disk_, dir_, {1});
  ASSERT_NE(segment->kept_lines(), nullptr);
  std::filesystem::remove(Kept());
  const auto until = std::chrono::steady_clock::now() + 100 * SealedSegment::kLookEvery;
  while (segment->kept_lines() != nullptr && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(segment->kept_lines(), nullptr);
}

TEST_F(Seal, RemovesLinesThatWereKeptOfAnotherLog) {
  ASSERT_TRUE(SealOn(disk_, {.frame_bytes = 500, .keep_lines_bytes = 1 << 20}).ok());
  ASSERT_TRUE(std::filesystem::exists(Kept()));
  Begin();
  ASSERT_TRUE(SealOn(disk_).ok());
  EXPECT_FALSE(std::filesystem::exists(Kept()));
}

TEST_F(Seal, RunsOverLeftoversOfAnInterruptedOne) {
  for (const char* suffix : {".jsonl.zst", ".idx", ".jsonl.zst.tmp", ".idx.tmp"})
    WriteFileBytes(base_ + suffix, "half");
  ASSERT_TRUE(SealOn(disk_).ok());
  ExpectNothingLost(disk_);
  EXPECT_EQ(disk_.List(dir_)->size(), 2U);
}

TEST_F(Seal, FlippedByteIsNotSealedIn) {
  for (const std::size_t at : {log_.batches[4].begin + 50, log_.batches[4].commit + 20, log_.bytes.size() - 3}) {
    std::string bytes = log_.bytes;
    bytes[at] ^= 1;
    WriteFileBytes(base_ + ".jsonl", bytes);
    EXPECT_EQ(SealOn(disk_).code(), StatusCode::kDataLoss) << at;
    EXPECT_EQ(ReadFileBytes(base_ + ".jsonl"), bytes) << "it is left as it is";
    EXPECT_FALSE(disk_.Exists(base_ + ".jsonl.zst"));
  }
}

TEST_F(Seal, TornTail) {
  for (const std::size_t cut : {std::size_t{1}, std::size_t{30}, log_.bytes.size() - log_.batches[9].begin - 1}) {
    WriteFileBytes(base_ + ".jsonl", log_.bytes.substr(0, log_.bytes.size() - cut));
    EXPECT_EQ(SealOn(disk_).code(), StatusCode::kDataLoss) << cut;
    EXPECT_FALSE(disk_.Exists(base_ + ".jsonl.zst"));
  }
}

TEST_F(Seal, GapInTheMiddle) {
  std::string bytes = log_.bytes;
  bytes.erase(log_.batches[3].begin, log_.batches[3].end - log_.batches[3].begin);
  WriteFileBytes(base_ + ".jsonl", bytes);
  EXPECT_EQ(SealOn(disk_).code(), StatusCode::kDataLoss);
  EXPECT_FALSE(disk_.Exists(base_ + ".jsonl.zst"));
}

TEST_F(Seal, Cancelled) {
  const std::atomic<bool> cancel{true};
  SealOptions options;
  options.cancel = &cancel;
  EXPECT_EQ(SealOn(disk_, options).code(), StatusCode::kCancelled);
  ExpectLinesStand();
}

TEST_F(Seal, DiskFull) {
  FaultFileSystem files(temp_.path());
  for (const std::uint64_t room : {0, 100, 2000}) {
    files.SetDiskBytes(files.used_bytes() + room);
    EXPECT_EQ(SealOn(files).code(), StatusCode::kResourceExhausted) << room;
    EXPECT_EQ(ReadFileBytes(base_ + ".jsonl"), log_.bytes);
  }
  files.SetDiskBytes(std::nullopt);
  EXPECT_TRUE(SealOn(files).ok());
  ExpectNothingLost(files);
}

TEST_F(Seal, EveryOperationFails) {
  std::uint64_t operations = 0;
  {
    FaultFileSystem files(temp_.path());
    ASSERT_TRUE(SealOn(files).ok());
    operations = files.operations();
  }
  ASSERT_GT(operations, 5U);
  for (std::uint64_t nth = 1; nth <= operations; ++nth) {
    SCOPED_TRACE(nth);
    Begin();
    FaultFileSystem files(temp_.path());
    files.Fail({DiskOp::kAny, nth, "", {StatusCode::kUnavailable, "injected"}, false});
    EXPECT_FALSE(SealOn(files).ok());
    ExpectNothingLost(files);
  }
}

TEST_F(Seal, PowerOffAtEveryOperation) {
  for (std::uint64_t nth = 1; nth < 30; ++nth) {
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
      SCOPED_TRACE(testing::Message() << "operation " << nth << ", seed " << seed);
      Begin();
      FaultFileSystem files(temp_.path());
      files.PowerOffAt(nth);
      (void)SealOn(files, {.frame_bytes = 500, .keep_lines_bytes = seed % 2 == 1 ? std::uint64_t{1} << 20 : 0});
      files.Crash(seed);
      ASSERT_NO_FATAL_FAILURE(ExpectNothingLost(files));
      // And it can be done again.
      ASSERT_TRUE(!files.Exists(base_ + ".jsonl") || SealOn(files).ok());
      ASSERT_NO_FATAL_FAILURE(ExpectNothingLost(files));
    }
  }
}

TEST_F(Seal, RebuiltIndexIsTheSame) {
  ASSERT_TRUE(SealOn(disk_).ok());
  const std::string index = ReadFileBytes(base_ + ".idx");
  for (const std::string& damaged : {std::string(), index.substr(0, 50)}) {
    WriteFileBytes(base_ + ".idx", damaged);
    ASSERT_TRUE(RebuildIndex(disk_, dir_, {1}).ok());
    EXPECT_TRUE(ReadFileBytes(base_ + ".idx") == index);
  }
}

TEST_F(Seal, NoIndexIsMadeOfDamagedFrames) {
  ASSERT_TRUE(SealOn(disk_).ok());
  const std::string index = ReadFileBytes(base_ + ".idx");
  std::string frames = ReadFileBytes(base_ + ".jsonl.zst");
  frames[frames.size() / 2] ^= 1;
  WriteFileBytes(base_ + ".jsonl.zst", frames);
  EXPECT_EQ(RebuildIndex(disk_, dir_, {1}).code(), StatusCode::kDataLoss);
  EXPECT_TRUE(ReadFileBytes(base_ + ".idx") == index) << "the old one stays";
}

}  // namespace
}  // namespace cairn
