// What a store says and keeps when the disk fails or fills up.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "fault_file_system.h"
#include "random_facts.h"
#include "store_files.h"
#include "store_ledger.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::AnyOf;
using testing::Eq;
using testing::IsEmpty;

class DiskFaultTest : public testing::Test {
 protected:
  void Open() {
    store_ = OpenStoreOn(files_, path_, options_);
    if (!store_.status.ok()) throw std::runtime_error(store_.status.ToString());
  }
  void Close() { store_.repository.reset(); }
  void SendNew() { Send({random_.Record(), random_.Event()}); }
  StatusCode Send(const std::vector<std::string>& batch) {
    const auto results = ledger_.Send(*store_.repository, batch);
    return results.at(0).status().code();
  }
  void ExpectAllStands(bool reopened) { ASSERT_THAT(ledger_.Check(*store_.repository, reopened), IsEmpty()); }

  TempDir temp_;
  FaultFileSystem files_{temp_.Sub("disk")};
  const std::string path_ = temp_.Sub("disk") + "/store";
  StoreOptions options_;
  RandomFacts random_{3};
  StoreLedger ledger_;
  OpenedStore store_;
};

TEST_F(DiskFaultTest, FailedFsync) {
  Open();
  SendNew();
  const std::string segment = LogFiles(path_, ".jsonl").at(0);
  files_.Fail({.op = DiskOp::kSync, .path_part = ".jsonl"});
  EXPECT_EQ(Send({random_.Record()}), StatusCode::kUnknown);
  const std::string left = ReadBytes(segment);
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(Send({random_.Record()}), AnyOf(Eq(StatusCode::kOk), Eq(StatusCode::kUnavailable)));
  }
  const std::string later = ReadBytes(segment);
  EXPECT_EQ(left.substr(0, later.size()), later) << "the segment took writes after a failed fdatasync";
  ExpectAllStands(false);
  Close();
  Open();
  ExpectAllStands(true);
  SendNew();
  Close();
  Open();
  ExpectAllStands(true);
  EXPECT_THAT(store_.repository->Verify()->damage, IsEmpty());
}

// The same with a power cut behind it: what the failed fdatasync should have written may be zeros.
TEST_F(DiskFaultTest, FailedFsyncThenCrash) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Open();
    SendNew();
    files_.Fail({.op = DiskOp::kSync, .nth = 1 + seed % 4, .path_part = ".jsonl"});
    for (int i = 0; i < 6; ++i) SendNew();
    files_.ClearFaults();
    Close();
    files_.Crash(seed);
    Open();
    ExpectAllStands(true);
    Close();
    if (HasFailure()) return;
  }
}

TEST_F(DiskFaultTest, DiskFull) {
  Open();
  SendNew();
  for (std::uint64_t room = 0; room < 1500; room += 50) {
    if (HasFailure()) return;
    SCOPED_TRACE(fmt::format("{} bytes free", room));
    const std::vector<std::string> batch = {random_.Record(), random_.Event(), random_.Record()};
    files_.SetDiskBytes(files_.used_bytes() + room);
    const StatusCode code = Send(batch);
    if (code == StatusCode::kOk) {
      EXPECT_GT(room, 600U);
    } else {
      EXPECT_EQ(code, StatusCode::kResourceExhausted);
      ExpectAllStands(false);
      files_.SetDiskBytes(std::nullopt);
      const auto results = ledger_.Send(*store_.repository, batch);
      ASSERT_TRUE(results.at(0).has_value()) << results.at(0).status();
      EXPECT_FALSE(results.at(0)->known) << "nothing was stored while the disk was full";
    }
    files_.SetDiskBytes(std::nullopt);
    if (room % 200 == 0) {
      Close();
      Open();
      ExpectAllStands(true);
    }
  }
  ExpectAllStands(false);
  EXPECT_THAT(store_.repository->Verify()->damage, IsEmpty());
}

TEST_F(DiskFaultTest, DiskFullFromTheStart) {
  for (std::uint64_t bytes = 0; bytes < 5000; bytes += 100) {
    if (HasFailure()) return;
    SCOPED_TRACE(fmt::format("a disk of {} bytes", bytes));
    files_.SetDiskBytes(bytes);
    store_ = OpenStoreOn(files_, path_, options_);
    if (!store_.status.ok()) {
      EXPECT_EQ(store_.status.code(), StatusCode::kResourceExhausted) << store_.status;
    } else {
      Send({random_.Record()});
      ExpectAllStands(false);
    }
    Close();
  }
  files_.SetDiskBytes(std::nullopt);
  Open();
  ExpectAllStands(true);
  EXPECT_EQ(Send({random_.Record()}), StatusCode::kOk);
  ExpectAllStands(false);
}

TEST_F(DiskFaultTest, DiskFullWhileSealing) {
  options_.segment_bytes = 4000;
  Open();
  while (LogFiles(path_, ".jsonl").size() < 3) SendNew();
  const std::uint64_t used = files_.used_bytes();
  Status status;
  for (std::uint64_t room = 0; room < 40'000; room += 200) {
    SCOPED_TRACE(fmt::format("{} bytes free", room));
    files_.SetDiskBytes(used + room);
    status = store_.repository->Seal();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), StatusCode::kResourceExhausted) << status;
    }
    ExpectAllStands(false);
    if (status.ok() || HasFailure()) break;
  }
  EXPECT_TRUE(status.ok()) << status;
  files_.SetDiskBytes(std::nullopt);
  Close();
  Open();
  ExpectAllStands(true);
  EXPECT_THAT(store_.repository->Verify()->damage, IsEmpty());
}

// One life of a store: opened, written to, sealed, closed, opened again, written to. What fails may say so; it goes on.
class OneLife {
 public:
  OneLife(const std::string& disk, bool snapshots, bool room) : files(disk), path_(disk + "/store") {
    options_.segment_bytes = 3000;
    options_.snapshot_records = snapshots ? 3 : 0;
    options_.room_bytes = room ? 1000 : 0;
    options_.room_after = 1;
  }

  void Live() {
    RandomFacts random(5);
    for (int opening = 0; opening < 2; ++opening) {
      auto store = OpenStoreOn(files, path_, options_);
      if (store.repository == nullptr) continue;
      for (int i = 0; i < 6; ++i) ledger.Send(*store.repository, random.Batch(3));
      (void)store.repository->Seal();
      for (int i = 0; i < 3; ++i) ledger.Send(*store.repository, random.Batch(3));
    }
  }

  // What must hold when the disk is well again.
  void ExpectAllStands() {
    RandomFacts random(6);
    auto store = OpenStoreOn(files, path_, options_);
    ASSERT_TRUE(store.status.ok()) << store.status;
    ASSERT_THAT(ledger.Check(*store.repository, true), IsEmpty());
    auto results = ledger.Send(*store.repository, {random.Record()});
    ASSERT_TRUE(results.at(0).has_value()) << results.at(0).status();
    Status sealed = store.repository->Seal();
    ASSERT_TRUE(sealed.ok()) << sealed;
    ASSERT_THAT(ledger.Check(*store.repository, false), IsEmpty());
    auto report = store.repository->Verify();
    ASSERT_TRUE(report.has_value()) << report.status();
    ASSERT_TRUE(report->damage.empty()) << report->damage[0].segment << ": " << report->damage[0].what;
    const std::string live = DumpOf(*store.repository);
    ASSERT_TRUE(store.repository->Rebuild().ok());
    ASSERT_EQ(Difference(live, DumpOf(*store.repository)), "") << "rebuilt";
  }

  FaultFileSystem files;
  StoreLedger ledger;

 private:
  std::string path_;
  StoreOptions options_;
};

// Every operation fails once, by each error; the process lives on, and the power goes off in the end or does not.
void FailEveryOperationOnce(bool room) {
  for (const StatusCode code : {StatusCode::kUnavailable, StatusCode::kResourceExhausted}) {
    for (const bool crash : {false, true}) {
      for (std::uint64_t operation = 1;; ++operation) {
        SCOPED_TRACE(
            fmt::format("operation {} fails with {}{}", operation, StatusCodeName(code), crash ? ", crash" : ""));
        TempDir temp;
        OneLife life(temp.Sub("disk"), operation % 2 == 0, room);
        life.files.Fail({.nth = operation, .status = {code, "injected fault"}});
        life.Live();
        const bool over = life.files.operations() < operation;
        life.files.ClearFaults();
        if (crash) life.files.Crash(operation);
        life.ExpectAllStands();
        if (testing::Test::HasFailure() || over) break;
      }
    }
  }
}

TEST(DiskFaultSweep, EveryOperationFailsOnce) { FailEveryOperationOnce(false); }

TEST(DiskFaultSweep, EveryOperationFailsOnceWithRoomAhead) { FailEveryOperationOnce(true); }

// The power goes off at every operation.
void PowerOffAtEveryOperation(bool room) {
  bool over = false;
  for (std::uint64_t operation = 1; !over; ++operation) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      SCOPED_TRACE(fmt::format("power off at operation {}, seed {}", operation, seed));
      TempDir temp;
      OneLife life(temp.Sub("disk"), seed % 2 == 0, room);
      life.files.PowerOffAt(operation);
      life.Live();
      over = !life.files.power_is_off();
      if (seed == 0) {
        life.files.Restart();
      } else {
        life.files.Crash(seed * 7919 + operation);
      }
      life.ExpectAllStands();
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(DiskFaultSweep, PowerOffAtEveryOperation) { PowerOffAtEveryOperation(false); }

TEST(DiskFaultSweep, PowerOffAtEveryOperationWithRoomAhead) { PowerOffAtEveryOperation(true); }

}  // namespace
}  // namespace cairn
