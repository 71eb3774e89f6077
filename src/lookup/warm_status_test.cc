#include "lookup/warm_status.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp_dir.h"

namespace cairn {
namespace {

class WarmStatusTest : public testing::Test {
 protected:
  Result<std::optional<WarmStatus>> Read() { return WarmStatusFile::Read(files_, dir_.path()); }

  FileSystem& files_ = *FileSystem::Default();
  TempDir dir_;
};

TEST_F(WarmStatusTest, NoneWasEverBegun) {
  const auto none = Read();
  ASSERT_TRUE(none) << none.error();
  EXPECT_FALSE(*none);
}

TEST_F(WarmStatusTest, TellsHowFarItIsAndHowItEnded) {
  auto file = WarmStatusFile::Begin(files_, dir_.path());
  ASSERT_TRUE(file) << file.error();
  WarmProgress progress;
  progress.total = 9;
  progress.done = 4;
  progress.loaded = 3;
  progress.failed = 1;
  ASSERT_TRUE((*file)->Write(progress).ok());
  auto running = Read();
  ASSERT_TRUE(running && *running);
  EXPECT_TRUE((*running)->is_running);
  EXPECT_EQ((*running)->pid, ::getpid());
  EXPECT_EQ((*running)->progress.total, 9U);
  EXPECT_EQ((*running)->progress.done, 4U);
  EXPECT_EQ((*running)->progress.failed, 1U);
  EXPECT_EQ((*running)->ended, "");
  ASSERT_TRUE((*file)->Write(progress, "the source is down: \"zoo\"").ok());
  file->reset();
  const auto over = Read();
  ASSERT_TRUE(over && *over);
  EXPECT_FALSE((*over)->is_running);
  EXPECT_EQ((*over)->ended, "the source is down: \"zoo\"");
}

TEST_F(WarmStatusTest, OneProcessWarmsAtATime) {
  auto first = WarmStatusFile::Begin(files_, dir_.path());
  ASSERT_TRUE(first);
  ASSERT_TRUE((*first)->Write({.total = 9, .done = 4}).ok());
  const auto second = WarmStatusFile::Begin(files_, dir_.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), StatusCode::kAlreadyExists);
  EXPECT_NE(second.error().message().find("4 of 9 done"), std::string::npos) << second.error();
  first->reset();
  EXPECT_TRUE(WarmStatusFile::Begin(files_, dir_.path()));
}

TEST_F(WarmStatusTest, AProcessThatWasKilledRunsNoMore) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto file = WarmStatusFile::Begin(files_, dir_.path());
    ::_exit(file && (*file)->Write({.total = 9}).ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto killed = Read();
  ASSERT_TRUE(killed && *killed);
  EXPECT_FALSE((*killed)->is_running);
  EXPECT_EQ((*killed)->ended, "");
}

TEST_F(WarmStatusTest, AnotherFileInItsPlaceIsTold) {
  dir_.Write("warm.json", "{\"pid\":\"x\"}");
  EXPECT_EQ(Read().error().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cairn
