// The lines that stay beside sealed segments for reading.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

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
      if (entry.path().extension() == ".jsonl") names.push_back(entry.path().filename());
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
  Fill(50'000);
  const auto kept = Kept();
  EXPECT_THAT(kept, SizeIs(2));
  EXPECT_LE(Stats().bytes_kept, 50'000U);
  EXPECT_GT(Stats().bytes_kept, 20'000U);
  const auto frames = [&](const std::string& name) { return fs::exists(store_.path() + "/log/" + name + ".zst"); };
  for (const std::string& name : kept) EXPECT_TRUE(frames(name)) << name;
  ExpectAllRead();
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
  {
    std::fstream file(store_.path() + "/views/" + name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300);
    file.put('#');
  }
  const auto report = Must(store_->Verify());
  ASSERT_THAT(report.damage, SizeIs(1));
  EXPECT_EQ(report.damage.front().segment, "views/" + name);
  EXPECT_EQ(report.records, 400U);
}

}  // namespace
}  // namespace cairn
