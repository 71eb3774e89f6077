#include "log/kept_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fault_file_system.h"
#include "log/log_for_test.h"
#include "log/seal.h"
#include "log/sealed_segment.h"
#include "temp_dir.h"

namespace cairn {
namespace {

class KeptLinesFile : public testing::Test {
 protected:
  KeptLinesFile() {
    for (int i = 0; i < 10; ++i) log_.Add(3);
  }

  // A sealed segment of the log, without kept lines.
  void Seal() {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    WriteFileBytes(base_ + ".jsonl", log_.bytes);
    auto segment = *OpenSegment::Open(disk_, base_ + ".jsonl", {1});
    ASSERT_TRUE(SealSegment(disk_, dir_, *segment, log_.bytes.size(), {.frame_bytes = 500}).ok());
    segment_ = *SealedSegment::Open(disk_, dir_, {1});
  }
  Status Keep(const std::atomic<bool>* cancel = nullptr, std::uint64_t bytes_max = std::uint64_t{1} << 30) {
    WriteFileBytes(temp_.Sub("lines"), log_.bytes);  // Read as a mapping, of which pages are let go meanwhile.
    const auto map = *disk_.Map(temp_.Sub("lines"), log_.bytes.size());
    return KeptLines::Write(disk_, dir_, segment_->index(), {map->data(), log_.bytes.size()}, bytes_max, cancel);
  }
  std::shared_ptr<const KeptLines> Open() { return KeptLines::Open(disk_, dir_, segment_->index()); }
  [[nodiscard]] std::string Path() const { return KeptLines::Path(dir_, {1}); }

  TestLog log_;
  TempDir temp_;
  const std::string dir_ = temp_.Sub("log");
  const std::string base_ = dir_ + "/00000000000000000001";
  FaultFileSystem disk_{temp_.path()};
  std::shared_ptr<const SealedSegment> segment_;
};

TEST_F(KeptLinesFile, HasEachLine) {
  Seal();
  ASSERT_TRUE(Keep().ok());
  const auto kept = Open();
  ASSERT_NE(kept, nullptr);
  EXPECT_TRUE(kept->Stands());
  EXPECT_FALSE(kept->is_verified());
  EXPECT_TRUE(kept->Verify());
  EXPECT_TRUE(kept->is_verified());
  for (std::uint32_t i = 0; i < 30; ++i) EXPECT_EQ(kept->OfRecord(i).text, segment_->LineOfRecord(i)->line);
  EXPECT_EQ(kept->OfRecord(30).text, "");
  const auto all = segment_->index().AllPostings();
  ASSERT_EQ(all.records.size(), 30U);
  for (std::uint32_t i = 0; i < 30; ++i) EXPECT_EQ(kept->OfPosting(i).text, kept->OfRecord(all.records[i]).text);
  EXPECT_EQ(kept->OfPosting(30).text, "");
}

TEST_F(KeptLinesFile, HasThoseOfASeriesSideBySide) {
  Seal();
  ASSERT_TRUE(Keep().ok());
  const auto kept = Open();
  ASSERT_NE(kept, nullptr);
  for (const char* name : {"orders0", "orders1", "orders2"}) {
    const auto found =
        segment_->index().FindSeries(SeriesKeyBytes("ingestion_volume", NodeView("", kTypeDataset, "crm", name)));
    ASSERT_EQ(found.records.size(), 10U);
    for (std::uint32_t i = found.first + 1; i < found.first + 10; ++i) {
      const std::string_view line = kept->OfPosting(i).text;
      EXPECT_EQ(kept->OfPosting(i - 1).text.data(), line.data() + line.size() + 2) << "the newest comes first";
    }
  }
}

TEST_F(KeptLinesFile, FacetsPointIntoTheLineOfTheirEvent) {
  const std::string event =
      R"({"kind":"openlineage.dataset_event","target":{"namespace":"crm","name":"orders0"},"produced_at":"2026-01-10T05:00:02Z","producer_id":"p","payload":{"eventTime":"2026-01-10T05:00:02Z","producer":"p","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent","dataset":{"namespace":"crm","name":"orders0","facets":{"schema":{"_producer":"p","_schemaURL":"s","fields":[{"name":"id"}]}}}}})";
  const Seq seq = log_.next;
  const std::size_t begin = log_.bytes.size();
  AppendRecordLine(log_.bytes, seq, kTestTime, event);
  log_.crc = AppendCommitLine(log_.bytes, begin, seq, seq, log_.crc).crc;
  Seal();
  ASSERT_TRUE(Keep().ok());
  const auto kept = Open();
  ASSERT_NE(kept, nullptr);
  const auto all = segment_->index().AllPostings();
  ASSERT_EQ(all.records.size(), 32U) << "the event and its facet";
  for (std::uint32_t i = 0; i < 32; ++i)
    EXPECT_EQ(kept->OfPosting(i).text.data(), kept->OfRecord(all.records[i]).text.data());
  EXPECT_EQ(kept->OfRecord(30).text, segment_->LineOfRecord(30)->line);
}

TEST_F(KeptLinesFile, GrowsByWindows) {
  // More than one window of lines, in an order that is far from the log's.
  log_ = {};
  const std::string filler(4000, 'x');
  for (int batch = 0; batch < 50; ++batch) {
    const std::size_t begin = log_.bytes.size();
    const Seq first = log_.next;
    for (int i = 0; i < 50; ++i) {
      std::string record = TestRecord(log_.next.value);
      record.insert(record.size() - 2, R"(,"filler":")" + filler + '"');
      AppendRecordLine(log_.bytes, log_.next, kTestTime, record);
      ++log_.next.value;
    }
    log_.crc = AppendCommitLine(log_.bytes, begin, first, log_.last(), log_.crc).crc;
  }
  ASSERT_GT(log_.bytes.size(), KeptLines::kWindowBytes);
  Seal();
  ASSERT_TRUE(Keep().ok());
  const auto kept = Open();
  ASSERT_NE(kept, nullptr);
  for (std::uint32_t i = 0; i < 2500; ++i) ASSERT_EQ(kept->OfRecord(i).text, segment_->LineOfRecord(i)->line) << i;
}

TEST_F(KeptLinesFile, OfAnotherSegmentOrCutIsNone) {
  Seal();
  ASSERT_TRUE(Keep().ok());
  const std::string bytes = ReadFileBytes(Path());
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, sizeof(KeptLinesHeader), bytes.size() - 1}) {
    WriteFileBytes(Path(), bytes.substr(0, size));
    EXPECT_EQ(Open(), nullptr) << size;
  }
  for (std::size_t at = 0; at < sizeof(KeptLinesHeader); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    WriteFileBytes(Path(), damaged);
    EXPECT_EQ(Open(), nullptr) << "header byte " << at;
  }
  log_.bytes.clear();
  log_.next = {1};
  log_.crc = 7;  // The same records behind another log.
  for (int i = 0; i < 10; ++i) log_.Add(3);
  WriteFileBytes(Path(), bytes);
  Seal();
  WriteFileBytes(Path(), bytes);
  EXPECT_EQ(Open(), nullptr) << "of another log";
}

TEST_F(KeptLinesFile, ADamagedPlaceIsNoticed) {
  Seal();
  ASSERT_TRUE(Keep().ok());
  const std::string bytes = ReadFileBytes(Path());
  for (std::size_t at = sizeof(KeptLinesHeader); at < sizeof(KeptLinesHeader) + 60 * sizeof(KeptPlace); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x80);
    GuardedFiles files;
    files.contents[Path()] = damaged;
    const auto kept = KeptLines::Open(files, dir_, segment_->index());
    ASSERT_NE(kept, nullptr);
    EXPECT_FALSE(kept->Verify()) << at;
    EXPECT_FALSE(kept->is_verified());
    // Until then a place that is wrong is a line that is, and no fault.
    std::size_t all = 0;
    for (std::uint32_t i = 0; i < 30; ++i) {
      for (const char c : kept->OfRecord(i).text) all += static_cast<unsigned char>(c);
      for (const char c : kept->OfPosting(i).text) all += static_cast<unsigned char>(c);
    }
    EXPECT_GT(all, 0U);
  }
}

TEST_F(KeptLinesFile, SaysWhichLinesAreTheirOwnJson) {
  // Times that end in zeros leave shorter than they stand.
  Seal();
  ASSERT_TRUE(Keep().ok());
  EXPECT_FALSE(Open()->OfRecord(0).is_own_json);
  log_ = {};
  for (const char* time : {"2026-01-10T05:00:01.123456789Z", "2026-01-10T05:00:01.123456000Z"}) {
    const std::size_t begin = log_.bytes.size();
    AppendRecordLine(log_.bytes, log_.next, time, TestRecord(log_.next.value));
    log_.crc = AppendCommitLine(log_.bytes, begin, log_.next, log_.next, log_.crc).crc;
    ++log_.next.value;
  }
  Seal();
  ASSERT_TRUE(Keep().ok());
  EXPECT_TRUE(Open()->OfRecord(0).is_own_json);
  EXPECT_FALSE(Open()->OfRecord(1).is_own_json);
  EXPECT_EQ(Open()->OfRecord(0).text, segment_->LineOfRecord(0)->line);
}

TEST_F(KeptLinesFile, IsAsLongAsItMayBeOrNone) {
  Seal();
  ASSERT_TRUE(Keep().ok());
  const std::uint64_t bytes = ReadFileBytes(Path()).size();
  EXPECT_EQ(Open()->file_bytes(), bytes);
  std::filesystem::remove(Path());
  EXPECT_EQ(Keep(nullptr, bytes - 1).code(), StatusCode::kResourceExhausted);
  EXPECT_THAT(*disk_.List(temp_.Sub("views")), testing::IsEmpty());
  EXPECT_TRUE(Keep(nullptr, bytes).ok());
}

TEST_F(KeptLinesFile, IsWholeOrNone) {
  Seal();
  const std::uint64_t used = disk_.used_bytes();
  for (const std::uint64_t room : {0, 100, 3000}) {
    disk_.SetDiskBytes(used + room);
    EXPECT_FALSE(Keep().ok());
    EXPECT_EQ(Open(), nullptr);
    EXPECT_THAT(*disk_.List(temp_.Sub("views")), testing::IsEmpty());
  }
  const std::atomic<bool> cancel = true;
  disk_.SetDiskBytes(std::nullopt);
  EXPECT_EQ(Keep(&cancel).code(), StatusCode::kCancelled);
  EXPECT_THAT(*disk_.List(temp_.Sub("views")), testing::IsEmpty());
}

}  // namespace
}  // namespace cairn
