// What stands after a crash: the log cut at every byte, power cuts over a disk that forgets, power cuts while sealing.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "fault_file_system.h"
#include "random_facts.h"
#include "store_files.h"
#include "store_ledger.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::IsEmpty;

bool Soak() { return std::getenv("CAIRN_SOAK") != nullptr; }

std::vector<std::string> InOrder(const std::map<std::uint64_t, std::string>& log) {
  std::vector<std::string> out;
  for (const auto& [seq, json] : log) out.push_back(json);
  return out;
}

// A small log, cut at every byte. As long as the published sequence number stands, it tells that records are missing,
// and theirs are not given again; after a reboot it may be gone.
void CutAtEveryByte(bool published_is_lost) {
  TempDir temp;
  const std::string whole = temp.Sub("whole");
  StoreOptions options;
  options.snapshot_records = 0;
  RandomFacts random(7);
  std::vector<std::vector<std::string>> batches;
  std::vector<std::uint64_t> ends;    // Where the log ends after each batch ...
  std::vector<std::size_t> standing;  // ... and how many records stand then.
  std::map<std::uint64_t, std::string> final_log;
  {
    auto store = OpenStoreOn(*FileSystem::Default(), whole, options);
    ASSERT_TRUE(store.status.ok()) << store.status;
    while (ends.empty() || ends.back() < 8000) {
      batches.push_back(random.Batch(4));
      std::vector<std::string_view> views(batches.back().begin(), batches.back().end());
      for (const auto& result : store.repository->BulkStore(views)) ASSERT_TRUE(result.has_value()) << result.status();
      auto log = ReadLog(*store.repository);
      ASSERT_TRUE(log.has_value()) << log.status();
      final_log = *log;
      ends.push_back(std::filesystem::file_size(LogFiles(whole, ".jsonl").at(0)));
      standing.push_back(log->size());
    }
  }
  const std::string bytes = ReadBytes(LogFiles(whole, ".jsonl").at(0));
  ASSERT_EQ(bytes.size(), ends.back()) << "closing the store wrote to the log";

  const std::string cut_store = temp.Sub("cut");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    SCOPED_TRACE(fmt::format("cut at {} of {}", cut, bytes.size()));
    CopyStore(whole, cut_store);
    std::filesystem::resize_file(LogFiles(cut_store, ".jsonl").at(0), cut);
    if (published_is_lost) ForgetPublished(cut_store);
    std::size_t whole_batches = 0;
    while (whole_batches < ends.size() && ends[whole_batches] <= cut) ++whole_batches;

    auto store = OpenStoreOn(*FileSystem::Default(), cut_store, options);
    ASSERT_TRUE(store.status.ok()) << store.status;
    auto log = ReadLog(*store.repository);
    ASSERT_TRUE(log.has_value()) << log.status();
    const std::size_t kept = whole_batches == 0 ? 0 : standing[whole_batches - 1];
    const auto end = std::next(final_log.begin(), static_cast<long>(kept));
    ASSERT_EQ(Difference({final_log.begin(), end}, *log), "");

    for (const auto& batch : batches) {
      std::vector<std::string_view> views(batch.begin(), batch.end());
      for (const auto& result : store.repository->BulkStore(views)) ASSERT_TRUE(result.has_value()) << result.status();
    }
    log = ReadLog(*store.repository);
    ASSERT_TRUE(log.has_value()) << log.status();
    if (published_is_lost) {
      ASSERT_EQ(Difference(final_log, *log), "");
    } else {
      ASSERT_EQ(InOrder(*log), InOrder(final_log));
      const auto fresh = std::next(log->begin(), static_cast<long>(kept));
      ASSERT_TRUE(fresh == log->end() || fresh->first == final_log.size() + 1)
          << "numbers once published are not given again";
    }
    const std::size_t from = whole_batches == 0 ? 0 : ends[whole_batches - 1];
    ASSERT_NE(TornBytes(cut_store).find(bytes.substr(from, cut - from)), std::string::npos)
        << "torn bytes were not kept";
  }
}

TEST(CrashTest, CutAtEveryByte) { CutAtEveryByte(false); }

TEST(CrashTest, CutAtEveryByteAfterAReboot) { CutAtEveryByte(true); }

// A segment that was closed long ago loses its end, whatever took it, while a snapshot still counts on it.
TEST(CrashTest, CutInAClosedSegment) {
  TempDir temp;
  const std::string whole = temp.Sub("whole");
  StoreOptions options;
  options.segment_bytes = 4000;
  options.snapshot_records = 1;
  RandomFacts random(29);
  std::map<std::uint64_t, std::string> all;
  {
    auto store = OpenStoreOn(*FileSystem::Default(), whole, options);
    ASSERT_TRUE(store.status.ok()) << store.status;
    while (LogFiles(whole, ".jsonl").size() < 4) ASSERT_TRUE(store.repository->Store(random.Record()).has_value());
    all = *ReadLog(*store.repository);
  }
  const std::string segment = std::filesystem::path(LogFiles(whole, ".jsonl").at(1)).filename();
  const std::string next = std::filesystem::path(LogFiles(whole, ".jsonl").at(2)).filename();
  const std::string bytes = ReadBytes(whole + "/log/" + segment);
  const std::string cut_store = temp.Sub("cut");
  for (std::size_t cut = 0; cut < bytes.size(); cut += 13) {
    SCOPED_TRACE(fmt::format("cut at {} of {}", cut, bytes.size()));
    CopyStore(whole, cut_store);
    std::filesystem::resize_file(cut_store + "/log/" + segment, cut);
    // Each record was a batch of its own: two lines.
    const auto lines = std::count(bytes.begin(), bytes.begin() + static_cast<long>(cut), '\n');
    auto others = all;
    others.erase(others.find(std::stoull(segment) + static_cast<std::uint64_t>(lines / 2)),
                 others.find(std::stoull(next)));

    auto store = OpenStoreOn(*FileSystem::Default(), cut_store, options);
    ASSERT_TRUE(store.status.ok()) << store.status;
    auto log = ReadLog(*store.repository);
    ASSERT_TRUE(log.has_value()) << log.status();
    for (const auto& [seq, json] : others) ASSERT_EQ((*log)[seq], json) << seq;
    for (const auto& [seq, json] : *log) ASSERT_EQ(json, all[seq]) << seq;
    auto report = store.repository->Verify();
    ASSERT_TRUE(report.has_value()) << report.status();
    ASSERT_FALSE(report->damage.empty());
    ASSERT_EQ(report->damage[0].segment, segment);
    ASSERT_TRUE(store.repository->Rebuild().ok());
    ASSERT_EQ(Difference(others, *ReadLog(*store.repository)), "");
  }
}

// A store on a disk that forgets lives through some crashes of process and machine, each at a random operation.
std::vector<std::string> LiveThroughCrashes(std::uint64_t seed, bool lie_about_sync) {
  TempDir temp;
  FaultFileSystem files(temp.Sub("disk"), {.seed = seed, .lie_about_sync = lie_about_sync});
  const std::string path = temp.Sub("disk") + "/store";
  RandomFacts random(seed);
  StoreLedger ledger;
  StoreOptions options;
  options.segment_bytes = std::uint64_t{4096} << random.UpTo(4);
  options.snapshot_records = random.UpTo(1) * 5;
  options.room_after = seed % 3 == 0 ? 64 : seed % 4;
  options.room_bytes = std::uint64_t{512} << seed % 6;
  std::vector<std::string> complaints;

  for (std::uint64_t life = 0; life < 6 && complaints.empty(); ++life) {
    if (random.OneIn(2)) files.PowerOffAt(1 + random.UpTo(20));  // Perhaps while opening.
    auto store = OpenStoreOn(files, path, options);
    if (!store.status.ok() && !files.power_is_off())
      return {"life " + std::to_string(life) + ": opening: " + store.status.ToString()};
    if (store.repository != nullptr && !files.power_is_off()) {
      complaints = ledger.Check(*store.repository, true);
      files.PowerOffAt(1 + random.UpTo(60));
    }
    while (complaints.empty() && !files.power_is_off()) {
      if (random.OneIn(12)) {
        (void)store.repository->Seal();
      } else if (random.OneIn(15)) {
        store.repository.reset();
        if (!files.power_is_off()) store = OpenStoreOn(files, path, options);
        if (store.repository == nullptr) break;
      } else {
        ledger.Send(*store.repository, random.Batch(5));
      }
    }
    store.repository.reset();
    if (random.OneIn(3)) {
      files.Restart();
    } else {
      files.Crash(random.UpTo(1'000'000));
    }
    for (std::string& complaint : complaints) complaint = fmt::format("life {}: {}", life, complaint);
  }
  if (!complaints.empty()) return complaints;

  auto store = OpenStoreOn(files, path, options);
  if (!store.status.ok()) return {"opening at last: " + store.status.ToString()};
  complaints = ledger.Check(*store.repository, true);
  auto report = store.repository->Verify();
  if (!report) complaints.push_back("verify: " + report.status().ToString());
  if (report) {
    for (const Damage& damage : report->damage) {
      complaints.push_back(fmt::format("damage in {} at {}: {}", damage.segment, damage.offset, damage.what));
    }
  }
  const std::string live = DumpOf(*store.repository);
  if (Status status = store.repository->Rebuild(); !status.ok()) complaints.push_back("rebuild: " + status.ToString());
  const std::string difference = Difference(live, DumpOf(*store.repository));
  if (!difference.empty()) complaints.push_back("rebuilt: " + difference);
  return complaints;
}

TEST(CrashTest, ForgetsUnsyncedWrites) {
  const char* given = std::getenv("CAIRN_SEED");
  const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t last = given != nullptr ? first : Soak() ? 5000 : 300;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    ASSERT_THAT(LiveThroughCrashes(seed, false), IsEmpty()) << "CAIRN_SEED=" << seed;
  }
}

// The test of the test above: it notices a store that does not sync.
TEST(CrashTest, ALyingSyncIsNoticed) {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) noticed += LiveThroughCrashes(seed, true).empty() ? 0 : 1;
  EXPECT_GE(noticed, 20);
}

TEST(CrashTest, SealCrash) {
  TempDir temp;
  const std::string whole = temp.Sub("whole");
  StoreOptions options;
  options.segment_bytes = 6000;
  RandomFacts random(11);
  std::map<std::uint64_t, std::string> all;
  {
    auto store = OpenStoreOn(*FileSystem::Default(), whole, options);
    ASSERT_TRUE(store.status.ok()) << store.status;
    while (LogFiles(whole, ".jsonl").size() < 3) {
      const auto batch = random.Batch(5);
      std::vector<std::string_view> views(batch.begin(), batch.end());
      for (const auto& result : store.repository->BulkStore(views)) ASSERT_TRUE(result.has_value()) << result.status();
    }
    all = *ReadLog(*store.repository);
  }

  bool sealed = false;
  for (std::uint64_t operation = 1; !sealed; ++operation) {
    for (std::uint64_t seed = 0; seed < (Soak() ? 40U : 6U); ++seed) {
      SCOPED_TRACE(fmt::format("power off at operation {} of sealing, seed {}", operation, seed));
      const std::string disk = temp.Sub("disk");
      CopyStore(whole, disk + "/store");
      FaultFileSystem files(disk);
      {
        auto store = OpenStoreOn(files, disk + "/store", options);
        ASSERT_TRUE(store.status.ok()) << store.status;
        files.PowerOffAt(operation);
        const Status status = store.repository->Seal();
        sealed = !files.power_is_off();
        ASSERT_EQ(status.ok(), sealed) << status;
      }
      if (seed == 0) {
        files.Restart();
      } else {
        files.Crash(seed);
      }
      auto store = OpenStoreOn(files, disk + "/store", options);
      ASSERT_TRUE(store.status.ok()) << store.status;
      ASSERT_EQ(Difference(all, *ReadLog(*store.repository)), "");
      ASSERT_TRUE(store.repository->Seal().ok());
      ASSERT_EQ(Difference(all, *ReadLog(*store.repository)), "");
      auto report = store.repository->Verify();
      ASSERT_TRUE(report.has_value()) << report.status();
      ASSERT_THAT(report->damage, IsEmpty());
      store.repository.reset();
      std::filesystem::remove_all(disk);
    }
  }
}

}  // namespace
}  // namespace cairn
