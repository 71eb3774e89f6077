#include "produce/runner.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Answers as it is told to, and counts.
class FakeProducer : public Producer {
 public:
  using Answer = std::function<Result<Produced>(const ProduceRequest&, const ProduceContext&)>;
  explicit FakeProducer(Answer answer) : answer_(std::move(answer)) {}

  std::string_view name() const override { return "fake"; }
  nanoseconds ExpectedCost(const ProduceRequest& request) const override {
    return milliseconds(std::atoi(request.context.c_str()));
  }
  Result<Produced> Produce(const ProduceRequest& request, const ProduceContext& context) override {
    return answer_(request, context);
  }

 private:
  Answer answer_;
};

// Likes four quick ones at once, and remembers how many it was asked for.
class SociableProducer : public FakeProducer {
 public:
  using FakeProducer::FakeProducer;

  [[nodiscard]] std::size_t most_at_once() const override { return 4; }
  std::vector<Result<Produced>> ProduceAll(std::span<const ProduceRequest* const> requests,
                                           const ProduceContext& context) override {
    {
      const std::lock_guard lock(mutex_);
      asked_.emplace_back(requests.size(), context.attempt);
    }
    return FakeProducer::ProduceAll(requests, context);
  }
  // How many, in which attempt.
  std::vector<std::pair<std::size_t, std::uint32_t>> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, std::uint32_t>> asked_;
};

// What ended, by target.
class Ends {
 public:
  Runner::OnEnd Sink() {
    return [this](ProduceEnd end) {
      const std::lock_guard lock(mutex_);
      order_.push_back(end.request.target.name);
      ends_.emplace(end.request.target.name, std::move(end));
    };
  }
  ProduceEnd& Of(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return ends_.at(name);
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return ends_.size();
  }
  std::vector<std::string> order() {
    const std::lock_guard lock(mutex_);
    return order_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, ProduceEnd> ends_;
  std::vector<std::string> order_;
};

ProduceRequest Request(const std::string& name, int expected_ms = 0) {
  ProduceRequest request;
  request.target = {"", "file", "file", name, ""};
  request.context = std::to_string(expected_ms);
  return request;
}

// Opens once, and lets everyone through then.
class Door {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void WaitFor(int waiting) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= waiting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

RunnerOptions Quick(std::size_t workers) {
  RunnerOptions options;
  options.workers = workers;
  options.retry = {.attempts = 3, .backoff = nanoseconds(1000), .backoff_max = milliseconds(1)};
  return options;
}

TEST(RunnerTest, EachRequestEndsOnce) {
  FakeProducer producer([](const ProduceRequest& request, const ProduceContext&) {
    Produced produced;
    produced.records.push_back(request.target.name);
    return produced;
  });
  Ends ends;
  Runner runner(producer, Quick(4), ends.Sink());
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i))).ok());
  runner.Drain();
  EXPECT_EQ(ends.order().size(), 500u);
  EXPECT_EQ(ends.size(), 500u);
  EXPECT_EQ(ends.Of("77").result->records.front(), "77");
  EXPECT_EQ(runner.Stats().succeeded, 500u);
}

TEST(RunnerTest, WhatMayPassIsTriedAgain) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext& context) -> Result<Produced> {
    if (context.attempt < 3) return Status(StatusCode::kUnavailable, "busy");
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(2), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("a")).ok());
  runner.Drain();
  EXPECT_TRUE(ends.Of("a").result.has_value());
  EXPECT_EQ(ends.Of("a").attempts, 3u);
  EXPECT_EQ(runner.Stats().retries, 2u);
}

TEST(RunnerTest, ItIsGivenUpInTheEnd) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext&) -> Result<Produced> {
    return Status(StatusCode::kUnavailable, "busy");
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("a")).ok());
  runner.Drain();
  EXPECT_EQ(ends.Of("a").result.error().code(), StatusCode::kUnavailable);
  EXPECT_EQ(ends.Of("a").attempts, 3u);
}

TEST(RunnerTest, WhatCannotPassIsNotTriedAgain) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext&) -> Result<Produced> {
    return Status(StatusCode::kInvalidArgument, "no picture");
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("a")).ok());
  runner.Drain();
  EXPECT_EQ(ends.Of("a").attempts, 1u);
  EXPECT_EQ(runner.Stats().failed, 1u);
}

TEST(RunnerTest, TheDearestIsBegunFirst) {
  Door door;
  FakeProducer producer([&](const ProduceRequest& request, const ProduceContext&) {
    if (request.target.name == "first") door.Pass();
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("first")).ok());
  door.WaitFor(1);
  for (const int cost : {3, 40, 1, 20}) ASSERT_TRUE(runner.Submit(Request(std::to_string(cost), cost)).ok());
  door.Open();
  runner.Drain();
  EXPECT_EQ(ends.order(), (std::vector<std::string>{"first", "40", "20", "3", "1"}));
}

TEST(RunnerTest, OfThoseSubmittedTogetherTheDearestIsBegunFirst) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext&) { return Produced(); });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  std::vector<ProduceRequest> requests;
  for (const int cost : {1, 9, 3, 20}) requests.push_back(Request(std::to_string(cost), cost));
  EXPECT_EQ(runner.SubmitAll(std::move(requests)), 4U);
  runner.Drain();
  EXPECT_EQ(ends.order(), (std::vector<std::string>{"20", "9", "3", "1"}));
}

TEST(RunnerTest, MoreAtOnceThanTheQueueHoldsAllEnd) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext&) { return Produced(); });
  Ends ends;
  RunnerOptions options = Quick(2);
  options.queue_max = 3;
  Runner runner(producer, options, ends.Sink());
  std::vector<ProduceRequest> requests;
  for (int i = 0; i < 100; ++i) requests.push_back(Request(std::to_string(i)));
  EXPECT_EQ(runner.SubmitAll(std::move(requests)), 100U);
  runner.Drain();
  EXPECT_EQ(ends.size(), 100U);
}

TEST(RunnerTest, AStopSaysHowManyWereTaken) {
  Door door;
  FakeProducer producer([&](const ProduceRequest&, const ProduceContext&) {
    door.Pass();
    return Produced();
  });
  Ends ends;
  RunnerOptions options = Quick(1);
  options.queue_max = 2;
  Runner runner(producer, options, ends.Sink());
  std::size_t taken = 0;
  std::thread submits([&] {
    std::vector<ProduceRequest> requests;
    for (int i = 0; i < 10; ++i) requests.push_back(Request(std::to_string(i)));
    taken = runner.SubmitAll(std::move(requests));
  });
  door.WaitFor(1);
  while (runner.Stats().queued < 2) std::this_thread::yield();
  std::thread stops([&] { runner.Stop(); });
  submits.join();
  door.Open();
  stops.join();
  EXPECT_EQ(taken, 3U) << "one under way, two that waited";
  EXPECT_EQ(ends.size(), 3U) << "what was not taken has no end";
}

TEST(RunnerTest, QuickOnesAreHandedOverTogetherFewerTowardsTheEnd) {
  Door door;
  SociableProducer producer([&](const ProduceRequest& request, const ProduceContext&) {
    if (request.target.name == "first") door.Pass();
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("first")).ok());
  door.WaitFor(1);
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i))).ok());
  ASSERT_TRUE(runner.Submit(Request("dear", 10)).ok());
  ASSERT_TRUE(runner.Submit(Request("dearer", 20)).ok());
  door.Open();
  runner.Drain();
  std::vector<std::size_t> sizes;
  for (const auto& [size, attempt] : producer.asked()) sizes.push_back(size);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 1, 1, 4, 4, 4, 2, 1, 1}));
  EXPECT_EQ(ends.size(), 19u);
  EXPECT_EQ(runner.Stats().workers.front().tasks, 19u);
}

TEST(RunnerTest, WhatIsTriedAgainGoesAlone) {
  Door door;
  SociableProducer producer([&](const ProduceRequest& request, const ProduceContext& context) -> Result<Produced> {
    if (request.target.name == "first") door.Pass();
    if (request.target.name == "bad" && context.attempt == 1) return Status(StatusCode::kUnavailable, "busy");
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("first")).ok());
  door.WaitFor(1);
  ASSERT_TRUE(runner.Submit(Request("bad")).ok());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i))).ok());
  door.Open();
  runner.Drain();
  EXPECT_EQ(ends.size(), 42u);
  EXPECT_EQ(ends.Of("bad").attempts, 2u);
  EXPECT_EQ(ends.Of("0").attempts, 1u) << "of the same handover, and done";
  for (const auto& [size, attempt] : producer.asked()) {
    if (attempt > 1) {
      EXPECT_EQ(size, 1u);
    }
  }
}

TEST(RunnerTest, WithARateEachGoesAlone) {
  SociableProducer producer([](const ProduceRequest&, const ProduceContext&) { return Produced{}; });
  Ends ends;
  RunnerOptions options = Quick(1);
  options.rate = TokenBucket::Limit{.tokens = 100, .window = milliseconds(10)};
  Runner runner(producer, options, ends.Sink());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i))).ok());
  runner.Drain();
  EXPECT_EQ(producer.asked().size(), 20u);
}

TEST(RunnerTest, SubmitWaitsWhereTheQueueIsFull) {
  Door door;
  FakeProducer producer([&](const ProduceRequest&, const ProduceContext&) {
    door.Pass();
    return Produced{};
  });
  Ends ends;
  RunnerOptions options = Quick(1);
  options.queue_max = 2;
  Runner runner(producer, options, ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("0")).ok());
  door.WaitFor(1);
  std::thread submitter([&] {
    for (const char* name : {"1", "2", "3"}) EXPECT_TRUE(runner.Submit(Request(name)).ok());
  });
  while (runner.Stats().queued < 2) std::this_thread::yield();
  EXPECT_EQ(runner.Stats().submitted, 3u);
  door.Open();
  submitter.join();
  runner.Drain();
  EXPECT_EQ(ends.size(), 4u);
}

TEST(RunnerTest, StopLetsRunWhatRunsAndGivesBackTheRest) {
  Door door;
  FakeProducer producer([&](const ProduceRequest&, const ProduceContext&) {
    door.Pass();
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("runs")).ok());
  door.WaitFor(1);
  ASSERT_TRUE(runner.Submit(Request("waits")).ok());
  std::thread stopper([&] { runner.Stop(); });
  while (ends.size() == 0) std::this_thread::yield();
  EXPECT_EQ(ends.Of("waits").result.error().code(), StatusCode::kCancelled);
  EXPECT_EQ(ends.Of("waits").attempts, 0u);
  door.Open();
  stopper.join();
  EXPECT_TRUE(ends.Of("runs").result.has_value());
  EXPECT_EQ(runner.Submit(Request("late")).code(), StatusCode::kCancelled);
}

TEST(RunnerTest, HurryAsksWhatRunsToEnd) {
  Door begun;
  begun.Open();
  FakeProducer producer([&](const ProduceRequest&, const ProduceContext& context) -> Result<Produced> {
    begun.Pass();
    while (context.keep_going().ok()) std::this_thread::yield();
    return context.keep_going();
  });
  Ends ends;
  Runner runner(producer, Quick(1), ends.Sink());
  ASSERT_TRUE(runner.Submit(Request("a")).ok());
  begun.WaitFor(1);
  runner.Stop(true);
  EXPECT_EQ(ends.Of("a").result.error().code(), StatusCode::kCancelled);
}

TEST(RunnerTest, TheRateIsHeld) {
  FakeProducer producer([](const ProduceRequest&, const ProduceContext&) { return Produced{}; });
  Ends ends;
  RunnerOptions options = Quick(3);
  options.rate = TokenBucket::Limit{.tokens = 5, .window = milliseconds(30)};
  const auto begun = std::chrono::steady_clock::now();
  {
    Runner runner(producer, options, ends.Sink());
    for (int i = 0; i < 11; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i))).ok());
    runner.Drain();
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(60));
}

TEST(RunnerTest, StatisticsOfEachWorkerAddUp) {
  FakeProducer producer([](const ProduceRequest& request, const ProduceContext&) -> Result<Produced> {
    if (request.target.name == "3") return Status(StatusCode::kDataLoss, "broken");
    return Produced{};
  });
  Ends ends;
  Runner runner(producer, Quick(3), ends.Sink());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(runner.Submit(Request(std::to_string(i), i == 0 ? 100 : 0)).ok());
  runner.Drain();
  const RunnerStats stats = runner.Stats();
  std::uint64_t tasks = 0;
  std::uint64_t failures = 0;
  for (const WorkerHealth& worker : stats.workers) {
    tasks += worker.tasks;
    failures += worker.failures;
  }
  EXPECT_EQ(tasks, 30u);
  EXPECT_EQ(failures, 1u);
  EXPECT_EQ(stats.slow, 1u);
  EXPECT_EQ(stats.queued + stats.running, 0u);
}

}  // namespace
}  // namespace cairn
