// The log is the truth: whatever happened to a store, its live views are what folding the log anew gives.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "fault_file_system.h"
#include "random_facts.h"
#include "store_files.h"
#include "store_ledger.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::IsEmpty;

class RandomLife {
 public:
  explicit RandomLife(std::uint64_t seed) : random_(seed), files_(temp_.Sub("disk"), {.seed = seed}) {
    options_.segment_bytes = std::uint64_t{2000} << random_.UpTo(5);
  }

  void Run() {
    Open();
    for (int step = 0; step < 40 && !testing::Test::HasFatalFailure(); ++step) {
      SCOPED_TRACE(fmt::format("step {}: {}", step, Step()));
      if (!testing::Test::HasFatalFailure()) Check();
    }
  }

 private:
  void Open() {
    options_.snapshot_records = random_.UpTo(2) * 10;  // None in one opening of three.
    store_ = OpenStoreOn(files_, path_, options_);
    ASSERT_TRUE(store_.status.ok()) << store_.status;
  }

  const char* Step() {
    switch (random_.UpTo(9)) {
      case 0: {
        store_.repository.reset();
        Open();
        return "opened anew";
      }
      case 1: {
        const Status status = store_.repository->Seal();
        EXPECT_TRUE(status.ok()) << status;
        return "sealed";
      }
      case 2: {
        files_.PowerOffAt(1 + random_.UpTo(12));
        while (!files_.power_is_off()) ledger_.Send(*store_.repository, random_.Batch(8));
        store_.repository.reset();
        files_.Crash(random_.UpTo(1'000'000));
        Open();
        if (store_.repository != nullptr) {
          EXPECT_THAT(ledger_.Check(*store_.repository, true), IsEmpty());
        }
        return "crashed";
      }
      case 3: {
        const Status status = store_.repository->Rebuild();
        EXPECT_TRUE(status.ok()) << status;
        return "rebuilt";
      }
      default: {
        ledger_.Send(*store_.repository, random_.Batch(12));
        return "stored";
      }
    }
  }

  // A second store of the same folder, opened without a snapshot, folds everything; the live one need not have.
  void Check() {
    const std::string live = DumpOf(*store_.repository);
    if (random_.OneIn(2)) {
      StoreOptions options = options_;
      options.read_only = true;
      auto other = OpenStoreOn(files_, path_, options);
      ASSERT_TRUE(other.status.ok()) << other.status;
      const std::string opened = DumpOf(*other.repository);
      ASSERT_EQ(Difference(live, opened), "") << "another opening";
      const Status status = other.repository->Rebuild();
      if (status.ok()) {
        const std::string rebuilt = DumpOf(*other.repository);
        ASSERT_EQ(Difference(live, rebuilt), "") << "rebuilt";
      }
      return;
    }
    ASSERT_TRUE(store_.repository->Rebuild().ok());
    const std::string rebuilt = DumpOf(*store_.repository);
    ASSERT_EQ(Difference(live, rebuilt), "") << "rebuilt";
  }

  RandomFacts random_;
  TempDir temp_;
  FaultFileSystem files_;
  const std::string path_ = temp_.Sub("disk") + "/store";
  StoreOptions options_;
  StoreLedger ledger_;
  OpenedStore store_;
};

TEST(ViewPropertyTest, RebuildGivesTheLiveViews) {
  const char* given = std::getenv("CAIRN_SEED");
  const std::uint64_t lives = given != nullptr ? 1 : std::getenv("CAIRN_SOAK") != nullptr ? 2000 : 60;
  std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  fmt::print("first CAIRN_SEED={}\n", seed);
  for (std::uint64_t life = 0; life < lives; ++life, ++seed) {
    SCOPED_TRACE(fmt::format("CAIRN_SEED={}", seed));
    RandomLife(seed).Run();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

}  // namespace
}  // namespace cairn
