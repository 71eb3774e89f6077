// What is scanned: folders, files, and what became of them.

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <utime.h>

#include <fstream>
#include <thread>

#include "scan/scan_for_test.h"
#include "scan/scanner.h"

namespace cairn {
namespace {

TEST_F(ScanTest, ARootThatIsGoneIsSaid) {
  Picture("sub/a.jpg", "one");
  options_.roots = {PathOf("sub")};
  Scan();
  std::filesystem::remove_all(PathOf("sub"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.removed, 1u);
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_NE(report.notes[0].find(PathOf("sub")), std::string::npos);
  const ScanReport again = Scan();
  EXPECT_EQ(again.problems, 0U) << "it was a root, and that it is gone is recorded";
  ASSERT_EQ(again.notes.size(), 1U);
  EXPECT_EQ(again.notes[0], PathOf("sub") + ": No such file or directory, which is recorded");
}

TEST_F(ScanTest, ARootThatTurnsIntoAFileAndBackIsFollowed) {
  Picture("f/deep/a.jpg", "one");
  options_.roots = {PathOf("f")};
  Scan();
  std::filesystem::remove_all(PathOf("f"));
  Picture("f", "two");
  ScanReport report = Scan();
  EXPECT_EQ(report.added, 1U);
  EXPECT_EQ(report.removed, 1U);
  EXPECT_EQ(Payload("f/deep/a.jpg"), R"({"state":"removed","reason":"a file stands in its place"})");
  EXPECT_EQ(Scan().records, 0U);
  std::filesystem::remove(PathOf("f"));
  Picture("f/b.jpg", "three");
  report = Scan();
  EXPECT_EQ(report.added, 1U);
  EXPECT_EQ(report.removed, 1U);
  EXPECT_NE(Payload("f").find("removed"), std::string::npos);
  EXPECT_EQ(Scan().records, 0U);
}

TEST_F(ScanTest, ARootThatNeverWasIsAProblem) {
  Picture("a.jpg", "one");
  options_.roots = {PathOf("a.jpg"), PathOf("nowhere")};
  for (int i = 0; i < 2; ++i) {
    const ScanReport report = Scan();
    EXPECT_EQ(report.added, i == 0 ? 1U : 0U);
    EXPECT_EQ(report.removed, 0U);
    EXPECT_EQ(report.problems, 1U);
    ASSERT_EQ(report.notes.size(), 1U);
    EXPECT_EQ(report.notes[0], PathOf("nowhere") + ": No such file or directory; nothing is known of it");
  }
}

TEST_F(ScanTest, AFileThatWasARootAndIsGoneIsRecorded) {
  Picture("a.jpg", "one");
  Picture("b.jpg", "two");
  options_.roots = {PathOf("a.jpg"), PathOf("b.jpg")};
  EXPECT_EQ(Scan().added, 2U);
  std::filesystem::remove(PathOf("a.jpg"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.removed, 1U);
  EXPECT_EQ(report.problems, 0U);
  EXPECT_EQ(Payload("a.jpg"), R"({"state":"removed","reason":"it is gone"})");
  EXPECT_NE(Payload("b.jpg").find("two"), std::string::npos);
  EXPECT_EQ(Scan().problems, 0U);
}

TEST_F(ScanTest, FilesThatCannotBeReachedAreKept) {
  Picture("sub/a.jpg", "one");
  Picture("sub/b.jpg", "two");
  options_.roots = {PathOf("sub/a.jpg"), PathOf("sub/b.jpg")};
  EXPECT_EQ(Scan().added, 2U);
  const auto expect_kept = [&](const char* what) {
    const ScanReport report = Scan();
    EXPECT_EQ(report.removed, 0U) << what;
    EXPECT_GE(report.problems, 1U) << what;
    EXPECT_NE(Payload("sub/a.jpg").find("one"), std::string::npos) << what;
  };
  // Another folder in its place, as where a disk is not mounted.
  std::filesystem::rename(PathOf("sub"), PathOf("aside"));
  std::filesystem::create_directory(PathOf("sub"));
  expect_kept("not mounted");
  std::filesystem::remove(PathOf("sub"));
  std::filesystem::create_symlink("sub", PathOf("sub"));
  expect_kept("a loop");
  std::filesystem::remove(PathOf("sub"));
  std::filesystem::rename(PathOf("aside"), PathOf("sub"));
  std::filesystem::remove(PathOf("sub/a.jpg"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.removed, 1U);
  EXPECT_EQ(report.problems, 0U);
}

// A mount on a folder is another folder in its place, for which a test has no rights: a renamed one is too.
TEST_F(ScanTest, AMountThatIsMissingLosesNothing) {
  const std::string mount = PathOf("mount");
  const std::string aside = PathOf("aside");
  std::filesystem::create_directory(mount);
  Picture("mount/a.jpg", "one");
  options_.roots = {mount};
  Scan();
  std::filesystem::rename(mount, aside);
  std::filesystem::create_directory(mount);
  const ScanReport missing = Scan();
  EXPECT_EQ(missing.removed, 0U);
  EXPECT_EQ(missing.problems, 1U);
  ASSERT_EQ(missing.notes.size(), 1U);
  EXPECT_NE(missing.notes[0].find("not mounted"), std::string::npos) << missing.notes[0];
  std::filesystem::remove(mount);
  std::filesystem::rename(aside, mount);
  const ScanReport back = Scan();
  EXPECT_EQ(back.problems + back.added + back.removed, 0U);
  // Emptied, it is the same folder still; or one says so.
  std::filesystem::remove(PathOf("mount/a.jpg"));
  EXPECT_EQ(Scan().removed, 1U);
  Picture("mount/b.jpg", "two");
  Scan();
  std::filesystem::remove_all(mount);
  std::filesystem::create_directory(PathOf("spare"));  // Or the new folder takes the inode of the old one.
  std::filesystem::create_directory(mount);
  options_.accept_empty_roots = true;
  EXPECT_EQ(Scan().removed, 1U);
}

TEST_F(ScanTest, ARootInsideAnotherIsScannedOnce) {
  Picture("sub/a.jpg", "one");
  options_.roots = {tree_.path(), PathOf("sub")};
  EXPECT_EQ(Scan().added, 1u);
}

TEST_F(ScanTest, OneFileMayBeARoot) {
  Picture("a.jpg", "one");
  Picture("b.jpg", "two");
  Scan();
  Picture("a.jpg", "three");
  Picture("b.jpg", "four");
  options_.roots = {PathOf("a.jpg")};
  const ScanReport report = Scan();
  EXPECT_EQ(report.changed, 1u);
  EXPECT_EQ(report.removed, 0u);
  EXPECT_NE(Payload("b.jpg").find("two"), std::string::npos);
}

}  // namespace
}  // namespace cairn
