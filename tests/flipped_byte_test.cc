// A flipped byte is found by Verify, told with segment and sequence number, and costs only its own batch.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "random_facts.h"
#include "store_files.h"
#include "store_ledger.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using Log = std::map<std::uint64_t, std::string>;

std::size_t Stride(std::size_t short_form) { return std::getenv("CAIRN_SOAK") != nullptr ? 1 : short_form; }

// Every fact of the log, as a query without conditions gives them.
Result<Log> QueryAll(Repository& repository) {
  auto tenants = Log();
  for (const char* tenant : {"", "tenant"}) {
    QuerySpec spec;
    spec.tenant = tenant;
    spec.limit = 0;
    auto page = repository.Query(spec);
    if (!page) return page.error();
    for (const Fact& fact : page->facts) {
      auto sent = fact.AsSent();
      tenants.emplace(fact.seq().value, sent ? *sent : sent.error().ToString());
    }
  }
  return tenants;
}

class FlippedByteTest : public testing::Test {
 protected:
  struct Batch {
    std::uint64_t end;  // Offset in its segment, if that is not sealed.
    std::uint64_t first;
    std::uint64_t last;
  };

  // A store of `segments` segments, the last of them active.
  void Make(std::size_t segments) {
    options_.snapshot_records = 0;
    options_.segment_bytes = segments == 1 ? 1 << 20 : 16'000;
    RandomFacts random(13);
    auto store = OpenStoreOn(*FileSystem::Default(), whole_, options_);
    ASSERT_TRUE(store.status.ok()) << store.status;
    while (LogFiles(whole_, ".jsonl").size() < segments || batches_.size() < 7) {
      const std::uint64_t before = all_.size();
      const auto batch = random.Batch(4);
      std::vector<std::string_view> views(batch.begin(), batch.end());
      for (const auto& result : store.repository->BulkStore(views)) ASSERT_TRUE(result.has_value()) << result.status();
      all_ = *ReadLog(*store.repository);
      if (all_.size() == before) continue;
      batches_.push_back({std::filesystem::file_size(LogFiles(whole_, ".jsonl").back()), before + 1, all_.size()});
    }
    dump_ = DumpOf(*store.repository);
  }

  // A copy of the store with the byte at `offset` of its file `name` changed.
  void CopyFlipped(const std::string& name, std::size_t offset) {
    CopyStore(whole_, flipped_);
    std::string bytes = ReadBytes(flipped_ + name);
    bytes[offset] = static_cast<char>(bytes[offset] ^ static_cast<char>(1U << random_() % 8));
    WriteBytes(flipped_ + name, bytes);
  }

  static bool Names(const VerifyReport& report, const std::string& file, std::uint64_t first, std::uint64_t last) {
    return std::any_of(report.damage.begin(), report.damage.end(), [&](const Damage& damage) {
      return damage.segment == file && damage.first.value != 0 && damage.first.value <= last &&
             damage.last.value >= first;
    });
  }

  TempDir temp_;
  const std::string whole_ = temp_.Sub("whole");
  const std::string flipped_ = temp_.Sub("flipped");
  StoreOptions options_;
  std::vector<Batch> batches_;
  Log all_;
  std::string dump_;
  std::mt19937_64 random_{17};
};

TEST_F(FlippedByteTest, InTheActiveSegmentCostsItsBatchOnly) {
  Make(1);
  const std::string path = LogFiles(whole_, ".jsonl").at(0);
  const std::string file = std::filesystem::path(path).filename();
  std::uint64_t begin = 0;
  for (const Batch& batch : batches_) {
    for (std::size_t offset = begin; offset < batch.end; offset += Stride(1)) {
      SCOPED_TRACE(fmt::format("byte {} of {}, in the batch of seq {} to {}", offset, batches_.back().end, batch.first,
                               batch.last));
      CopyFlipped("/log/" + file, offset);
      auto store = OpenStoreOn(*FileSystem::Default(), flipped_, options_);
      ASSERT_TRUE(store.status.ok()) << store.status;
      auto report = store.repository->Verify();
      ASSERT_TRUE(report.has_value()) << report.status();
      ASSERT_TRUE(Names(*report, file, batch.first, batch.last))
          << report->damage.size() << " damages"
          << (report->damage.empty() ? "" : ", first: " + report->damage[0].what);
      Log others = all_;
      for (std::uint64_t seq = batch.first; seq <= batch.last; ++seq) others.erase(seq);
      auto log = ReadLog(*store.repository);
      ASSERT_TRUE(log.has_value()) << log.status();
      ASSERT_EQ(Difference(others, *log), "");
      auto queried = QueryAll(*store.repository);
      ASSERT_TRUE(queried.has_value()) << queried.status();
      ASSERT_EQ(Difference(others, *queried), "") << "by query";
      RandomFacts random(19);
      const std::string fresh = random.Event();
      auto stored = store.repository->Store(fresh);
      ASSERT_TRUE(stored.has_value()) << stored.status();
      ASSERT_EQ(stored->seq.value, all_.size() + 1) << "a damaged record's number is not given again";
      others[stored->seq.value] = fresh;
      store.repository.reset();
      store = OpenStoreOn(*FileSystem::Default(), flipped_, options_);
      ASSERT_TRUE(store.status.ok()) << store.status;
      ASSERT_EQ(Difference(others, *ReadLog(*store.repository)), "");
    }
    begin = batch.end;
  }
}

// Sealed segments are compressed frame by frame: damage costs one frame's batches at most; in the index it costs
// nothing.
TEST_F(FlippedByteTest, InASealedSegmentIsFoundOrHarmless) {
  options_.frame_bytes = 1024;
  Make(3);
  {
    auto store = OpenStoreOn(*FileSystem::Default(), whole_, options_);
    ASSERT_TRUE(store.status.ok() && store.repository->Seal().ok());
  }
  std::uint64_t longest = 0;
  for (const Batch& batch : batches_) longest = std::max(longest, batch.last - batch.first + 1);
  for (const char* suffix : {".jsonl.zst", ".idx"}) {
    const std::string path = LogFiles(whole_, suffix).at(1);
    const std::string file = std::filesystem::path(path).filename();
    const std::size_t size = std::filesystem::file_size(path);
    std::size_t found = 0;
    std::size_t harmless = 0;
    for (std::size_t offset = 0; offset < size; offset += Stride(11)) {
      SCOPED_TRACE(fmt::format("byte {} of the {} of {}", offset, size, file));
      CopyFlipped("/log/" + file, offset);
      auto store = OpenStoreOn(*FileSystem::Default(), flipped_, options_);
      ASSERT_TRUE(store.status.ok()) << store.status;
      auto log = ReadLog(*store.repository);
      ASSERT_TRUE(log.has_value()) << log.status();
      auto queried = QueryAll(*store.repository);
      ASSERT_TRUE(queried.has_value()) << queried.status();
      for (const auto& [seq, json] : *log) ASSERT_EQ(json, all_[seq]) << seq;
      for (const auto& [seq, json] : *queried) ASSERT_EQ(json, all_[seq]) << seq;
      const std::size_t lost = all_.size() - std::min(log->size(), queried->size());
      auto report = store.repository->Verify();
      ASSERT_TRUE(report.has_value()) << report.status();
      if (report->damage.empty()) {
        ASSERT_EQ(lost, 0U) << "records are missing and Verify says nothing";
        ASSERT_EQ(Difference(dump_, DumpOf(*store.repository)), "");
        ++harmless;
        continue;
      }
      ++found;
      ASSERT_TRUE(Names(*report, file, 1, all_.size())) << report->damage[0].segment << ": " << report->damage[0].what;
      ASSERT_EQ(suffix, std::string(".jsonl.zst")) << "an index is made anew on opening";
      ASSERT_LE(lost, 2 * longest + 4) << "more than the frame";
    }
    // Nothing of the frames is left uncovered but what nobody reads; a damaged index is made anew from them on opening.
    if (suffix == std::string(".jsonl.zst")) {
      EXPECT_GE(found, harmless * 20) << file;
    } else {
      EXPECT_EQ(found, 0U) << file;
    }
  }
}

TEST_F(FlippedByteTest, InTheSnapshotChangesNoAnswer) {
  Make(1);
  options_.snapshot_records = 1;
  {
    auto store = OpenStoreOn(*FileSystem::Default(), whole_, options_);
    ASSERT_TRUE(store.status.ok()) << store.status;
    RandomFacts random(23);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(store.repository->Store(random.Record()).has_value());
    all_ = *ReadLog(*store.repository);
    dump_ = DumpOf(*store.repository);
  }
  std::vector<std::string> names = *FileSystem::Default()->List(whole_ + "/views");
  ASSERT_FALSE(names.empty());
  for (const std::string& name : names) {
    const std::size_t size = std::filesystem::file_size(whole_ + "/views/" + name);
    for (std::size_t offset = 0; offset < size; offset += Stride(7)) {
      SCOPED_TRACE(fmt::format("byte {} of {}", offset, name));
      CopyFlipped("/views/" + name, offset);
      auto store = OpenStoreOn(*FileSystem::Default(), flipped_, options_);
      ASSERT_TRUE(store.status.ok()) << store.status;
      ASSERT_EQ(Difference(all_, *ReadLog(*store.repository)), "");
      ASSERT_EQ(Difference(dump_, DumpOf(*store.repository)), "");
    }
  }
}

}  // namespace
}  // namespace cairn
