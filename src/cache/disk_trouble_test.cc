#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "cache/disk_level_for_test.h"

// What the disk level does with files that are damaged, locked, of others or of another version.

namespace cairn {
namespace {

using Tags = std::vector<std::uint64_t>;

TEST_F(DiskLevelTest, TheFolderIsOurs) {
  auto level = Open();
  struct stat info {};
  ASSERT_EQ(stat(dir.Sub("cache").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  ASSERT_EQ(stat(Path("cache.db").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(DiskLevelTest, CorruptFileIsSetAsideAndNothingOfItRevives) {
  auto level = Open();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one", {7})).ok());
  ASSERT_TRUE(level->Flush().ok());
  const std::uint64_t before = level->generations().applied();
  level.reset();
  {
    std::ofstream out(Path("cache.db"), std::ios::trunc);
    out << std::string(20'000, 'z');
  }
  std::filesystem::remove(Path("cache.db-wal"));
  level = Open();
  EXPECT_EQ(Read(*level, "s:o:a"), "");
  EXPECT_TRUE(std::filesystem::exists(Path("cache.db.damaged")));
  EXPECT_NE(level->Stats().state.find("damaged"), std::string::npos);
  EXPECT_GT(level->generations().applied(), before);
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "two")).ok());
  ASSERT_TRUE(level->Flush().ok());
  EXPECT_EQ(Read(*level, "s:o:a"), "two");
}

TEST_F(DiskLevelTest, AFileDamagedUnderUseIsReplacedForAll) {
  auto a = Open();
  auto b = Open();
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(a->Store(WriteOf(*a, "s:o:" + std::to_string(i), std::string(1000, 'x'), {7})).ok());
  }
  ASSERT_TRUE(a->Flush().ok());
  EXPECT_EQ(Read(*b, "s:o:1"), std::string(1000, 'x'));
  const std::uint64_t before = b->generations().applied();
  // Every page but the first is overwritten, and the log of writes is merged so that the pages are read.
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(Path("cache.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  {
    std::fstream out(Path("cache.db"), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(4096);
    const std::string junk(std::filesystem::file_size(Path("cache.db")) - 4096, '\x55');
    out << junk;
  }
  a.reset();
  auto c = DiskLevel::Open(OptionsOf(dir.Sub("cache")));
  ASSERT_TRUE(c) << c.error();
  EXPECT_EQ(Read(**c, "s:o:1"), "");
  // The other process follows to the new file, and nothing of before counts.
  EXPECT_EQ(Read(*b, "s:o:1"), "");
  EXPECT_TRUE(b->generations().Check({}, Tags{}, before).is_removed);
  ASSERT_TRUE((*c)->Store(WriteOf(**c, "s:o:1", "new")).ok());
  ASSERT_TRUE((*c)->Flush().ok());
  EXPECT_EQ(Read(*b, "s:o:1"), "new");
}

TEST_F(DiskLevelTest, ADamagedEntryIsDroppedAndSaysSo) {
  auto level = Open();
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one", {7})).ok());
  ASSERT_TRUE(level->Flush().ok());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(Path("cache.db").c_str(), &db), SQLITE_OK);
  // A tag's bit is flipped: the entry would escape its invalidation.
  ASSERT_EQ(sqlite3_exec(db, "UPDATE entries SET row = substr(row, 1, 16) || x'08' || substr(row, 18)", nullptr,
                         nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  EXPECT_EQ(level->Read(KeyOf("s:o:a")).error().code(), StatusCode::kDataLoss);
  EXPECT_EQ(Read(*level, "s:o:a"), "");
  EXPECT_EQ(level->Stats().entries, 0U);
}

TEST_F(DiskLevelTest, AFileFromANewerVersionIsLeftAlone) {
  Open().reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(Path("cache.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  const auto level = DiskLevel::Open(OptionsOf(dir.Sub("cache")));
  ASSERT_FALSE(level);
  EXPECT_EQ(level.error().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(level.error().message().find("newer version"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(Path("cache.db.damaged")));
}

TEST_F(DiskLevelTest, AnotherProgramsFileIsLeftAlone) {
  std::filesystem::create_directory(dir.Sub("cache"));
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(Path("cache.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "CREATE TABLE theirs(x)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_EQ(DiskLevel::Open(OptionsOf(dir.Sub("cache"))).error().code(), StatusCode::kFailedPrecondition);
}

TEST_F(DiskLevelTest, ALockedFileKeepsWritesWaitingAndReadsGoing) {
  DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
  options.disk.busy_timeout = std::chrono::milliseconds(1);
  auto level = *DiskLevel::Open(options);
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:a", "one")).ok());
  ASSERT_TRUE(level->Flush().ok());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(Path("cache.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_TRUE(level->Store(WriteOf(*level, "s:o:b", "two")).ok());
  EXPECT_EQ(level->Flush().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Read(*level, "s:o:a"), "one");
  EXPECT_EQ(Read(*level, "s:o:b"), "two");
  EXPECT_EQ(Remove(*level, {"s:o:a"}).code(), StatusCode::kUnavailable) << "never a removal that did not happen";
  ASSERT_EQ(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  ASSERT_TRUE(level->Flush().ok());
  EXPECT_EQ(Read(*level, "s:o:b"), "two");
  EXPECT_EQ(level->Stats().state, "open");
}

class FakeNetwork final : public FileSystem {
 public:
  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path, bool create) override {
    return real_.OpenAppend(path, create);
  }
  Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t bytes) override {
    return real_.Map(path, bytes);
  }
  Result<std::unique_ptr<Mapping>> MapShared(const std::string& path, std::uint64_t bytes) override {
    return real_.MapShared(path, bytes);
  }
  Result<std::unique_ptr<FileLock>> OpenLock(const std::string& path) override { return real_.OpenLock(path); }
  Result<std::string> Read(const std::string& path) override { return real_.Read(path); }
  Result<std::uint64_t> Size(const std::string& path) override { return real_.Size(path); }
  bool Exists(const std::string& path) override { return real_.Exists(path); }
  Result<std::vector<std::string>> List(const std::string& where) override { return real_.List(where); }
  Status MakeDirs(const std::string& where) override { return real_.MakeDirs(where); }
  Status Rename(const std::string& from, const std::string& to) override { return real_.Rename(from, to); }
  Status Remove(const std::string& path) override { return real_.Remove(path); }
  Status SyncDir(const std::string& where) override { return real_.SyncDir(where); }
  Result<std::string> NetworkKind(const std::string&) override { return std::string("NFS"); }

 private:
  FileSystem& real_ = *FileSystem::Default();
};

TEST_F(DiskLevelTest, ANetworkFileSystemIsRefused) {
  FakeNetwork network;
  DiskLevel::Options options = OptionsOf(dir.Sub("cache"));
  options.files = &network;
  const auto level = DiskLevel::Open(options);
  EXPECT_EQ(level.error().code(), StatusCode::kUnavailable);
  EXPECT_NE(level.error().message().find("NFS"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(Path("cache.db")));
}

TEST_F(DiskLevelTest, ManyOpenItForTheFirstTimeAtOnce) {
  std::vector<std::unique_ptr<DiskLevel>> levels(8);
  std::vector<std::thread> threads;
  for (auto& level : levels) {
    threads.emplace_back([&] {
      auto opened = DiskLevel::Open(OptionsOf(dir.Sub("cache")));
      if (opened) level = std::move(*opened);
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto& level : levels) {
    ASSERT_NE(level, nullptr);
    EXPECT_EQ(level->generations().applied(), levels.front()->generations().applied());
  }
}

}  // namespace
}  // namespace cairn
