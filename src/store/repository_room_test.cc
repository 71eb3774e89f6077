// A store whose newest segment is given room ahead of short commits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "store/store_for_test.h"
#include "store_files.h"

namespace cairn {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t kRoom = 32 << 10;
const StoreOptions kWithRoom{.room_bytes = kRoom, .room_after = 1};

std::uint64_t Zeros(const TestStore& store) {
  const std::string bytes = ReadBytes(LogFiles(store.path(), ".jsonl").back());
  return bytes.size() - (bytes.find_last_not_of('\0') + 1);
}

TEST(RoomAhead, IsSeenByNoReader) {
  TestStore store(kWithRoom);
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.second = i});
  ASSERT_GT(Zeros(store), 0U);
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(5));
  const VerifyReport report = Must(store->Verify());
  EXPECT_THAT(report.damage, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.records, 5U);
  const auto reader = store.Another({.read_only = true});
  EXPECT_THAT(HistoryOf(*reader, "volume", Table("orders")), SizeIs(5));
  store.Put(TestFact{.second = 5});
  EXPECT_THAT(HistoryOf(*reader, "volume", Table("orders")), SizeIs(6)) << "what was written over it";
}

TEST(RoomAhead, IsCutOffWhenItIsQuiet) {
  TestStore store(kWithRoom);
  store.options().seal = true;
  store.Reopen();
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.second = i});
  ASSERT_GT(Zeros(store), 0U);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Zeros(store) != 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Zeros(store), 0U);
  store.Put(TestFact{.second = 5});
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(6));
}

TEST(RoomAhead, IsCutOffOnClosing) {
  TestStore store(kWithRoom);
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.second = i});
  ASSERT_GT(Zeros(store), 0U);
  store.Close();
  EXPECT_EQ(Zeros(store), 0U);
}

TEST(RoomAhead, IsSealedWithoutIt) {
  TestStore store(kWithRoom);
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.second = i});
  ASSERT_GT(Zeros(store), 0U);
  ASSERT_TRUE(store->Seal().ok());
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(5));
  EXPECT_THAT(Must(store->Verify()).damage, IsEmpty());
}

// A process that is killed leaves it: the next one to close the store cuts it.
TEST(RoomAhead, ThatIsLeftIsCutByAnother) {
  TestStore store(kWithRoom);
  for (int i = 0; i < 5; ++i) store.Put(TestFact{.second = i});
  const std::string file = LogFiles(store.path(), ".jsonl").back();
  const std::string bytes = ReadBytes(file);
  store.Close();
  std::filesystem::resize_file(file, bytes.size());
  store.options().room_bytes = 0;
  store.Reopen();
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(5));
  store.Put(TestFact{.second = 5});
  EXPECT_EQ(ReadBytes(file).size(), bytes.size());
  store.Close();
  EXPECT_EQ(Zeros(store), 0U);
  EXPECT_THAT(TornBytes(store.path()), IsEmpty());
}

}  // namespace
}  // namespace cairn
