#include "log/sealed_segment.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "log/log_for_test.h"
#include "log/seal.h"
#include "temp_dir.h"

namespace cairn {
namespace {

const std::string kLines = "log/00000000000000000001.jsonl";
const std::string kFrames = "log/00000000000000000001.jsonl.zst";
const std::string kIndex = "log/00000000000000000001.idx";

class Sealed : public testing::Test {
 protected:
  Sealed() {
    for (int i = 0; i < 60; ++i) log_.Add(3);
    Seal(log_, {1}, &files_.contents[kFrames], &files_.contents[kIndex]);
    std::size_t at = 0;
    for (const auto& batch : log_.batches) {
      for (at = batch.begin; at < batch.commit; at = log_.bytes.find('\n', at) + 1) offsets_.push_back(at);
    }
  }

  static void Seal(const TestLog& log, Seq first, std::string* frames, std::string* index) {
    const TempDir dir;
    const std::string base = dir.Sub(SegmentName(first));
    WriteFileBytes(base + ".jsonl", log.bytes);
    auto segment = OpenSegment::Open(*FileSystem::Default(), base + ".jsonl", first);
    const Status status = SealSegment(*FileSystem::Default(), dir.path(), **segment, log.bytes.size(), {1000, 1});
    ASSERT_TRUE(status.ok()) << status;
    *frames = ReadFileBytes(base + ".jsonl.zst");
    *index = ReadFileBytes(base + ".idx");
  }

  Result<std::shared_ptr<SealedSegment>> Open() { return SealedSegment::Open(files_, "log", {1}); }

  [[nodiscard]] std::string_view Line(std::size_t record) const {
    const std::string_view rest = std::string_view(log_.bytes).substr(offsets_[record]);
    return rest.substr(0, rest.find('\n'));
  }

  TestLog log_;
  std::vector<std::size_t> offsets_;  // Of each record's line.
  GuardedFiles files_;
};

TEST_F(Sealed, EveryLineIsWhereItWas) {
  auto segment = Open();
  ASSERT_TRUE(segment.has_value()) << segment.status();
  EXPECT_TRUE((*segment)->sealed());
  EXPECT_EQ((*segment)->first(), Seq{1});
  EXPECT_EQ((*segment)->last(), Seq{180});
  EXPECT_EQ((*segment)->file_bytes(), files_.contents[kFrames].size() + files_.contents[kIndex].size());
  ASSERT_GT((*segment)->frames().frames(), 8U) << "more than it keeps";
  for (std::uint32_t i = 0; i < 180; ++i) {
    auto line = (*segment)->Line({static_cast<std::uint32_t>(offsets_[i]), 1});
    ASSERT_TRUE(line.has_value()) << line.status();
    EXPECT_EQ(line->line, Line(i));
    auto counted = (*segment)->LineOfRecord(i);
    ASSERT_TRUE(counted.has_value()) << counted.status();
    EXPECT_EQ(counted->line, Line(i));
  }
}

TEST_F(Sealed, ALineOutlivesItsSegment) {
  PinnedLine kept;
  {
    auto segment = Open();
    ASSERT_TRUE(segment.has_value());
    kept = *(*segment)->LineOfRecord(7);
    for (std::uint32_t i = 0; i < 180; ++i) ASSERT_TRUE((*segment)->LineOfRecord(i).has_value());
  }
  EXPECT_EQ(kept.line, Line(7));
  EXPECT_EQ(kept.line.data()[kept.line.size()], '\n') << "bytes behind it are readable";
}

TEST_F(Sealed, ManyThreadsReadAtOnce) {
  auto segment = Open();
  ASSERT_TRUE(segment.has_value());
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 2000; ++i) {
        const auto record = static_cast<std::uint32_t>(random() % 180);
        auto line = (*segment)->LineOfRecord(record);
        if (!line || line->line != Line(record)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(Sealed, NoSuchLine) {
  auto segment = Open();
  ASSERT_TRUE(segment.has_value());
  EXPECT_EQ((*segment)->LineOfRecord(180).status().code(), StatusCode::kDataLoss);
  const auto end = static_cast<std::uint32_t>(log_.bytes.size());
  EXPECT_EQ((*segment)->Line({end, 1}).status().code(), StatusCode::kDataLoss);
  EXPECT_EQ((*segment)->Line({0xFFFFFFFF, 1}).status().code(), StatusCode::kDataLoss);
}

TEST_F(Sealed, FlippedByteInFrameCostsItsLinesOnly) {
  std::string& file = files_.contents[kFrames];
  std::uint32_t dictionary_bytes = 0;
  std::memcpy(&dictionary_bytes, file.data() + 4, 4);
  file[8 + dictionary_bytes + 20] ^= 1;  // Of the first frame.
  auto segment = Open();
  ASSERT_TRUE(segment.has_value()) << segment.status();
  std::uint32_t lost = 0;
  for (std::uint32_t i = 0; i < 180; ++i) {
    auto line = (*segment)->LineOfRecord(i);
    if (offsets_[i] < (*segment)->frames().FrameBytes(0)) {
      EXPECT_EQ(line.status().code(), StatusCode::kDataLoss) << i;
      ++lost;
    } else {
      ASSERT_TRUE(line.has_value()) << i << line.status();
      EXPECT_EQ(line->line, Line(i));
    }
  }
  EXPECT_GT(lost, 0U);
}

// A wrong place gives some line or none, but nothing beyond the frame; whoever asked sees that it is another one's.
TEST_F(Sealed, DamagedPlacesInTheIndexStayWithinTheSegment) {
  IndexHeader header{};
  std::memcpy(&header, files_.contents[kIndex].data(), sizeof header);
  std::string& index = files_.contents[kIndex];
  std::size_t wrong = 0;
  for (std::size_t at = header.lines_at; at < header.lines_at + 4 * 20; ++at) {
    index[at] = static_cast<char>(index[at] ^ 0x15);
    auto segment = Open();
    ASSERT_TRUE(segment.has_value()) << segment.status();
    const auto record = static_cast<std::uint32_t>((at - header.lines_at) / 4);
    auto line = (*segment)->LineOfRecord(record);
    if (line) {
      EXPECT_NE(line->line, Line(record));
      ++wrong;
    } else {
      EXPECT_EQ(line.error().code(), StatusCode::kDataLoss);
    }
    index[at] = static_cast<char>(index[at] ^ 0x15);
  }
  EXPECT_GT(wrong, 0U);
}

TEST_F(Sealed, AFileIsMissing) {
  for (const std::string& path : {kFrames, kIndex}) {
    const std::string bytes = files_.contents[path];
    files_.contents.erase(path);
    auto segment = Open();
    ASSERT_FALSE(segment.has_value()) << path;
    EXPECT_EQ(segment.error().code(), StatusCode::kNotFound);
    files_.contents[path] = bytes;
  }
  EXPECT_TRUE(Open().has_value());
}

TEST_F(Sealed, TheIndexOfAnotherSegment) {
  TestLog other({3});
  std::string frames;
  Seal(other, {1}, &frames, &files_.contents[kIndex]);
  auto segment = Open();
  ASSERT_FALSE(segment.has_value());
  EXPECT_EQ(segment.error().code(), StatusCode::kDataLoss);
  EXPECT_NE(segment.error().message().find("does not belong"), std::string::npos) << segment.error();
}

}  // namespace
}  // namespace cairn
