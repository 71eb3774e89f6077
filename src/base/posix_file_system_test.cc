#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_system.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::ElementsAre;

class PosixFileSystem : public testing::Test {
 protected:
  std::string Write(std::string_view name, std::string_view bytes) {
    const std::string path = temp_.Sub(name);
    auto file = files_.OpenAppend(path, true);
    EXPECT_TRUE(file) << file.status();
    EXPECT_TRUE((*file)->Append(bytes).ok());
    return path;
  }

  TempDir temp_;
  FileSystem& files_ = *FileSystem::Default();
};

TEST_F(PosixFileSystem, AppendsAtTheEndWhoeverElseWrites) {
  const std::string path = Write("a", "one");
  auto first = files_.OpenAppend(path, false);
  auto second = files_.OpenAppend(path, false);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE((*first)->Append(" two").ok());
  ASSERT_TRUE((*second)->Append(" three").ok());
  ASSERT_TRUE((*second)->Sync().ok());
  EXPECT_EQ(*files_.Read(path), "one two three");
  EXPECT_EQ(*(*first)->Size(), 13u);
  ASSERT_TRUE((*first)->Truncate(3).ok());
  ASSERT_TRUE((*second)->Append("!").ok());
  EXPECT_EQ(*files_.Read(path), "one!");
}

TEST_F(PosixFileSystem, WritesOverAndBeyondTheEnd) {
  const std::string path = Write("a", "one two");
  auto file = files_.OpenAppend(path, false);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->WriteAt(4, "2").ok());
  EXPECT_EQ(*files_.Read(path), "one 2wo");
  ASSERT_TRUE((*file)->Append(" three").ok()) << "at the end, wherever it wrote before";
  ASSERT_TRUE((*file)->WriteAt(6, "!!!!!!!!").ok());
  EXPECT_EQ(*files_.Read(path), "one 2w!!!!!!!!");
}

TEST_F(PosixFileSystem, MissingIsNotFound) {
  const std::string path = temp_.Sub("missing");
  EXPECT_EQ(files_.OpenAppend(path, false).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.Read(path).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.Size(path).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.Map(path, 10).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.List(path).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(files_.Rename(path, path + "2").code(), StatusCode::kNotFound);
  EXPECT_FALSE(files_.Exists(path));
  EXPECT_TRUE(files_.Remove(path).ok()) << "removing what is not there is done already";
}

TEST_F(PosixFileSystem, AnErrorNamesTheFile) {
  EXPECT_NE(files_.Read(temp_.Sub("missing")).status().message().find("/missing: No such file"), std::string::npos);
}

// /dev/full is a disk that is always full.
TEST_F(PosixFileSystem, AFullDiskIsResourceExhausted) {
  auto file = files_.OpenAppend("/dev/full", false);
  ASSERT_TRUE(file) << file.status();
  EXPECT_EQ((*file)->Append("x").code(), StatusCode::kResourceExhausted);
}

TEST_F(PosixFileSystem, AMappingFollowsTheFile) {
  const std::string path = Write("a", "one");
  auto map = files_.Map(path, 1 << 20);
  ASSERT_TRUE(map) << map.status();
  EXPECT_EQ((*map)->size(), 1u << 20) << "may reach beyond the end";
  EXPECT_EQ(*(*map)->FileBytes(), 3u);
  Write("a", " two");
  EXPECT_EQ(*(*map)->FileBytes(), 7u);
  EXPECT_EQ(std::string_view((*map)->data(), 7), "one two");
}

TEST_F(PosixFileSystem, AMappingOutlivesTheNameOfTheFile) {
  const std::string path = Write("a", "one");
  auto map = files_.Map(path, 3);
  ASSERT_TRUE(map);
  ASSERT_TRUE(files_.Remove(path).ok());
  EXPECT_EQ(std::string_view((*map)->data(), 3), "one");
  EXPECT_EQ(*(*map)->FileBytes(), 3u);
}

TEST_F(PosixFileSystem, ASharedMappingIsWrittenThrough) {
  const std::string path = temp_.Sub("page");
  auto one = files_.MapShared(path, 64);
  auto two = files_.MapShared(path, 64);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*files_.Size(path), 64u);
  (*one)->data()[5] = 'x';
  EXPECT_EQ((*two)->data()[5], 'x');
  EXPECT_EQ((*files_.Read(path))[5], 'x');
}

TEST_F(PosixFileSystem, AnEmptyMappingIsFine) {
  const std::string path = Write("a", "");
  auto map = files_.Map(path, 0);
  ASSERT_TRUE(map) << map.status();
  EXPECT_EQ((*map)->size(), 0u);
}

TEST_F(PosixFileSystem, ALockKeepsOthersOut) {
  auto mine = files_.OpenLock(temp_.Sub("LOCK"));
  auto other = files_.OpenLock(temp_.Sub("LOCK"));
  ASSERT_TRUE(mine && other);
  ASSERT_TRUE((*mine)->Lock().ok());
  EXPECT_EQ((*other)->TryLock().code(), StatusCode::kUnavailable);
  (*mine)->Unlock();
  EXPECT_TRUE((*other)->TryLock().ok());
  other->reset();
  EXPECT_TRUE((*mine)->TryLock().ok()) << "closing it lets it go";
}

TEST_F(PosixFileSystem, ALockEndsWithItsProcess) {
  const std::string path = temp_.Sub("LOCK");
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto lock = files_.OpenLock(path);
    _exit(lock && (*lock)->Lock().ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 0);
  auto mine = files_.OpenLock(path);
  ASSERT_TRUE(mine);
  EXPECT_TRUE((*mine)->TryLock().ok());
}

TEST_F(PosixFileSystem, ListsNamesInOrder) {
  for (const std::string_view name : {"b", "a", ".hidden", "c"}) Write(name, "");
  EXPECT_THAT(*files_.List(temp_.path()), ElementsAre(".hidden", "a", "b", "c"));
}

TEST_F(PosixFileSystem, MakesFoldersWithThoseAbove) {
  const std::string deep = temp_.Sub("a/b/c");
  EXPECT_TRUE(files_.MakeDirs(deep).ok());
  EXPECT_TRUE(files_.Exists(deep));
  EXPECT_TRUE(files_.MakeDirs(deep).ok()) << "one that stands is no error";
  EXPECT_TRUE(files_.SyncDir(deep).ok());
  Write("file", "x");
  EXPECT_FALSE(files_.MakeDirs(temp_.Sub("file")).ok()) << "a file is no folder";
  EXPECT_FALSE(files_.MakeDirs(temp_.Sub("file/x")).ok());
}

TEST_F(PosixFileSystem, RenameReplaces) {
  const std::string from = Write("from", "new");
  const std::string to = Write("to", "old");
  ASSERT_TRUE(files_.Rename(from, to).ok());
  EXPECT_EQ(*files_.Read(to), "new");
  EXPECT_FALSE(files_.Exists(from));
}

TEST_F(PosixFileSystem, WritesAWholeFileOrNone) {
  const std::string path = Write("a", "old");
  Write("a.tmp", "left behind by a crash, and longer");
  ASSERT_TRUE(WriteFileDurably(files_, path, "new").ok());
  EXPECT_EQ(*files_.Read(path), "new");
  EXPECT_FALSE(files_.Exists(path + ".tmp"));
  EXPECT_FALSE(WriteFileDurably(files_, temp_.Sub("no/folder"), "x").ok());
}

TEST_F(PosixFileSystem, ALocalDiskHasNoNetworkKind) {
  const auto kind = files_.NetworkKind(temp_.path());
  ASSERT_TRUE(kind) << kind.status();
  EXPECT_EQ(*kind, "");
  EXPECT_EQ(files_.NetworkKind(temp_.Sub("missing")).status().code(), StatusCode::kNotFound);
}

TEST(JoinPath, PutsOneSlashBetween) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
}

}  // namespace
}  // namespace cairn
