#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "cache/disk_level_for_test.h"

// A view of the database is kept from read to read, and nobody notices.

namespace cairn {
namespace {

class DiskViewTest : public DiskLevelTest {
 protected:
  /// A level as it is in use: with its thread, so that it keeps views.
  std::unique_ptr<DiskLevel> OpenKeeping() {
    DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
    options.has_thread = true;
    return *DiskLevel::Open(options);
  }
  /// Whether all of the write-ahead log can be put away, which no view may then need.
  bool CanEndLog() {
    auto db = *SqliteConnection::Open(Path("cache.db"), 0);
    return *db->Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
  }
};

TEST_F(DiskViewTest, ShowsWhatOthersStored) {
  auto reads = OpenKeeping();
  auto writes = Open();
  for (int i = 0; i < 100; ++i) {
    const std::string key = "s:o:" + std::to_string(i);
    EXPECT_EQ(Read(*reads, key), "");
    ASSERT_TRUE(writes->Store(WriteOf(*writes, key, "one")).ok());
    ASSERT_TRUE(writes->Flush().ok());
    ASSERT_EQ(Read(*reads, key), "one");
    ASSERT_TRUE(writes->Store(WriteOf(*writes, key, "two")).ok());
    ASSERT_TRUE(writes->Flush().ok());
    ASSERT_EQ(Read(*reads, key), "two");
  }
}

TEST_F(DiskViewTest, ShowsWhatOthersInvalidated) {
  auto reads = OpenKeeping();
  auto writes = Open();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(writes->Store(WriteOf(*writes, "s:o:key", "one")).ok());
    ASSERT_TRUE(writes->Store(WriteOf(*writes, "s:o:tagged", "one", {7})).ok());
    ASSERT_TRUE(writes->Flush().ok());
    ASSERT_EQ(Read(*reads, "s:o:key"), "one");
    ASSERT_EQ(Read(*reads, "s:o:tagged"), "one");
    ASSERT_TRUE(Remove(*writes, {"s:o:key"}, {7}).ok());
    ASSERT_EQ(Read(*reads, "s:o:key"), "");
    ASSERT_EQ(Read(*reads, "s:o:tagged"), "");
  }
}

TEST_F(DiskViewTest, ShowsAfterAWhileWhatWasCommittedByOneThatDiedBeforeItSaidSo) {
  auto reads = OpenKeeping();
  auto writes = Open();
  ASSERT_TRUE(writes->Store(WriteOf(*writes, "s:o:a", "one")).ok());
  ASSERT_TRUE(writes->Flush().ok());
  ASSERT_EQ(Read(*reads, "s:o:a"), "one");
  auto db = *SqliteConnection::Open(Path("cache.db"), 1000);
  ASSERT_TRUE(db->Execute("DELETE FROM entries").ok());
  clock.Advance(std::chrono::nanoseconds(DiskReader::kViewMaxNs));
  EXPECT_EQ(Read(*reads, "s:o:a"), "");
}

TEST_F(DiskViewTest, EndsWhenNobodyReads) {
  auto level = OpenKeeping();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  ASSERT_TRUE(level->Flush().ok());
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(Read(*level, "s:o:a"), "one");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!CanEndLog()) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
}

constexpr std::uint64_t kQuota = 8ULL << 20;

class DiskQuotaViewTest : public DiskViewTest {
 protected:
  std::unique_ptr<DiskLevel> OpenSmall(bool keeps_views) {
    DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
    options.disk.bytes = kQuota;
    options.has_thread = keeps_views;
    return *DiskLevel::Open(options);
  }
  std::uint64_t SizeOfAll() const {
    std::uint64_t sum = 0;
    for (const auto& file : std::filesystem::directory_iterator(dir.Sub("cache"))) sum += file.file_size();
    return sum;
  }
  Status StoreFifty(DiskLevel& level, int round) {
    for (int i = round * 50; i < (round + 1) * 50; ++i) {
      const auto bytes = static_cast<std::size_t>(i % 3000);
      if (Status s = level.Store(WriteOf(level, "s:o:" + std::to_string(i), std::string(bytes, 'x'))); !s.ok())
        return s;
    }
    return level.Flush();
  }
};

TEST_F(DiskQuotaViewTest, HoldsUnderAFloodWhileOthersRead) {
  auto writes = OpenSmall(false);
  auto reads = OpenSmall(true);
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(StoreFifty(*writes, round).ok());
    (void)Read(*reads, "s:o:" + std::to_string(round * 50));
    ASSERT_LE(SizeOfAll(), kQuota + kQuota / 20) << round;
  }
}

TEST_F(DiskQuotaViewTest, HoldsWhileAProcessThatWasStoppedKeepsAView) {
  auto level = OpenSmall(false);
  ASSERT_TRUE(StoreFifty(*level, 0).ok());
  auto stopped = *SqliteConnection::Open(Path("cache.db"), 0);
  ASSERT_TRUE(stopped->Execute("BEGIN; SELECT count(*) FROM entries").ok());
  Status status;
  int round = 1;
  for (; round < 200 && status.ok(); ++round) {
    status = StoreFifty(*level, round);
    ASSERT_LE(SizeOfAll(), kQuota + kQuota / 20) << round;
  }
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("a process that reads"), std::string::npos) << status.message();
  EXPECT_TRUE(Remove(*level, {"s:o:1"}).ok()) << "what is invalidated is never held up";
  ASSERT_TRUE(stopped->Execute("COMMIT").ok());
  EXPECT_TRUE(StoreFifty(*level, round).ok());
  EXPECT_EQ(Read(*level, "s:o:1"), "");
}

}  // namespace
}  // namespace cairn
