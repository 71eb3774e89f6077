// What other processes do at named points while this one opens or seals the store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "hook_file_system.h"
#include "log/segment.h"
#include "store/store_for_test.h"
#include "store_files.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Others roll and seal segments all the while that a store is being opened.
class ProcessesThatOpen : public testing::Test {
 protected:
  ProcessesThatOpen() { GoOn(); }
  // The other writes two segments and seals them.
  void GoOn() {
    for (int i = 0; i < 2; ++i) {
      for (int records = 0; records < 3; ++records) other_.Put(TestFact{.second = ++stored_, .run = "r"});
      const Status sealed = other_->Seal();
      ASSERT_TRUE(sealed.ok()) << sealed;
    }
  }
  OpenedStore Open(bool read_only) { return OpenStoreOn(files_, other_.path(), {.read_only = read_only}); }
  void ExpectAll(Repository& repository) {
    EXPECT_EQ(AllRecords(repository), AllRecords(*other_));
    EXPECT_EQ(DumpText(repository), DumpText(*other_));
    const RepositoryStats stats = Must(repository.Stats());
    const RepositoryStats expected = Must(other_->Stats());
    EXPECT_EQ(stats.damaged_batches, 0u);
    EXPECT_EQ(stats.segments_open + stats.segments_sealed, expected.segments_open + expected.segments_sealed);
  }

  TestStore other_;
  int stored_ = 0;
  HookFileSystem files_;
};

TEST_F(ProcessesThatOpen, WhileOthersSealBeforeEachLock) {
  files_.before_lock = [&](const std::string&) { GoOn(); };
  const OpenedStore store = Open(false);
  ASSERT_TRUE(store.status.ok()) << store.status;
  files_.before_lock = {};
  EXPECT_GT(stored_, 6);
  ExpectAll(*store.repository);
}

TEST_F(ProcessesThatOpen, WhileOthersSealBeforeEachFileIsOpened) {
  std::map<std::string, int> opened;
  bool locked = false;
  files_.before_lock = [&](const std::string&) { locked = true; };
  files_.before_map = [&](const std::string& path) {
    ++opened[path];
    if (!locked && opened.size() < 20) GoOn();
  };
  const OpenedStore store = Open(false);
  ASSERT_TRUE(store.status.ok()) << store.status;
  files_.before_map = {};
  for (const auto& [path, times] : opened) EXPECT_LE(times, 2) << path << ": what was read is not read again";
  ExpectAll(*store.repository);
}

// What others published is in the answers of one that has read it and is busy with a commit of its own.
TEST_F(ProcessesThatOpen, WhileThisOneWaitsForItsDisk) {
  const OpenedStore store = Open(false);
  ASSERT_TRUE(store.status.ok()) << store.status;
  ASSERT_TRUE(store.repository->Store(TestFact{.name = "other", .second = 1}.Json()));
  std::vector<Seq> seen;
  files_.after_sync = [&](const std::string&) {
    seen.push_back(Must(store.repository->Latest("volume", Table("orders"))).seq());
  };
  for (int i = 0; i < 3; ++i) {
    other_.Put(TestFact{.second = ++stored_, .run = "r"});
    const Seq published = Must(other_->Latest("volume", Table("orders"))).seq();
    ASSERT_TRUE(store.repository->Store(TestFact{.name = "other", .second = 10 + i}.Json()));
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back(), published);
  }
  files_.after_sync = {};
  ExpectAll(*store.repository);
}

// A reader takes no lock: what came after it was asked to open may come later, what stood before is there.
TEST_F(ProcessesThatOpen, AReaderWhileOthersSeal) {
  for (HookFileSystem::Hook* const point : {&files_.before_map, &files_.after_map}) {
    for (const int rounds : {1, 2, 1000}) {
      SCOPED_TRACE(testing::Message() << (point == &files_.before_map ? "before" : "after")
                                      << " its lines are opened, rounds: " << rounds);
      other_.Put(TestFact{.second = ++stored_, .run = "r"});
      const std::uint64_t before = Must(other_->Stats()).records;
      int round = 0;
      *point = [&](const std::string& path) {
        if (path.ends_with(".jsonl") && ++round <= rounds) GoOn();
      };
      const OpenedStore store = Open(true);
      ASSERT_TRUE(store.status.ok()) << store.status;
      *point = {};
      EXPECT_GE(Must(store.repository->Stats()).records, before);
      ExpectAll(*store.repository);
    }
  }
}

// Another process holds the sealing lock when this one is to seal.
class ProcessesThatSeal : public testing::Test {
 protected:
  void Open(std::chrono::milliseconds wait) {
    a_ = OpenStoreOn(files_, path_, {.segment_bytes = 3000, .seal_wait = wait});
    ASSERT_TRUE(a_.status.ok()) << a_.status;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(a_.repository->Store(TestFact{.second = i}.Json()));
    other_ = Must(FileSystem::Default()->OpenLock(path_ + "/SEAL"));
  }
  void ExpectAllSealed() {
    EXPECT_THAT(LogFiles(path_, ".jsonl"), SizeIs(1)) << "the empty one that takes writes";
    EXPECT_EQ(Must(a_.repository->Stats()).segments_open, 1u);
    EXPECT_THAT(HistoryOf(*a_.repository, "volume", Table("orders")), SizeIs(20));
  }

  TempDir temp_;
  std::string path_ = temp_.Sub("store");
  HookFileSystem files_;
  std::unique_ptr<FileLock> other_;
  OpenedStore a_;
};

TEST_F(ProcessesThatSeal, WaitForEachOther) {
  Open(std::chrono::minutes(10));
  ASSERT_TRUE(other_->TryLock().ok());
  int looks = 0;
  files_.before_try_lock = [&](const std::string&) {
    if (++looks == 3) other_->Unlock();
  };
  const Status sealed = a_.repository->Seal();
  EXPECT_TRUE(sealed.ok()) << sealed;
  EXPECT_GT(looks, 3);
  ExpectAllSealed();
}

TEST_F(ProcessesThatSeal, TakeWhatTheOtherSealed) {
  Open(std::chrono::minutes(10));
  bool done = false;
  files_.before_try_lock = [&](const std::string&) {
    if (std::exchange(done, true)) return;
    ASSERT_TRUE(OpenStoreOn(*FileSystem::Default(), path_, {}).repository->Seal().ok());
    ASSERT_TRUE(other_->TryLock().ok());  // And it goes on sealing, whatever that may be.
  };
  const Status sealed = a_.repository->Seal();
  EXPECT_TRUE(sealed.ok()) << sealed;
  ExpectAllSealed();
}

TEST_F(ProcessesThatSeal, DoNotWaitForEver) {
  Open(std::chrono::milliseconds(1));
  ASSERT_TRUE(other_->TryLock().ok());
  const Status sealed = a_.repository->Seal();
  EXPECT_EQ(sealed.code(), StatusCode::kUnavailable);
  EXPECT_THAT(sealed.message(), HasSubstr("another process"));
  other_->Unlock();
  EXPECT_TRUE(a_.repository->Seal().ok());
  ExpectAllSealed();
}

// Sealing takes seconds where a segment is large.
TEST(Meanwhile, WhatIsSyncedAtIntervalsIsSyncedWhileASegmentIsSealed) {
  constexpr std::chrono::seconds kPatience{30};
  const TempDir temp;
  HookFileSystem files;
  std::mutex mutex;
  std::condition_variable changed;
  bool sealing = false;
  bool over = false;
  int syncs = 0;
  files.before_try_lock = [&](const std::string&) {
    std::unique_lock lock(mutex);
    sealing = true;
    changed.notify_all();
    changed.wait_for(lock, kPatience, [&] { return over; });
  };
  files.after_sync = [&](const std::string& path) {
    if (!path.ends_with(".jsonl")) return;
    const std::lock_guard lock(mutex);
    ++syncs;
    changed.notify_all();
  };
  StepClock clock;
  const StoreOptions options{.sync = Sync::kInterval,
                             .sync_interval = std::chrono::milliseconds(5),
                             .segment_bytes = 1000,
                             .unsealed_segments_max = 1};
  const auto store = Must(OpenEmbedded(temp.Sub("store"), options, {&files, &clock}));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store->Store(TestFact{.second = i}.Json()));
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, kPatience, [&] { return sealing; }));
  const int before = syncs;
  lock.unlock();
  ASSERT_TRUE(store->Store(TestFact{.second = 20}.Json()));
  lock.lock();
  EXPECT_TRUE(changed.wait_for(lock, kPatience / 2, [&] { return syncs > before; }));
  over = true;
  changed.notify_all();
}

// What is compressed beside a load takes caches and the disk from it.
TEST(Meanwhile, SealingThatWasBegunInAQuietTimeIsCalledOffWhereCommitsComeOnAndOn) {
  constexpr std::chrono::seconds kPatience{30};
  const TempDir temp;
  HookFileSystem files;
  std::mutex mutex;
  std::condition_variable changed;
  int begun = 0;
  bool over = false;
  files.after_sync = [&](const std::string& path) {
    if (!path.ends_with(SegmentName({1}) + std::string(kSealedSuffix) + ".tmp")) return;
    std::unique_lock lock(mutex);
    ++begun;
    changed.notify_all();
    changed.wait_for(lock, kPatience, [&] { return over; });
  };
  StepClock clock;
  const StoreOptions options{.segment_bytes = 4000, .unsealed_segments_max = 1000};
  const auto store = Must(OpenEmbedded(temp.Sub("store"), options, {&files, &clock}));
  int second = 0;
  for (; second < 20; ++second) ASSERT_TRUE(store->Store(TestFact{.second = second}.Json()));
  const auto wait_for = [&](int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, [&] { return begun >= count; });
  };
  ASSERT_TRUE(wait_for(1)) << "nobody writes";
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (; std::chrono::steady_clock::now() < until; ++second) {
    ASSERT_TRUE(store->Store(TestFact{.second = second}.Json()));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  {
    const std::lock_guard lock(mutex);
    over = true;
    changed.notify_all();
  }
  EXPECT_TRUE(wait_for(2)) << "begun anew when nobody writes again";
}

}  // namespace
}  // namespace cairn
