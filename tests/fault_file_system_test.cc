#include "fault_file_system.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <set>

#include "temp_dir.h"

namespace cairn {
namespace {

constexpr int kSeeds = 200;

class FaultFileSystemTest : public testing::Test {
 protected:
  std::unique_ptr<AppendFile> Open(const std::string& path) {
    auto file = files_.OpenAppend(path, true);
    EXPECT_TRUE(file.has_value()) << file.status();
    return std::move(*file);
  }
  // A file that a crash leaves alone.
  void Settle(const std::string& path, std::string_view bytes) {
    const auto file = Open(path);
    ASSERT_TRUE(file->Append(bytes).ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(files_.SyncDir(dir_).ok());
  }
  // `a`, of which "ok." is on the disk and "gone" could not be synced.
  std::unique_ptr<AppendFile> OpenWithAFailedSync() {
    EXPECT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "ok.");
    auto file = Open(a_);
    files_.Fail({.op = DiskOp::kSync});
    EXPECT_TRUE(file->Append("gone").ok());
    EXPECT_FALSE(file->Sync().ok());
    return file;
  }
  std::string Content(const std::string& path) {
    auto bytes = files_.Read(path);
    return bytes ? *bytes : "(" + std::string(StatusCodeName(bytes.error().code())) + ")";
  }

  TempDir temp_;
  const std::string dir_ = temp_.Sub("disk");
  const std::string a_ = dir_ + "/a";
  const std::string b_ = dir_ + "/b";
  FaultFileSystem files_{dir_};
};

TEST_F(FaultFileSystemTest, KeepsWhatWasSynced) {
  Settle(a_, "synced");
  for (int seed = 0; seed < kSeeds; ++seed) {
    files_.Crash(static_cast<std::uint64_t>(seed));
    EXPECT_EQ(Content(a_), "synced");
  }
}

TEST_F(FaultFileSystemTest, ForgetsUnsyncedBytesAtChance) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ASSERT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "kept.");
    ASSERT_TRUE(Open(a_)->Append("lost").ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"kept.", "kept.l", "kept.lo", "kept.los", "kept.lost",
                                         std::string("kept.\0\0\0\0", 9)}));
}

TEST_F(FaultFileSystemTest, TearsUnsyncedPages) {
  bool torn_between = false;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ASSERT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "x");
    ASSERT_TRUE(Open(a_)->Append(std::string(3 * 4096, 'y')).ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    const std::string bytes = Content(a_);
    EXPECT_EQ(bytes[0], 'x');
    torn_between = torn_between ||
                   (bytes.size() == 3 * 4096 + 1 && bytes[4095] == 'y' && bytes[4096] == '\0' && bytes[8192] == 'y');
  }
  EXPECT_TRUE(torn_between);
}

TEST_F(FaultFileSystemTest, ForgetsAtChanceWhatWasWrittenOver) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ASSERT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "kept....");
    ASSERT_TRUE(Open(a_)->WriteAt(4, "new").ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_));
  }
  EXPECT_EQ(seen,
            (std::set<std::string>{"kept....", "keptn...", "keptne..", "keptnew.", std::string("kept\0\0\0\0", 8)}));
}

TEST_F(FaultFileSystemTest, WritingOverTakesNoDisk) {
  Settle(a_, "12345678");
  files_.SetDiskBytes(10);
  const auto file = Open(a_);
  EXPECT_TRUE(file->WriteAt(2, "cdef").ok());
  EXPECT_EQ(files_.used_bytes(), 8U);
  EXPECT_EQ(file->WriteAt(6, "ghijk").code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Content(a_), "12cdefghij");
}

TEST_F(FaultFileSystemTest, WhatIsWrittenAnewAfterAFailedSyncStays) {
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto file = OpenWithAFailedSync();
    ASSERT_TRUE(file->WriteAt(3, "here").ok());
    EXPECT_TRUE(file->Sync().ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    EXPECT_EQ(Content(a_), "ok.here");
  }
}

TEST_F(FaultFileSystemTest, AnUnsyncedCutMayBeUndone) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ASSERT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "abc");
    ASSERT_TRUE(Open(a_)->Truncate(1).ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"abc", "a"}));
}

TEST_F(FaultFileSystemTest, UndoesUnsyncedEntries) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    for (const std::string& path : {a_, b_, dir_ + "/c"}) ASSERT_TRUE(files_.Remove(path).ok());
    Settle(a_, "A");
    Settle(b_, "B");
    const auto created = Open(dir_ + "/c");
    ASSERT_TRUE(created->Append("C").ok());
    ASSERT_TRUE(created->Sync().ok());
    ASSERT_TRUE(files_.Rename(a_, b_).ok());
    ASSERT_TRUE(files_.Remove(b_).ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_) + Content(b_) + Content(dir_ + "/c"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"AB(NOT_FOUND)", "ABC", "(NOT_FOUND)AC", "(NOT_FOUND)(NOT_FOUND)C"}));
}

TEST_F(FaultFileSystemTest, SyncDirMakesEntriesDurable) {
  Settle(a_, "A");
  ASSERT_TRUE(files_.Rename(a_, b_).ok());
  ASSERT_TRUE(files_.SyncDir(dir_).ok());
  for (int seed = 0; seed < kSeeds; ++seed) files_.Crash(static_cast<std::uint64_t>(seed));
  EXPECT_EQ(Content(a_) + Content(b_), "(NOT_FOUND)A");
}

TEST_F(FaultFileSystemTest, AFolderThatWasNotSyncedTakesItsFilesAlong) {
  bool gone = false;
  for (int seed = 0; seed < kSeeds && !gone; ++seed) {
    ASSERT_TRUE(files_.MakeDirs(dir_ + "/sub").ok());
    const auto file = Open(dir_ + "/sub/f");
    ASSERT_TRUE(file->Append("F").ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(files_.SyncDir(dir_ + "/sub").ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    gone = !files_.Exists(dir_ + "/sub");
  }
  EXPECT_TRUE(gone);
}

TEST_F(FaultFileSystemTest, AMappedFileHoldsZerosOrAnEarlierValue) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    ASSERT_TRUE(files_.Remove(a_).ok());
    Settle(a_, "11");
    auto mapping = files_.MapShared(a_, 2);
    ASSERT_TRUE(mapping.has_value());
    std::memcpy((*mapping)->data(), "22", 2);
    ASSERT_TRUE(files_.SyncDir(dir_).ok());
    std::memcpy((*mapping)->data(), "33", 2);
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_));
  }
  EXPECT_EQ(seen, (std::set<std::string>{std::string("\0\0", 2), "11", "22", "33"}));
}

TEST_F(FaultFileSystemTest, FailsTheNthOperationOnly) {
  const auto file = Open(a_);
  files_.Fail({.op = DiskOp::kAppend, .nth = 2, .status = {StatusCode::kResourceExhausted, "full"}});
  EXPECT_TRUE(file->Append("one.").ok());
  EXPECT_EQ(file->Append("two.").code(), StatusCode::kResourceExhausted);
  const std::string torn = Content(a_);
  EXPECT_EQ(std::string("one.two.").substr(0, torn.size()), torn);
  ASSERT_TRUE(file->Truncate(4).ok());
  EXPECT_TRUE(file->Append("three").ok());
  EXPECT_EQ(Content(a_), "one.three");
}

TEST_F(FaultFileSystemTest, FailsByPathAndForEver) {
  files_.Fail({.op = DiskOp::kRename, .path_part = "/a", .keeps_failing = true});
  Settle(a_, "A");
  Settle(b_, "B");
  EXPECT_FALSE(files_.Rename(a_, dir_ + "/c").ok());
  EXPECT_TRUE(files_.Rename(b_, dir_ + "/c").ok());
  EXPECT_FALSE(files_.Rename(a_, dir_ + "/c").ok());
  files_.ClearFaults();
  EXPECT_TRUE(files_.Rename(a_, dir_ + "/c").ok());
}

TEST_F(FaultFileSystemTest, AfterAFailedSyncALaterOneSavesNothing) {
  std::set<std::string> seen;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto file = OpenWithAFailedSync();
    EXPECT_TRUE(file->Sync().ok());
    files_.Crash(static_cast<std::uint64_t>(seed));
    seen.insert(Content(a_));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"ok.gone", std::string("ok.\0\0\0\0", 7)}));
}

TEST_F(FaultFileSystemTest, IsFullAtItsSizeAndTakesAgainWhatWasFreed) {
  files_.SetDiskBytes(10);
  const auto file = Open(a_);
  EXPECT_TRUE(file->Append("12345678").ok());
  EXPECT_EQ(file->Append("9abc").code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Content(a_), "123456789a");
  ASSERT_TRUE(file->Truncate(2).ok());
  EXPECT_TRUE(file->Append("345").ok());
  EXPECT_EQ(files_.used_bytes(), 5U);
  EXPECT_EQ(files_.MapShared(b_, 100).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(FaultFileSystemTest, NothingHappensWithoutPowerUntilTheRestart) {
  const auto file = Open(a_);
  const std::uint64_t before = files_.operations();
  files_.PowerOffAt(2);
  EXPECT_TRUE(file->Append("one").ok());
  EXPECT_FALSE(files_.power_is_off());
  EXPECT_FALSE(files_.Remove(a_).ok());
  EXPECT_TRUE(files_.power_is_off());
  EXPECT_FALSE(file->Append("two").ok());
  EXPECT_EQ(files_.operations(), before + 3);
  files_.Restart();
  EXPECT_EQ(Content(a_), "one");
  EXPECT_FALSE(file->Append("a dead process writes nothing").ok());
  EXPECT_TRUE(Open(a_)->Append(".").ok());
}

TEST(LyingDisk, LosesWhatItSaidItHadSynced) {
  TempDir temp;
  bool lost = false;
  for (std::uint64_t seed = 0; seed < kSeeds && !lost; ++seed) {
    FaultFileSystem files(temp.Sub("disk" + std::to_string(seed)), {.lie_about_sync = true});
    const std::string path = temp.Sub("disk" + std::to_string(seed)) + "/a";
    auto file = files.OpenAppend(path, true);
    ASSERT_TRUE(file.has_value() && (*file)->Append("bytes").ok() && (*file)->Sync().ok());
    ASSERT_TRUE(files.SyncDir(temp.Sub("disk" + std::to_string(seed))).ok());
    files.Crash(seed);
    lost = *files.Read(path) != "bytes";
  }
  EXPECT_TRUE(lost);
}

}  // namespace
}  // namespace cairn
