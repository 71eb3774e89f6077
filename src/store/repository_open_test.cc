// Opening, closing and upkeep: snapshots, sealing, rebuilding, reading only, what is told of a store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "random_facts.h"
#include "store/mapped_log.h"
#include "store/store_for_test.h"
#include "store_files.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

std::vector<std::string> Names(const std::string& dir) {
  auto names = FileSystem::Default()->List(dir);
  return names ? *names : std::vector<std::string>();
}

TEST(OpenRepository, MakesAStoreUnlessToldNot) {
  TempDir temp;
  const std::string path = temp.Sub("a/b/store");
  EXPECT_EQ(OpenRepository(path, {.create = false}).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(OpenRepository(path, {.read_only = true}).status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(fs::exists(temp.Sub("a"))) << "a typing error makes nothing";
  {
    auto store = OpenRepository(path);
    ASSERT_TRUE(store) << store.status();
    EXPECT_TRUE((*store)->Store(TestFact{}.Json()));
  }
  auto again = OpenRepository(path, {.create = false});
  ASSERT_TRUE(again) << again.status();
  EXPECT_EQ(Must((*again)->Stats()).records, 1u);
}

TEST(OpenRepository, ALogIsBegunAheadWhereAskedFor) {
  TestStore store({.begin_log = true});
  EXPECT_THAT(Names(store.path() + "/log"), ElementsAre("00000000000000000001.jsonl"));
  EXPECT_EQ(DumpText(*store), "records 0\n");
  store.Reopen();
  EXPECT_EQ(store.Put(TestFact{}).seq.value, 1u);
  store.Reopen();
  EXPECT_THAT(Names(store.path() + "/log"), SizeIs(1)) << "one that stands goes on";
  EXPECT_EQ(Must(store->Stats()).records, 1u);
  EXPECT_THAT(Must(store->Verify()).damage, IsEmpty());
}

TEST(OpenRepository, AnEmptyStoreAnswersEverything) {
  TestStore store;
  EXPECT_THAT(Must(store->Query({})).facts, IsEmpty());
  EXPECT_THAT(Must(store->Tail({1}, 10)).facts, IsEmpty());
  EXPECT_THAT(Must(store->Runs({})), IsEmpty());
  EXPECT_EQ(Must(store->Stats()).records, 0u);
  EXPECT_EQ(DumpText(*store), "records 0\n");
  EXPECT_THAT(Must(store->Verify()).damage, IsEmpty());
  EXPECT_TRUE(store->Seal().ok());
  EXPECT_TRUE(store->Rebuild().ok());
  store.Reopen();
  EXPECT_EQ(DumpText(*store), "records 0\n");
  EXPECT_EQ(store.Put(TestFact{}).seq.value, 1u);
}

// Kilobytes of the files below `folder` that are mapped and in this process's memory.
std::size_t MappedOf(const std::string& folder) {
  std::ifstream maps("/proc/self/smaps");
  std::string line;
  bool is_here = false;
  std::size_t sum = 0;
  while (std::getline(maps, line)) {
    if (std::isxdigit(static_cast<unsigned char>(line.front())) != 0) is_here = line.find(folder) != std::string::npos;
    if (is_here && line.starts_with("Rss:")) sum += std::stoul(line.substr(4));
  }
  return sum;
}

TEST(OpenRepository, WhatItReadToLookAtSealedSegmentsLeavesMemory) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomFacts facts(seed);
  TestStore store;
  for (int i = 0; i < 50; ++i) store.PutAll(facts.Batch(100));
  const std::string before = DumpText(*store);
  ASSERT_TRUE(store->Seal().ok());
  store.Reopen();
  const std::string log = store.path() + "/log";
  std::size_t bytes = 0;
  for (const std::string& name : Names(log)) bytes += fs::file_size(log + "/" + name);
  ASSERT_GT(bytes, std::size_t{200} << 10);
  EXPECT_LT(MappedOf(log), bytes >> 11) << "of " << (bytes >> 10) << " kB";
  EXPECT_EQ(DumpText(*store), before) << "and is still there";
}

TEST(MappedLog, WhatWasReadLeavesMemoryAndIsReadAgain) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomFacts facts(seed);
  TestStore store;
  for (const bool sealed : {false, true}) {
    SCOPED_TRACE(sealed);
    for (int i = 0; i < 50; ++i) store.PutAll(facts.Batch(100));
    if (sealed) {
      ASSERT_TRUE(store->Seal().ok());
    }
    const std::string log = store.path() + "/log";
    const std::vector<std::string> records = AllRecords(*store);
    const std::size_t before = MappedOf(log);
    ReleaseLogOf(*store);
    EXPECT_LT(MappedOf(log), before / 2);
    EXPECT_EQ(AllRecords(*store), records);
  }
}

// Whatever way the views came about, they say the same.
TEST(OpenRepository, WithASnapshotAndWithoutSaysTheSame) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomFacts facts(seed);
  TestStore store({.segment_bytes = 8000, .snapshot_records = 10});
  const auto put = [&] {
    for (int i = 0; i < 15; ++i) store.PutAll(facts.Batch(10));
  };
  const auto expect_same = [&](const char* when) {
    SCOPED_TRACE(when);
    const std::string live = DumpText(*store);
    const std::vector<std::string> log = AllRecords(*store);
    store.Reopen();
    EXPECT_EQ(DumpText(*store), live) << "with what was left at closing";
    EXPECT_EQ(AllRecords(*store), log);
    store.Close();
    fs::remove_all(store.path() + "/views");
    store.Reopen();
    EXPECT_EQ(DumpText(*store), live) << "from the log alone";
    ASSERT_TRUE(store->Rebuild().ok());
    EXPECT_EQ(DumpText(*store), live) << "rebuilt";
    EXPECT_EQ(AllRecords(*store), log);
  };
  put();
  expect_same("open");
  put();
  ASSERT_TRUE(store->Seal().ok());
  expect_same("sealed");
  put();
  expect_same("sealed and open");
  ASSERT_TRUE(store->Seal().ok());
  expect_same("sealed twice");
}

TEST(Snapshots, AreWrittenAtClosingWhenEnoughCame) {
  TestStore store({.snapshot_records = 3});
  for (int i = 0; i < 3; ++i) store.Put(TestFact{.second = i});
  store.Reopen();
  EXPECT_THAT(Names(store.path() + "/views"), IsEmpty());
  store.Put(TestFact{.second = 3});
  store.Reopen();
  EXPECT_THAT(Names(store.path() + "/views"), ElementsAre("snapshot-00000000000000000004"));
  store.Reopen();
  EXPECT_THAT(Names(store.path() + "/views"), SizeIs(1)) << "nothing came since";
  for (int round = 1; round < 4; ++round) {
    for (int i = 0; i < 4; ++i) store.Put(TestFact{.second = round * 100 + i});
    store.Reopen();
  }
  EXPECT_THAT(Names(store.path() + "/views"),
              ElementsAre("snapshot-00000000000000000012", "snapshot-00000000000000000016"));
  TestStore never({.snapshot_records = 0});
  for (int i = 0; i < 9; ++i) never.Put(TestFact{.second = i});
  never.Close();
  EXPECT_FALSE(fs::exists(never.path() + "/views"));
}

// What was read from the log has its place in it as what was written has.
TEST(Snapshots, ServeAStoreThatWasReadFromTheLog) {
  TestStore store({.snapshot_records = 3});
  for (int i = 0; i < 9; ++i) store.Put(TestFact{.second = i});
  store.Close();
  fs::remove_all(store.path() + "/views");
  store.Reopen();
  store.Close();
  const std::string snapshot = store.path() + "/views/snapshot-00000000000000000009";
  ASSERT_TRUE(fs::exists(snapshot)) << "more was read than the setting says";
  const fs::file_time_type long_ago{};
  fs::last_write_time(snapshot, long_ago);
  store.Reopen();
  store.Close();
  EXPECT_EQ(fs::last_write_time(snapshot), long_ago) << "it served, so nothing was read that is worth another";
}

TEST(Snapshots, DamagedOnesArePassedOver) {
  TestStore store({.snapshot_records = 1});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) store.Put(TestFact{.second = i, .rows = round});
    store.Reopen();
  }
  const std::string live = DumpText(*store);
  store.Close();
  const std::vector<std::string> names = Names(store.path() + "/views");
  ASSERT_THAT(names, SizeIs(2));
  WriteBytes(store.path() + "/views/" + names[1], "CAIRNSNP nonsense");
  store.Reopen();
  EXPECT_EQ(DumpText(*store), live) << "the one before it serves";
  store.Close();
  for (const std::string& name : names) WriteBytes(store.path() + "/views/" + name, "");
  store.Reopen();
  EXPECT_EQ(DumpText(*store), live) << "and none at all does too";
}

// The two differ in their checksums alone: sequence numbers, lengths and times are the same.
TEST(Snapshots, OfAnotherLogAreRefused) {
  TestStore one({.snapshot_records = 1});
  TestStore two({.snapshot_records = 1});
  for (int i = 0; i < 5; ++i) {
    one.Put(TestFact{.name = "mine", .second = i});
    two.Put(TestFact{.name = "ours", .second = i});
  }
  one.Close();
  two.Close();
  ASSERT_TRUE(fs::exists(two.path() + "/views"));
  fs::remove_all(one.path() + "/views");
  fs::copy(two.path() + "/views", one.path() + "/views");
  one.Reopen();
  EXPECT_THAT(HistoryOf(*one, "volume", Table("mine")), SizeIs(5));
  EXPECT_THAT(HistoryOf(*one, "volume", Table("ours")), IsEmpty());
}

TEST(Segments, RollWhenTheyAreFull) {
  TestStore store({.segment_bytes = 64 << 10});
  std::vector<std::string> batch;
  for (int i = 0; i < 600; ++i) {
    batch.push_back(TestFact{.second = i}.Json());
    if (batch.size() < 10) continue;
    store.PutAll(batch);
    batch.clear();
  }
  const RepositoryStats stats = Must(store->Stats());
  EXPECT_GT(stats.segments_open, 1u);
  EXPECT_EQ(LogFiles(store.path(), ".jsonl").size(), stats.segments_open);
  std::uint64_t bytes = 0;
  for (const std::string& file : LogFiles(store.path(), ".jsonl")) {
    EXPECT_LE(fs::file_size(file), 64u << 10) << file;
    bytes += fs::file_size(file);
  }
  EXPECT_EQ(stats.bytes_open, bytes);
  EXPECT_EQ(Must(store->Tail({1}, 1000)).facts.size(), 600u);
}

TEST(Segments, AreClosedBeforeTheyAreFullWhereNobodyWrites) {
  TestStore short_one({.segment_bytes = 64 << 10});
  TestStore store({.segment_bytes = 64 << 10});
  for (TestStore* one : {&short_one, &store}) {
    one->options().seal = true;
    one->Reopen();
  }
  for (int i = 0; i < 20; ++i) short_one.Put(TestFact{.second = i});
  for (int i = 0; i < 100; ++i) store.Put(TestFact{.second = i});
  ASSERT_LT(Must(short_one->Stats()).bytes_open, 16u << 10);
  ASSERT_GT(Must(store->Stats()).bytes_open, 16u << 10);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Must(store->Stats()).segments_sealed == 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Must(store->Stats()).segments_sealed, 1u);
  EXPECT_EQ(Must(store->Stats()).segments_open, 1u);
  EXPECT_EQ(Must(short_one->Stats()).segments_sealed, 0u) << "each would be a file";
  store.Put(TestFact{.second = 100});
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(101));
  store.Reopen();
  EXPECT_THAT(HistoryOf(*store, "volume", Table("orders")), SizeIs(101));
}

TEST(Segments, AreNotClosedWhileAnotherProcessWrites) {
  TestStore writer({.segment_bytes = 64 << 10});
  const auto idle = writer.Another({.segment_bytes = 64 << 10, .seal = true});
  const auto more = writer.Another({.segment_bytes = 64 << 10, .seal = true});
  // Half a segment, over longer than what counts as quiet.
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2500);
  int second = 0;
  while (std::chrono::steady_clock::now() < until) {
    if (Must(writer->Stats()).bytes_open < 32u << 10) {
      for (int i = 0; i < 10; ++i) writer.Put(TestFact{.second = second++});
    } else {
      writer.Put(TestFact{.second = second++});
    }
    ASSERT_EQ(Must(writer->Stats()).segments_open, 1u);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const auto later = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Must(writer->Stats()).segments_sealed == 0 && std::chrono::steady_clock::now() < later) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // Each of the idle ones has looked again.
  EXPECT_EQ(LogFiles(writer.path(), ".zst").size(), 1u) << "closed once, by one of them";
  EXPECT_EQ(LogFiles(writer.path(), ".jsonl").size(), 1u);
}

TEST(Segments, TakeABatchThatIsLongerThanThey) {
  TestStore store({.segment_bytes = 1000});
  std::vector<std::string> batch;
  for (int i = 0; i < 50; ++i) batch.push_back(TestFact{.second = i}.Json());
  store.PutAll(batch);
  store.Put(TestFact{.rows = 1});
  EXPECT_EQ(Must(store->Stats()).segments_open, 2u);
  EXPECT_EQ(Must(store->Tail({1}, 100)).facts.size(), 51u);
}

TEST(RepositorySeal, LeavesOneEmptySegmentForWhatComes) {
  TestStore store({.segment_bytes = 2000});
  for (int i = 0; i < 50; ++i) store.Put(TestFact{.second = i});
  const std::vector<std::string> log = AllRecords(*store);
  const std::uint64_t open = Must(store->Stats()).segments_open;
  ASSERT_TRUE(store->Seal().ok());
  const RepositoryStats stats = Must(store->Stats());
  EXPECT_EQ(stats.segments_sealed, open);
  EXPECT_EQ(stats.segments_open, 1u);
  EXPECT_EQ(stats.bytes_open, 0u);
  EXPECT_EQ(stats.records, 50u);
  EXPECT_EQ(LogFiles(store.path(), ".jsonl").size(), 1u);
  EXPECT_EQ(LogFiles(store.path(), ".zst").size(), open);
  EXPECT_EQ(LogFiles(store.path(), ".idx").size(), open);
  EXPECT_EQ(AllRecords(*store), log);
  ASSERT_TRUE(store->Seal().ok()) << "again";
  EXPECT_EQ(Must(store->Stats()).segments_sealed, open) << "nothing is made of nothing";
  EXPECT_EQ(store.Put(TestFact{.rows = 1}).seq.value, 51u);
}

TEST(RepositorySeal, HappensInTheBackgroundWhenTooManyStand) {
  TempDir temp;
  auto opened = OpenRepository(temp.Sub("store"), {.segment_bytes = 2000, .unsealed_segments_max = 2});
  ASSERT_TRUE(opened);
  Repository& store = **opened;
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(store.Store(TestFact{.second = i}.Json()));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (Must(store.Stats()).segments_open > 2 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_LE(Must(store.Stats()).segments_open, 2u);
  EXPECT_GT(Must(store.Stats()).segments_sealed, 0u);
  EXPECT_THAT(HistoryOf(store, "volume", Table("orders")), SizeIs(60));
}

TEST(ReadOnly, AnswersAndWritesNothing) {
  TestStore store;
  store.Put(TestFact{});
  ASSERT_TRUE(store->Seal().ok());
  store.Put(TestFact{.second = 1});
  const std::string live = DumpText(*store);
  store.Close();
  std::map<std::string, std::string> before;
  const auto files = [&] {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(store.path())) {
      if (entry.is_regular_file()) out[entry.path()] = ReadBytes(entry.path());
    }
    return out;
  };
  before = files();
  StoreOptions options = store.options();
  options.read_only = true;
  auto reader = store.Another(options);
  EXPECT_EQ(DumpText(*reader), live);
  EXPECT_EQ(reader->Store(TestFact{.rows = 9}.Json()).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(reader->Seal().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(reader->Rebuild().ok());
  EXPECT_EQ(DumpText(*reader), live);
  EXPECT_THAT(Must(reader->Verify()).damage, IsEmpty());
  reader.reset();
  EXPECT_EQ(files(), before);
}

TEST(ReadOnly, FollowsWhatOthersWrite) {
  TestStore store;
  store.Put(TestFact{});
  StoreOptions options = store.options();
  options.read_only = true;
  auto reader = store.Another(options);
  store.Put(TestFact{.second = 1});
  EXPECT_EQ(Must(reader->Latest("volume", Table("orders"))).seq().value, 2u);
}

TEST(Stats, CountWhatStands) {
  TestStore store;
  store.Put(TestFact{.run = "a"});
  store.Put(TestFact{.kind = "runtime", .run = "b"});
  store.Put(TestFact{.second = 1, .run = "a"});
  store.Put(EventWithFacets(1, R"("schema":{"fields":[]})"));
  const RepositoryStats stats = Must(store->Stats());
  EXPECT_EQ(stats.records, 4u);
  EXPECT_EQ(stats.last_seq.value, 4u);
  EXPECT_EQ(stats.runs, 3u);
  EXPECT_EQ(stats.edges, 1u);
  EXPECT_EQ(stats.series, 4u);
  EXPECT_EQ(stats.damaged_batches, 0u);
  EXPECT_EQ(stats.segments_open, 1u);
  EXPECT_EQ(stats.segments_sealed, 0u);
  EXPECT_THAT(stats.kinds, ElementsAre(std::pair("volume", 2u), std::pair("openlineage.run_event", 1u),
                                       std::pair("runtime", 1u), std::pair("schema_snapshot", 1u)));
}

TEST(Verify, OfAHealthyStoreFindsNothing) {
  TestStore store({.segment_bytes = 2000});
  for (int i = 0; i < 30; ++i) store.Put(TestFact{.second = i});
  ASSERT_TRUE(store->Seal().ok());
  for (int i = 0; i < 30; ++i) store.Put(TestFact{.second = i, .rows = 1});
  const VerifyReport report = Must(store->Verify());
  EXPECT_THAT(report.damage, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.records, 60u);
  EXPECT_EQ(report.batches, 60u);
  const RepositoryStats stats = Must(store->Stats());
  EXPECT_EQ(report.segments, stats.segments_open + stats.segments_sealed);
}

TEST(OpenRepository, RefusesWhatANewerVersionWrote) {
  TestStore store;
  store.Put(TestFact{});
  store.Close();
  std::string page = ReadBytes(store.path() + "/LOCK");
  page[8] = 9;  // The version, behind the magic word.
  WriteBytes(store.path() + "/LOCK", page);
  const Status status = OpenRepository(store.path()).status();
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(status.message(), HasSubstr("newer version"));
}

}  // namespace
}  // namespace cairn
