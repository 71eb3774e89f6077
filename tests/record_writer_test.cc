// Records stored in the background: in batches, in order, once, and through a service's absence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "cairn/client.h"
#include "service/fake_repository.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// Takes what is sent, in its order and once; away, and held up, as told.
class FakeService : public FakeRepository {
 public:
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override {
    std::unique_lock lock(mutex_);
    ++calls_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    std::vector<Result<Stored>> out;
    if (!answer_.ok()) return {jsons.size(), Result<Stored>(answer_)};
    batches_.push_back(jsons.size());
    for (const std::string_view json : jsons) {
      if (json.starts_with("bad")) {
        out.emplace_back(StatusCode::kInvalidArgument, "no record");
        continue;
      }
      const bool known = !seen_.insert(std::string(json)).second;
      if (!known) all_.emplace_back(json);
      out.emplace_back(Stored{Seq{all_.size()}, known});
    }
    return out;
  }
  void Answer(Status status) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(status);
  }
  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void AwaitCall(int number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return calls_ >= number; });
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return all_;
  }
  std::vector<std::size_t> batches() {
    const std::lock_guard lock(mutex_);
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Status answer_;
  bool held_ = false;
  int calls_ = 0;
  std::set<std::string> seen_;
  std::vector<std::string> all_;
  std::vector<std::size_t> batches_;
};

Status Away() { return {StatusCode::kUnavailable, "the service is away"}; }

class RecordWriterTest : public testing::Test {
 protected:
  RecordWriterTest() {
    options_.backoff_max = milliseconds(5);
    options_.on_refused = [this](std::string_view json, const Status& why) {
      refused_.push_back(std::string(json) + ": " + why.message());
    };
  }
  std::unique_ptr<RecordWriter> Open() {
    auto writer = RecordWriter::Open(service_, options_);
    EXPECT_TRUE(writer) << writer.status();
    return std::move(*writer);
  }
  static void Add(RecordWriter& writer, int from, int until) {
    for (int i = from; i < until; ++i) ASSERT_TRUE(writer.Add("r" + std::to_string(i)).ok());
  }
  static std::vector<std::string> Numbers(int from, int until) {
    std::vector<std::string> out;
    for (int i = from; i < until; ++i) out.push_back("r" + std::to_string(i));
    return out;
  }

  TempDir temp_;
  std::shared_ptr<FakeService> service_ = std::make_shared<FakeService>();
  RecordWriterOptions options_;
  std::vector<std::string> refused_;  // By the writer's thread; read once it is flushed.
};

TEST_F(RecordWriterTest, StoresInBatchesAndInOrder) {
  options_.batch_records = 100;
  options_.linger = seconds(3'600);
  auto writer = Open();
  Add(*writer, 0, 1'050);
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all(), Numbers(0, 1'050));
  EXPECT_EQ(service_->batches().size(), 11U) << "ten whole ones, and the rest on flushing";
  const RecordWriterStats stats = writer->Stats();
  EXPECT_EQ(stats.added, 1'050U);
  EXPECT_EQ(stats.stored, 1'050U);
  EXPECT_EQ(stats.waiting, 0U);
  EXPECT_EQ(stats.waiting_bytes, 0U);
}

TEST_F(RecordWriterTest, ABatchHasSoManyBytes) {
  options_.batch_bytes = 1'000;
  options_.linger = seconds(3'600);
  auto writer = Open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(writer->Add(std::to_string(i) + std::string(399, 'x')).ok());
  ASSERT_TRUE(writer->Add(std::string(5'000, 'y')).ok()) << "longer than a batch goes alone";
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  for (const std::size_t batch : service_->batches()) EXPECT_LE(batch, 2U);
  EXPECT_EQ(service_->all().size(), 11U);
}

TEST_F(RecordWriterTest, SendsWhatIsOldEnoughWithoutBeingAsked) {
  options_.linger = milliseconds(1);
  auto writer = Open();
  ASSERT_TRUE(writer->Add("r0").ok());
  service_->AwaitCall(1);
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_THAT(service_->all(), ElementsAre("r0"));
}

TEST_F(RecordWriterTest, WhatIsNoRecordIsToldAndCostsItselfAlone) {
  auto writer = Open();
  ASSERT_TRUE(writer->Add("r0").ok());
  ASSERT_TRUE(writer->Add("bad1").ok());
  ASSERT_TRUE(writer->Add("r2").ok());
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_THAT(service_->all(), ElementsAre("r0", "r2"));
  EXPECT_THAT(refused_, ElementsAre("bad1: no record"));
  EXPECT_EQ(writer->Stats().refused, 1U);
}

TEST_F(RecordWriterTest, AFullQueueRefusesOrBlocks) {
  options_.queue_bytes = 10;
  options_.when_full = RecordWriterOptions::WhenFull::kRefuse;
  service_->Hold(true);
  auto writer = Open();
  Add(*writer, 0, 5);
  const Status refused = writer->Add("r5");
  EXPECT_EQ(refused.code(), StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(writer->Add(std::string(11, 'x')).code(), StatusCode::kResourceExhausted) << "it would never fit";
  service_->Hold(false);
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_TRUE(writer->Add("r5").ok());
  ASSERT_TRUE(writer->Close(seconds(60)).ok());

  options_.when_full = RecordWriterOptions::WhenFull::kBlock;
  service_->Hold(true);
  writer = Open();
  Add(*writer, 10, 13);
  std::atomic<bool> is_added = false;
  std::thread blocked([&] {
    EXPECT_TRUE(writer->Add("r13").ok());
    is_added = true;
  });
  service_->AwaitCall(2);
  EXPECT_FALSE(is_added);
  service_->Hold(false);
  blocked.join();
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all().size(), 10U);
}

TEST_F(RecordWriterTest, WithoutASpillItWaitsInMemory) {
  service_->Answer(Away());
  auto writer = Open();
  Add(*writer, 0, 10);
  service_->AwaitCall(3);
  const Status status = writer->Flush(milliseconds(1));
  EXPECT_EQ(status.code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(status.message(), HasSubstr("the service is away"));
  EXPECT_TRUE(writer->Stats().is_away);
  service_->Answer(Status::Ok());
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all(), Numbers(0, 10));
  EXPECT_FALSE(writer->Stats().is_away);
}

TEST_F(RecordWriterTest, WhatIsGivenUpOnClosingIsCounted) {
  service_->Answer(Away());
  auto writer = Open();
  Add(*writer, 0, 7);
  const Status closed = writer->Close(milliseconds(1));
  EXPECT_EQ(closed.code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(closed.message(), HasSubstr("7 records"));
  EXPECT_EQ(writer->Close(seconds(60)), closed);
  EXPECT_EQ(writer->Add("r").code(), StatusCode::kFailedPrecondition);
}

TEST_F(RecordWriterTest, WhileTheServiceIsAwayTheyWaitOnDiskInOrder) {
  options_.spill_folder = temp_.Sub("spill");
  options_.batch_records = 10;
  service_->Answer(Away());
  auto writer = Open();
  Add(*writer, 0, 1'000);
  const Status status = writer->Flush(milliseconds(2'000));
  EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status;
  EXPECT_THAT(status.message(), HasSubstr(options_.spill_folder));
  RecordWriterStats stats = writer->Stats();
  EXPECT_EQ(stats.spilled, 1'000U);
  EXPECT_EQ(stats.waiting, 0U);
  EXPECT_GT(stats.on_disk_bytes, 0U);
  service_->Answer(Status::Ok());
  Add(*writer, 1'000, 1'100);
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all(), Numbers(0, 1'100));
  stats = writer->Stats();
  EXPECT_EQ(stats.stored, 1'100U);
  EXPECT_EQ(stats.on_disk_bytes, 0U);
}

TEST_F(RecordWriterTest, TheNextWriterOfTheFolderSendsWhatItFinds) {
  options_.spill_folder = temp_.Sub("spill");
  service_->Answer(Away());
  {
    auto writer = Open();
    Add(*writer, 0, 50);
    EXPECT_EQ(writer->Close(milliseconds(0)).code(), StatusCode::kUnavailable);
  }
  service_->Answer(Status::Ok());
  auto writer = Open();
  const auto second = RecordWriter::Open(service_, options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), StatusCode::kUnavailable);
  Add(*writer, 50, 60);
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all(), Numbers(0, 60));
}

TEST_F(RecordWriterTest, AFullDiskHoldsUpAndLosesNothing) {
  options_.spill_folder = temp_.Sub("spill");
  options_.spill_bytes = 400;
  options_.spill_segment_bytes = 100;
  options_.batch_records = 5;
  options_.queue_bytes = 200;
  options_.when_full = RecordWriterOptions::WhenFull::kRefuse;
  service_->Answer(Away());
  auto writer = Open();
  int added = 0;
  // Until disk and queue are full for good: the writer needs a moment to spill.
  for (int misses = 0; misses < 50;) {
    if (writer->Add("r" + std::to_string(added)).ok()) {
      ++added;
    } else {
      ++misses;
      (void)writer->Flush(milliseconds(2));
    }
  }
  EXPECT_LE(writer->Stats().on_disk_bytes, 400U);
  EXPECT_GT(writer->Stats().waiting, 0U);
  service_->Answer(Status::Ok());
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  EXPECT_EQ(service_->all(), Numbers(0, added));
}

TEST_F(RecordWriterTest, FromManyThreadsEachInItsOrder) {
  options_.spill_folder = temp_.Sub("spill");
  options_.batch_records = 37;
  auto writer = Open();
  std::atomic<int> running = 4;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 2'000; ++i) {
        EXPECT_TRUE(writer->Add(std::to_string(thread) + ":" + std::to_string(i)).ok());
      }
      --running;
    });
  }
  while (running > 0) {
    service_->Answer(Away());
    (void)writer->Flush(milliseconds(1));
    service_->Answer(Status::Ok());
    (void)writer->Flush(milliseconds(1));
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(writer->Flush(seconds(60)).ok());
  std::vector<int> next(4, 0);
  for (const std::string& record : service_->all()) {
    const auto thread = static_cast<std::size_t>(record[0] - '0');
    EXPECT_EQ(record.substr(2), std::to_string(next[thread]++));
  }
  EXPECT_THAT(next, ElementsAre(2'000, 2'000, 2'000, 2'000));
}

}  // namespace
}  // namespace cairn
