// The lines that stay beside sealed segments for reading.

#include "log/kept_lines.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "fault_file_system.h"
#include "log/log_for_test.h"
#include "log/sealed_segment.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::SizeIs;

class KeptLines : public testing::Test {
 protected:
  // Some segments, all but the newest of which are sealed in the background.
  void Fill(std::uint64_t kept_lines_bytes) {
    store_.options().kept_lines_bytes = kept_lines_bytes;
    for (int i = 0; i < 400; ++i) store_.Put(TestFact{.second = i});
    store_.options().seal = true;
    store_.Reopen();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (Stats().segments_open > 1 && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(Stats().segments_open, 1U);
    ASSERT_GE(Stats().segments_sealed, 4U);
  }

  RepositoryStats Stats() { return Must(store_->Stats()); }

  [[nodiscard]] std::vector<std::string> Kept() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(store_.path() + "/views", none)) {
      if (entry.path().extension() == kKeptSuffix) names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void ExpectAllRead() { EXPECT_THAT(HistoryOf(*store_, "volume", Table("orders")), SizeIs(400)); }

  TestStore store_{{.segment_bytes = 20'000, .seal = false, .unsealed_segments_max = 0}};
};

TEST_F(KeptLines, OfAllThatHaveRoom) {
  Fill(1 << 30);
  EXPECT_THAT(Kept(), SizeIs(Stats().segments_sealed));
  EXPECT_GT(Stats().bytes_kept, Stats().bytes_sealed / 4);
  ExpectAllRead();
  const auto report = Must(store_->Verify());
  EXPECT_THAT(report.damage, IsEmpty());
  store_.Reopen();
  EXPECT_GT(Stats().bytes_kept, 0U);
  ExpectAllRead();
}

TEST_F(KeptLines, TheNewestStay) {
  Fill(40'000);
  std::vector<std::string> sealed;
  for (const auto& entry : fs::directory_iterator(store_.path() + "/log")) {
    if (entry.path().extension() == ".zst") sealed.push_back(entry.path().stem().stem().string() + ".lines");
  }
  std::sort(sealed.begin(), sealed.end());
  EXPECT_EQ(Kept(), std::vector(sealed.end() - 2, sealed.end()));
  EXPECT_LE(Stats().bytes_kept, 40'000U);
  EXPECT_GT(Stats().bytes_kept, 20'000U);
  ExpectAllRead();
}

TEST_F(KeptLines, AreWhatIsRead) {
  Fill(1 << 30);
  // What nothing but `verify` notices shows where an answer comes from.
  const std::string path = store_.path() + "/views/" + Kept().front();
  std::string bytes = ReadFileBytes(path);
  bytes.replace(bytes.rfind("row_count"), 9, "ROW_COUNT");  // Of the oldest.
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << bytes;
  const auto facts = Must(store_->History("volume", Table("orders"), {.limit = 2}));
  EXPECT_THAT(std::string(facts[0].record()), testing::HasSubstr("ROW_COUNT"));
  EXPECT_THAT(std::string(facts[1].record()), testing::HasSubstr("row_count"));
}

TEST_F(KeptLines, AsManyAsASmallerSettingLeaves) {
  Fill(1 << 30);
  ASSERT_GT(Kept().size(), 2U);
  store_.options().kept_lines_bytes = 40'000;
  store_.Reopen();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Kept().size() != 2 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(Kept(), SizeIs(2));
}

TEST_F(KeptLines, ThatOthersRemovedAreLetGoWhereNothingIsSealed) {
  Fill(1 << 30);
  const auto other = store_.Another({.seal = false});
  ASSERT_GT(Must(other->Stats()).bytes_kept, 0U);
  ASSERT_TRUE(store_->Seal().ok());
  std::this_thread::sleep_for(2 * SealedSegment::kLookEvery);
  EXPECT_EQ(Must(other->Stats()).bytes_kept, 0U);
  EXPECT_THAT(HistoryOf(*other, "volume", Table("orders")), SizeIs(400));
}

TEST_F(KeptLines, NoneWhereNoneAreWanted) {
  Fill(0);
  EXPECT_THAT(Kept(), IsEmpty());
  EXPECT_EQ(Stats().bytes_kept, 0U);
}

TEST_F(KeptLines, SealKeepsNone) {
  Fill(1 << 30);
  ASSERT_FALSE(Kept().empty());
  ASSERT_TRUE(store_->Seal().ok());
  EXPECT_THAT(Kept(), IsEmpty());
  EXPECT_EQ(Stats().bytes_kept, 0U);
  ExpectAllRead();
}

TEST_F(KeptLines, MayBeRemovedAtAnyTime) {
  Fill(1 << 30);
  for (const std::string& name : Kept()) fs::remove(store_.path() + "/views/" + name);
  ExpectAllRead();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Stats().bytes_kept != 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Stats().bytes_kept, 0U) << "their space is given back while the store is open";
  ExpectAllRead();
}

TEST_F(KeptLines, ThatDifferAreTold) {
  Fill(1 << 30);
  const std::string name = Kept().front();
  const std::string path = store_.path() + "/views/" + name;
  const auto damage = [&](std::size_t at) {
    std::string bytes = ReadFileBytes(path);
    bytes[at] = '#';
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << bytes;
  };
  damage(fs::file_size(path) - 300);
  auto report = Must(store_->Verify());
  ASSERT_THAT(report.damage, SizeIs(1));
  EXPECT_EQ(report.damage.front().segment, "views/" + name);
  EXPECT_EQ(report.records, 400U);
  damage(300);
  report = Must(store_->Verify());
  EXPECT_THAT(report.damage, IsEmpty()) << "nobody reads it";
  EXPECT_THAT(report.notes, testing::Contains(testing::HasSubstr(name)));
}

TEST_F(KeptLines, OfADamagedSegmentAreNotBlamed) {
  Fill(1 << 30);
  const std::string sealed = store_.path() + "/log/" + Kept().front().substr(0, 20) + ".jsonl.zst";
  std::string bytes = ReadFileBytes(sealed);
  bytes[bytes.size() / 2] ^= 0x10;
  store_.Close();
  WriteFileBytes(sealed, bytes);
  store_.Reopen();
  const auto report = Must(store_->Verify());
  ASSERT_FALSE(report.damage.empty());
  for (const Damage& damage : report.damage) EXPECT_THAT(damage.segment, testing::EndsWith(".jsonl.zst"));
  EXPECT_THAT(report.notes, testing::Contains(testing::HasSubstr("do not remove it")));
  ExpectAllRead();
}

TEST(KeptLinesOnAFullDisk, MakeRoom) {
  TempDir temp;
  FaultFileSystem files(temp.path());
  StepClock clock;
  StoreOptions options{.segment_bytes = 20'000, .seal = false, .unsealed_segments_max = 0};
  const std::string path = temp.Sub("store");
  {
    auto store = Must(OpenEmbedded(path, options, {&files, &clock, {}}));
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(store->Store(TestFact{.second = i}.Json()));
  }
  options.seal = true;
  auto store = Must(OpenEmbedded(path, options, {&files, &clock, {}}));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Must(store->Stats()).segments_open > 1 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_GT(Must(store->Stats()).bytes_kept, 0U);
  files.SetDiskBytes(files.used_bytes() + 100);
  EXPECT_TRUE(store->Store(TestFact{.second = 1000}.Json()));
  EXPECT_EQ(Must(store->Stats()).bytes_kept, 0U);
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(201));
}

}  // namespace
}  // namespace cairn
