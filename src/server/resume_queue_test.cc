#include "server/resume_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <thread>

namespace cairn {
namespace {

struct Told final : Parked {
  explicit Told(std::atomic<int>& count) : count_(count) {}
  void GoOn() override { ++count_; }
  std::atomic<int>& count_;
};

class ResumeQueueTest : public testing::Test {
 public:
  void Add() { queue_->Add(std::make_unique<Told>(count_)); }

  boost::asio::io_context context_{1};
  const std::shared_ptr<ResumeQueue> queue_ = std::make_shared<ResumeQueue>(context_);
  std::atomic<int> count_ = 0;
};

TEST_F(ResumeQueueTest, OneWakeForAllThatWait) {
  for (int i = 0; i < 5; ++i) Add();
  EXPECT_EQ(count_, 0) << "on its own thread, not on that of the caller";
  EXPECT_EQ(context_.run(), 1U);
  EXPECT_EQ(count_, 5);
  Add();
  context_.restart();
  EXPECT_EQ(context_.run(), 1U);
  EXPECT_EQ(count_, 6);
}

TEST_F(ResumeQueueTest, TogetherIsAtTheEnd) {
  {
    const ResumeTogether together;
    for (int i = 0; i < 3; ++i) Add();
    EXPECT_EQ(context_.poll(), 0U);
  }
  context_.restart();
  EXPECT_EQ(context_.poll(), 1U);
  EXPECT_EQ(count_, 3);
}

TEST_F(ResumeQueueTest, AnotherThreadsWakeTakesThemToo) {
  const ResumeTogether together;
  Add();
  std::thread([&] { Add(); }).join();
  EXPECT_EQ(context_.run(), 1U);
  EXPECT_EQ(count_, 2);
}

// What goes on may wait again, and another may let it go on before all others have gone on.
TEST_F(ResumeQueueTest, GoesOnWhileOthersAreAdded) {
  struct Again final : Parked {
    explicit Again(ResumeQueueTest& test, int left) : test_(test), left_(left) {}
    void GoOn() override {
      ++test_.count_;
      if (left_ > 0) test_.queue_->Add(std::make_unique<Again>(test_, left_ - 1));
    }
    ResumeQueueTest& test_;
    int left_;
  };
  queue_->Add(std::make_unique<Again>(*this, 4));
  context_.run();
  EXPECT_EQ(count_, 5);
}

TEST_F(ResumeQueueTest, ManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  auto work = boost::asio::make_work_guard(context_);
  std::thread own([&] { context_.run(); });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kEach; n += 4) {
        const auto together = i % 2 == 0 ? std::make_unique<ResumeTogether>() : nullptr;
        for (int k = 0; k < 4; ++k) Add();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (count_ < kThreads * kEach) std::this_thread::yield();
  work.reset();
  own.join();
  EXPECT_EQ(count_, kThreads * kEach);
}

TEST_F(ResumeQueueTest, NothingGoesOnOnceClosed) {
  auto together = std::make_unique<ResumeTogether>();
  Add();
  queue_->Close();
  Add();
  together.reset();
  EXPECT_EQ(context_.run(), 0U);
  EXPECT_EQ(count_, 0);
}

}  // namespace
}  // namespace cairn
