#include "scan/scanner.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utime.h>

#include <fstream>
#include <thread>

#include "scan/scan_for_test.h"

namespace cairn {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000;

TEST_F(ScanTest, EachFileIsARecord) {
  Picture("a.jpg", "one");
  Picture("deep/er/b.jpg", "two");
  tree_.Write("c.bin", std::string("\0\1\2", 3));
  const ScanReport report = Scan();
  EXPECT_EQ(report.added, 3u);
  EXPECT_EQ(report.extracted, 2u);
  EXPECT_EQ(report.folders, 3u);
  const std::string payload = Payload("a.jpg");
  EXPECT_TRUE(payload.starts_with(R"({"state":"present","type":"image/jpeg","size":7,"modified":")")) << payload;
  EXPECT_NE(payload.find(R"("title":"one")"), std::string::npos) << payload;
  EXPECT_NE(Payload("deep/er/b.jpg").find(R"("title":"two")"), std::string::npos);
  EXPECT_NE(Payload("c.bin").find(R"("hash":"xxh3:)"), std::string::npos);
  EXPECT_EQ(Why("a.jpg"), "new");
}

TEST_F(ScanTest, ASecondScanReadsNothing) {
  Picture("a.jpg", "one");
  clock_.shift_ns = kMinute;  // Long enough after the file was written.
  Scan();
  const ScanReport again = Scan();
  EXPECT_EQ(again.unchanged, 1u);
  EXPECT_EQ(again.to_read, 0u);
  EXPECT_EQ(again.records, 0u);
}

TEST_F(ScanTest, WhatWasChangedShortlyBeforeItWasReadIsHashedAgain) {
  Picture("a.jpg", "one");
  Scan();
  ScanReport again = Scan();
  EXPECT_EQ(again.to_read, 1u);
  EXPECT_EQ(again.same, 1u);
  EXPECT_EQ(again.extracted, 0u);
  EXPECT_EQ(again.records, 0u);
  clock_.shift_ns = kMinute;
  Scan();
  EXPECT_EQ(Scan().to_read, 0u) << "once, when it is old enough";
}

TEST_F(ScanTest, AChangeIsANewVersionWithItsReason) {
  Picture("a.jpg", "one");
  Scan();
  Picture("a.jpg", "seven");
  const ScanReport report = Scan();
  EXPECT_EQ(report.changed, 1u);
  EXPECT_EQ(Versions("a.jpg"), 2u);
  EXPECT_NE(Payload("a.jpg").find("seven"), std::string::npos);
  EXPECT_TRUE(Why("a.jpg").starts_with("size 7 to 9")) << Why("a.jpg");
}

TEST_F(ScanTest, ARestoredTimeHidesNothing) {
  const std::string path = Picture("a.jpg", "one");
  clock_.shift_ns = kMinute;
  Scan();
  struct stat before {};
  ASSERT_EQ(::stat(path.c_str(), &before), 0);
  // The kernel's stamps have steps of some milliseconds.
  struct stat after {};
  do {
    Picture("a.jpg", "two");
    const timespec times[2] = {before.st_atim, before.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    ASSERT_EQ(::stat(path.c_str(), &after), 0);
  } while (after.st_ctim.tv_nsec == before.st_ctim.tv_nsec && after.st_ctim.tv_sec == before.st_ctim.tv_sec);
  EXPECT_EQ(Scan().changed, 1u);
  EXPECT_NE(Payload("a.jpg").find("two"), std::string::npos);
}

TEST_F(ScanTest, AWriteThroughAMappingIsFound) {
  const std::string path = Picture("a.jpg", "one");
  Scan();
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  void* mapped = ::mmap(nullptr, 7, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  static_cast<char*>(mapped)[4] = 'O';
  ::munmap(mapped, 7);
  ::close(fd);
  Scan();
  EXPECT_NE(Payload("a.jpg").find("\"One\""), std::string::npos);
}

TEST_F(ScanTest, ACopyAndARevertCostNoExtraction) {
  Picture("a.jpg", "one");
  Scan();
  Picture("b.jpg", "one");
  ScanReport report = Scan();
  EXPECT_EQ(report.extracted, 0u);
  EXPECT_EQ(report.reused, 2u) << "the copy, and the first, which is young";
  EXPECT_NE(Payload("b.jpg").find("\"one\""), std::string::npos);
  Picture("a.jpg", "other");
  EXPECT_EQ(Scan().extracted, 1u);
  Picture("a.jpg", "one");
  EXPECT_EQ(Scan().extracted, 0u);
}

TEST_F(ScanTest, CopiesThatAreHandedOverTogetherAreReadOnce) {
  options_.workers = 1;
  for (int i = 0; i < 40; ++i) Picture(fmt::format("{}.jpg", i), "the same");
  Picture("other.jpg", "refuse");
  const ScanReport report = Scan();
  EXPECT_EQ(report.added, 41u);
  EXPECT_EQ(report.extracted, 2u);
  EXPECT_EQ(report.reused, 39u);
}

TEST_F(ScanTest, AFileThatHasMoreThanItsSizeSaysIsToldNotTakenForEmpty) {
  options_.roots = {"/proc/version"};
  const ScanReport report = Scan();
  EXPECT_EQ(report.problems, 1u);
  EXPECT_NE(Payload(*store_, "/proc/version").find("it changes while it is read"), std::string::npos);
}

TEST_F(ScanTest, OfResultsTheNewestAreKept) {
  options_.results_max = 2;
  clock_.shift_ns = kRacyNs * 2;  // What is read is old enough not to be read twice.
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) {
    Picture(name, name);
    EXPECT_EQ(Scan().extracted, 1U);
  }
  std::filesystem::copy_file(PathOf("c.jpg"), PathOf("c2.jpg"));
  EXPECT_EQ(Scan().extracted, 0U);
  std::filesystem::copy_file(PathOf("a.jpg"), PathOf("a2.jpg"));
  EXPECT_GE(Scan().extracted, 1U) << "forgotten, so read anew";
}

TEST_F(ScanTest, ARenameIsRecognisedByContent) {
  Picture("a.jpg", "one");
  Scan();
  std::filesystem::create_directory(PathOf("new"));
  std::filesystem::rename(PathOf("a.jpg"), PathOf("new/b.jpg"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.renamed, 1u);
  EXPECT_EQ(report.extracted, 0u);
  EXPECT_NE(Payload("a.jpg").find("\"renamed_to\":[\"" + PathOf("new/b.jpg") + "\"]"), std::string::npos)
      << Payload("a.jpg");
}

TEST_F(ScanTest, WhatIsGoneIsRecordedOnce) {
  Picture("a.jpg", "one");
  Picture("deep/er/b.jpg", "two");
  Scan();
  std::filesystem::remove_all(PathOf("deep"));
  EXPECT_EQ(Scan().removed, 1u);
  EXPECT_EQ(Payload("deep/er/b.jpg"), R"({"state":"removed","reason":"it is gone"})");
  EXPECT_EQ(Scan().removed, 0u);
  Picture("deep/er/b.jpg", "two");
  EXPECT_EQ(Scan().added, 1u);
}

TEST_F(ScanTest, ABadFileHarmsOnlyItself) {
  Picture("good.jpg", "one");
  Picture("crash.jpg", "crash");
  Picture("hang.jpg", "hang");
  Picture("refuse.jpg", "refuse");
  Picture("nonsense.jpg", "nonsense");
  const ScanReport report = Scan();
  EXPECT_EQ(report.added, 5u);
  EXPECT_EQ(report.problems, 4u);
  EXPECT_NE(Payload("good.jpg").find("\"one\""), std::string::npos);
  EXPECT_NE(Payload("crash.jpg").find("quarantined"), std::string::npos) << Payload("crash.jpg");
  EXPECT_NE(Payload("crash.jpg").find("SIGABRT"), std::string::npos) << Payload("crash.jpg");
  EXPECT_NE(Payload("hang.jpg").find("no progress"), std::string::npos) << Payload("hang.jpg");
  EXPECT_NE(Payload("refuse.jpg").find(R"("problem":{"code":"INVALID_ARGUMENT","reason":"no picture"})"),
            std::string::npos)
      << Payload("refuse.jpg");
}

TEST_F(ScanTest, WhatIsQuarantinedIsNotTriedAgainUntilItChanges) {
  Picture("crash.jpg", "crash");
  Scan();
  EXPECT_EQ(Scan().extracted, 0u) << "it is young, so hashed again, but not handed to a worker";
  Picture("copy.jpg", "crash");
  EXPECT_EQ(Scan().extracted, 0u) << "a copy is as bad";
  Picture("crash.jpg", "healed");
  EXPECT_EQ(Scan().extracted, 1u);
  EXPECT_NE(Payload("crash.jpg").find("healed"), std::string::npos);
}

TEST_F(ScanTest, WhatIsAskedForIsReadAnewQuarantinedOrNot) {
  Picture("crash.jpg", "crash");
  Picture("good.jpg", "one");
  Scan();
  EXPECT_EQ(Scan().extracted, 0U);
  options_.force = true;
  const ScanReport report = Scan();
  EXPECT_EQ(report.extracted, 2U);
  EXPECT_EQ(report.records, 0U) << "nothing else was found";
}

TEST_F(ScanTest, AYoungFileThatIsTheSameIsHashedAndNothingElse) {
  Picture("a.jpg", "one");
  std::ofstream(PathOf("b.txt")) << "two";
  Scan();
  ASSERT_EQ(::chmod(PathOf("a.jpg").c_str(), 0600), 0);
  opened_stores_ = 0;
  const ScanReport report = Scan();
  EXPECT_EQ(report.read, 2U);
  EXPECT_EQ(report.records, 0U);
  EXPECT_EQ(opened_stores_, 0) << "what it has to say stands in the state";
  const timespec times[2] = {{1, 0}, {1, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, PathOf("b.txt").c_str(), times, 0), 0);
  EXPECT_EQ(Scan().records, 1U) << "when it was modified is recorded";
}

TEST_F(ScanTest, AFileThatChangesWhileItIsReadIsNeverRecordedHalf) {
  const std::string path = Picture("a.jpg", "one");
  std::atomic<int> times = 0;
  options_.while_reading = [&](const std::string&) {
    if (times++ == 0) std::ofstream(path, std::ios::binary | std::ios::app) << " and more";
  };
  Scan();
  EXPECT_EQ(Versions("a.jpg"), 1u);
  EXPECT_NE(Payload("a.jpg").find("\"one and more\""), std::string::npos) << Payload("a.jpg");
}

TEST_F(ScanTest, AFileThatNeverRestsIsToldAndTriedAgain) {
  const std::string path = Picture("a.jpg", "one");
  options_.while_reading = [&](const std::string&) { std::ofstream(path, std::ios::binary | std::ios::app) << "+"; };
  EXPECT_EQ(Scan().problems, 1u);
  EXPECT_NE(Payload("a.jpg").find("it changes while it is read"), std::string::npos) << Payload("a.jpg");
  options_.while_reading = {};
  Scan();
  EXPECT_NE(Payload("a.jpg").find("\"one+"), std::string::npos) << Payload("a.jpg");
}

TEST_F(ScanTest, NamesThatAreNoUtf8Survive) {
  Picture("caf\xE9 100% %41.jpg", "one");
  Picture("new\nline \"quoted\".jpg", "two");
  EXPECT_EQ(Scan().added, 2u);
  EXPECT_EQ(NameOfPath("caf\xE9 100% %41.jpg"), "caf%E9 100% %2541.jpg");
  EXPECT_NE(Payload("caf\xE9 100% %41.jpg").find("\"one\""), std::string::npos);
  EXPECT_NE(Payload("new\nline \"quoted\".jpg").find("\"two\""), std::string::npos);
}

TEST_F(ScanTest, LinksByPolicy) {
  Picture("real/a.jpg", "one");
  std::filesystem::create_directory_symlink("real", PathOf("alias"));
  std::filesystem::create_directory_symlink("..", PathOf("real/loop"));
  std::filesystem::create_symlink("nowhere", PathOf("broken"));
  Scan();
  EXPECT_EQ(Payload("alias"), R"({"state":"present","type":"inode/symlink","target":"real"})");
  EXPECT_EQ(Payload("alias/a.jpg"), "");
  options_.links = LinkPolicy::kSkip;
  Scan();
  EXPECT_TRUE(Payload("alias").starts_with(R"({"state":"removed")"));
  options_.links = LinkPolicy::kFollow;
  Scan();
  EXPECT_NE(Payload("alias/a.jpg").find("\"one\""), std::string::npos) << Payload("alias/a.jpg");
  EXPECT_EQ(Payload("broken"), R"({"state":"present","type":"inode/symlink","target":"nowhere"})");
}

TEST_F(ScanTest, IgnoreFilesIncludeAndExclude) {
  tree_.Write(".cairnignore", "*.tmp\n/private/\n");
  tree_.Write("sub/.cairnignore", "!keep.tmp\n");
  for (const char* name : {"a.jpg", "x.tmp", "private/b.jpg", "sub/keep.tmp", "sub/y.tmp", "sub/c.png"}) {
    Picture(name, "one");
  }
  options_.exclude = {"*.png"};
  Scan();
  EXPECT_NE(Payload("a.jpg"), "");
  EXPECT_NE(Payload("sub/keep.tmp"), "");
  for (const char* name : {"x.tmp", "private/b.jpg", "sub/y.tmp", "sub/c.png"}) EXPECT_EQ(Payload(name), "") << name;
  options_.include = {"*.tmp"};
  Scan();
  EXPECT_TRUE(Payload("a.jpg").starts_with(R"({"state":"removed")"));
  EXPECT_TRUE(Payload("sub/keep.tmp").starts_with(R"({"state":"present")"));
}

TEST_F(ScanTest, AStoppedScanGoesOnWhereItStopped) {
  for (int i = 0; i < 40; ++i) Picture(fmt::format("d{}/{}.jpg", i % 4, i), std::to_string(i));
  std::atomic<int> read = 0;
  Scanner* scanner = nullptr;
  options_.while_reading = [&](const std::string&) {
    if (++read < 10) return;
    stop_ = true;
    // What is under way ends when the rest was given back.
    while (scanner->Workers().queued != 0) std::this_thread::yield();
  };
  auto opened = OpenScanner(*store_, "store");
  ASSERT_TRUE(opened);
  scanner = opened->get();
  const ScanReport first = *scanner->Scan(stop_);
  opened->reset();
  options_.while_reading = {};
  EXPECT_TRUE(first.stopped);
  EXPECT_LT(first.added, 40u);
  EXPECT_GE(first.added, 10u);
  stop_ = false;
  clock_.shift_ns = kMinute;
  const ScanReport second = Scan();
  EXPECT_EQ(first.added + second.added, 40u);
  EXPECT_EQ(second.extracted, second.added);
}

TEST_F(ScanTest, ATreeThatGrowsWhileItIsWalkedEnds) {
  Picture("a.jpg", "one");
  std::atomic<int> made = 0;
  std::string deepest = tree_.path();
  options_.workers = 1;
  options_.while_reading = [&](const std::string&) {
    // Each file that is read brings another, in a new folder.
    if (++made < 100'000) {
      deepest += "/d";
      std::filesystem::create_directories(deepest);
      std::ofstream(deepest + "/x.jpg", std::ios::binary) << kPicture << made;
    }
  };
  Scan();
  EXPECT_LT(made, 1000);
}

TEST_F(ScanTest, DryRunTellsAndWritesNothing) {
  Picture("a.jpg", "one");
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner);
  std::map<std::string, std::string> told;
  auto report = (*scanner)->DryRun([&](const std::string& path, const std::string& why) { told[path] = why; }, stop_);
  ASSERT_TRUE(report);
  EXPECT_EQ(told, (std::map<std::string, std::string>{{PathOf("a.jpg"), "new"}}));
  EXPECT_EQ(store_->Stats()->records, 0u);
}

TEST_F(ScanTest, AHugeSparseFileIsSampledAndSaysSo) {
  const std::string path = Picture("huge.jpg", "one");
  ASSERT_EQ(::truncate(path.c_str(), std::int64_t{1} << 40), 0);
  const ScanReport report = Scan();
  EXPECT_LT(report.bytes_hashed, std::uint64_t{1} << 30);
  EXPECT_NE(Payload("huge.jpg").find(R"("hash":"sampled:)"), std::string::npos) << Payload("huge.jpg");
}

TEST_F(ScanTest, AHundredLevelsDeep) {
  // Longer than a path that one call takes.
  const std::string level(60, 'd');
  int at = ::open(tree_.path().c_str(), O_RDONLY | O_DIRECTORY);
  std::string path = tree_.path();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(::mkdirat(at, level.c_str(), 0700), 0);
    const int next = ::openat(at, level.c_str(), O_RDONLY | O_DIRECTORY);
    ::close(at);
    at = next;
    path += "/" + level;
  }
  const int fd = ::openat(at, "a.jpg", O_CREAT | O_WRONLY, 0600);
  ASSERT_EQ(::write(fd,
                    "\xFF\xD8\xFF\xE0"
                    "deep",
                    8),
            8);
  ::close(fd);
  ::close(at);
  EXPECT_EQ(Scan().added, 1u);
  EXPECT_NE(Payload(*store_, path + "/a.jpg").find("\"deep\""), std::string::npos);
}

}  // namespace
}  // namespace cairn
