#include "scan/watch.h"

#include <sys/stat.h>

#include <fstream>

#include "scan/scan_for_test.h"

namespace cairn {
namespace {

class WatchTest : public ScanTest {
 protected:
  void Begin(const WatchOptions& options = {}) {
    auto scanner = OpenScanner(*store_, "store");
    ASSERT_TRUE(scanner) << scanner.status();
    scanner_ = std::move(*scanner);
    auto watch = Watch::Open(*scanner_, options);
    ASSERT_TRUE(watch) << watch.status();
    watch_ = std::move(*watch);
    ASSERT_TRUE(watch_->Begin(stop_));
  }
  // Steps until something was recorded, or a while passed.
  ScanReport Follow() {
    for (int i = 0; i < 20; ++i) {
      auto report = watch_->Step(stop_);
      EXPECT_TRUE(report) << report.status();
      if (!report || report->records != 0) return report ? *report : ScanReport();
    }
    return {};
  }

  std::unique_ptr<Scanner> scanner_;
  std::unique_ptr<Watch> watch_;
};

TEST_F(WatchTest, AChangeIsFollowed) {
  Picture("a.jpg", "one");
  Begin();
  Picture("a.jpg", "two");
  EXPECT_EQ(Follow().changed, 1u);
  EXPECT_NE(Payload("a.jpg").find("\"two\""), std::string::npos);
}

TEST_F(WatchTest, OnlyWhatChangedIsReadAgain) {
  for (int i = 0; i < 20; ++i) Picture(std::to_string(i) + ".jpg", "one");
  Begin();
  Picture("3.jpg", "two");
  const ScanReport report = Follow();
  EXPECT_EQ(report.to_read, 1u) << "the others are young, but nothing was heard of them";
  EXPECT_EQ(report.unchanged, 19u);
}

TEST_F(WatchTest, WhatIsNewAndWhatIsGone) {
  Picture("a.jpg", "one");
  Begin();
  std::filesystem::remove(PathOf("a.jpg"));
  EXPECT_EQ(Follow().removed, 1u);
  Picture("b.jpg", "two");
  EXPECT_EQ(Follow().added, 1u);
  std::filesystem::create_symlink("b.jpg", PathOf("l"));
  EXPECT_EQ(Follow().added, 1u);
}

TEST_F(WatchTest, ANewFolderIsWatchedWithAllBelow) {
  Begin();
  Picture("new/deep/a.jpg", "one");
  EXPECT_EQ(Follow().added, 1u);
  Picture("new/deep/b.jpg", "two");
  EXPECT_EQ(Follow().added, 1u);
}

TEST_F(WatchTest, AFolderThatGoesTakesItsFiles) {
  Picture("sub/deep/a.jpg", "one");
  Begin();
  std::filesystem::rename(PathOf("sub"), stores_.Sub("elsewhere"));
  EXPECT_EQ(Follow().removed, 1u);
}

TEST_F(WatchTest, AFolderThatComesInThePlaceOfOneThatWentIsRead) {
  Picture("sub/deep/a.jpg", "one");
  Begin();
  std::filesystem::remove_all(PathOf("sub"));
  while (Payload("sub/deep/a.jpg").find("removed") == std::string::npos) {
    ASSERT_TRUE(watch_->Step(stop_));
  }
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(watch_->Step(stop_)) << "its own watch tells that it went, too";
  TempDir elsewhere;
  elsewhere.Write("sub/deep/b.jpg", std::string(kPicture) + "two");
  std::filesystem::rename(elsewhere.Sub("sub"), PathOf("sub"));
  EXPECT_EQ(Follow().added, 1U);
  EXPECT_NE(Payload("sub/deep/b.jpg").find("two"), std::string::npos);
}

TEST_F(WatchTest, FoldersThatChangePlacesAreReadAnew) {
  for (const char* folder : {"a", "b"}) {
    Picture(std::string(folder) + "/same.jpg", std::string("in ") + folder);
    Picture(std::string(folder) + "/deep/" + folder + ".jpg", "deep");
  }
  Begin(WatchOptions{.together = std::chrono::milliseconds(20)});
  std::filesystem::rename(PathOf("a"), PathOf("t"));
  std::filesystem::rename(PathOf("b"), PathOf("a"));
  std::filesystem::rename(PathOf("t"), PathOf("b"));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(watch_->Step(stop_));
  auto other = NewStore("other");
  Scan(*other, "other");
  EXPECT_EQ(Canonical(*store_), Canonical(*other)) << "as from nothing";
  EXPECT_NE(Payload("a/same.jpg").find("in b"), std::string::npos);
  EXPECT_NE(Payload("a/deep/b.jpg").find("deep"), std::string::npos);
}

TEST_F(WatchTest, ARenameIsOneRemovalWithItsGoal) {
  Picture("a.jpg", "one");
  Begin(WatchOptions{.together = std::chrono::milliseconds(50)});
  std::filesystem::rename(PathOf("a.jpg"), PathOf("b.jpg"));
  EXPECT_EQ(Follow().renamed, 1u);
}

TEST_F(WatchTest, WhenEventsAreLostEverythingIsScanned) {
  Picture("a.jpg", "one");
  Begin();
  // More events than the kernel keeps (fs.inotify.max_queued_events).
  std::size_t queue = 16'384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> queue;
  Picture("b.jpg", "0");
  for (std::size_t i = 0; i < queue; ++i) {
    ASSERT_EQ(::chmod(PathOf(i % 2 == 0 ? "a.jpg" : "b.jpg").c_str(), 0600), 0);
  }
  Picture("lost.jpg", "last");
  auto report = watch_->Step(stop_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->folders, 1u);
  EXPECT_NE(Payload("lost.jpg").find("\"last\""), std::string::npos);
}

TEST_F(WatchTest, IgnoredFilesAreNotRead) {
  tree_.Write(".cairnignore", "*.tmp\n");
  Begin();
  Picture("a.tmp", "one");
  Picture("a.jpg", "two");
  EXPECT_EQ(Follow().added, 1u);
  EXPECT_EQ(Payload("a.tmp"), "");
}

TEST_F(WatchTest, AnIgnoredFolderIsNotFollowed) {
  tree_.Write(".cairnignore", "build/\n");
  Picture("kept/a.jpg", "one");
  Begin();
  Picture("build/out.jpg", "made");
  Picture("kept/build/out.jpg", "made");
  Picture("kept/b.jpg", "two");
  while (Payload("kept/b.jpg").empty()) ASSERT_TRUE(watch_->Step(stop_));
  Picture("build/more.jpg", "made");
  Picture("kept/build/more.jpg", "made");
  Picture("kept/c.jpg", "three");
  while (Payload("kept/c.jpg").empty()) ASSERT_TRUE(watch_->Step(stop_));
  for (const char* name : {"build/out.jpg", "build/more.jpg", "kept/build/out.jpg", "kept/build/more.jpg"}) {
    EXPECT_EQ(Payload(name), "") << name;
  }
}

TEST_F(WatchTest, WhatComesToBeIgnoredIsGoneAndStaysSo) {
  Picture("sub/deep/a.jpg", "one");
  Begin();
  tree_.Write(".cairnignore", "deep/\n");
  EXPECT_EQ(Follow().removed, 1u);
  Picture("sub/deep/b.jpg", "two");
  Picture("sub/c.jpg", "three");
  while (Payload("sub/c.jpg").empty()) ASSERT_TRUE(watch_->Step(stop_));
  EXPECT_EQ(Payload("sub/deep/b.jpg"), "");
  std::filesystem::remove(PathOf(".cairnignore"));
  while (Payload("sub/deep/b.jpg").empty()) ASSERT_TRUE(watch_->Step(stop_));
}

TEST_F(WatchTest, PatternsAreOfTheRoot) {
  options_.exclude = {"/build/"};
  Begin();
  TempDir elsewhere;
  elsewhere.Write("x/build/a.jpg", std::string(kPicture) + "one");
  std::filesystem::rename(elsewhere.Sub("x"), PathOf("x"));
  EXPECT_EQ(Follow().added, 1u);
  Picture("x/build/b.jpg", "two");
  EXPECT_EQ(Follow().added, 1u);
}

TEST_F(WatchTest, ARootMayBeALinkOrAFile) {
  Picture("real/a.jpg", "one");
  Picture("single.jpg", "one");
  std::filesystem::create_symlink("real", PathOf("link"));
  options_.roots = {PathOf("link"), PathOf("single.jpg")};
  Begin();
  Picture("real/b.jpg", "two");
  EXPECT_EQ(Follow().added, 1u);
  EXPECT_NE(Payload("link/b.jpg"), "");
  Picture("single.jpg", "another");
  EXPECT_EQ(Follow().changed, 1u);
}

TEST_F(WatchTest, ARootThatIsMadeAnewIsFollowed) {
  Picture("root/a.jpg", "one");
  options_.roots = {PathOf("root")};
  Begin({.settle = std::chrono::milliseconds(0)});
  std::filesystem::remove_all(PathOf("root"));
  while (Payload("root/a.jpg").find("removed") == std::string::npos) ASSERT_TRUE(watch_->Step(stop_));
  Picture("root/b.jpg", "two");
  while (Payload("root/b.jpg").empty()) ASSERT_TRUE(watch_->Step(stop_));
  Picture("root/c.jpg", "three");
  EXPECT_EQ(Follow().added, 1u);
}

TEST_F(WatchTest, ALinkBackIsNotFollowedForEver) {
  options_.links = LinkPolicy::kFollow;
  Begin();
  TempDir elsewhere;
  elsewhere.Write("n/a.jpg", std::string(kPicture) + "one");
  for (const char* name : {"n/up", "n/up2"}) std::filesystem::create_symlink("..", elsewhere.Sub(name));
  std::filesystem::rename(elsewhere.Sub("n"), PathOf("n"));
  EXPECT_GE(Follow().added, 1u);
  EXPECT_NE(Payload("n/a.jpg"), "");
  EXPECT_EQ(Payload("n/up/n/a.jpg"), "");
}

}  // namespace
}  // namespace cairn
