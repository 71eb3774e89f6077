#include "produce/dispatch_queue.h"

#include <gtest/gtest.h>

#include <queue>
#include <random>
#include <vector>

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(DispatchQueueTest, TheDearestGoesFirst) {
  DispatchQueue queue({.workers = 2});
  queue.Push(1, milliseconds(1));
  queue.Push(2, milliseconds(30));
  queue.Push(3, milliseconds(5));
  EXPECT_EQ(queue.Pop()->task, 2u);
  EXPECT_EQ(queue.Pop()->task, 3u);
  EXPECT_EQ(queue.Pop()->task, 1u);
  EXPECT_FALSE(queue.Pop().has_value());
}

TEST(DispatchQueueTest, EqualOnesGoInTheOrderTheyCame) {
  DispatchQueue queue({.workers = 1});
  for (std::uint64_t task = 1; task <= 5; ++task) queue.Push(task, milliseconds(2));
  for (std::uint64_t task = 1; task <= 5; ++task) EXPECT_EQ(queue.Pop()->task, task);
}

TEST(DispatchQueueTest, WhatIsExpectedToTakeNearlyTheSameTooSoThatFoldersEnd) {
  DispatchQueue queue({.workers = 1});
  for (std::uint64_t task = 1; task <= 5; ++task) queue.Push(task, nanoseconds(100'000 + 7 * task));
  queue.Push(6, nanoseconds(130'000));
  for (const std::uint64_t task : {6, 1, 2, 3, 4, 5}) EXPECT_EQ(queue.Pop()->task, task);
}

TEST(DispatchQueueTest, QuickOnesAreTakenTogetherButNoneForEverPassedOver) {
  DispatchQueue queue({.workers = 1});
  queue.Push(1, nanoseconds(1));
  queue.Push(2, milliseconds(1));
  EXPECT_FALSE(queue.PopQuick(nanoseconds(500'000))) << "the dearest is none";
  EXPECT_EQ(queue.Pop()->task, 2u);
  std::uint64_t next = 3;
  for (int turn = 0; turn < 3; ++turn) {
    for (int i = 0; i < 8; ++i) queue.Push(next++, nanoseconds(100'000));
    if (queue.Pop()->task == 1) return;
    for (int i = 0; i < 7; ++i) EXPECT_NE(queue.PopQuick(nanoseconds(500'000))->task, 1u);
  }
  FAIL() << "dearer ones that keep coming starve it";
}

TEST(DispatchQueueTest, SlowOnesLeaveAWorkerToTheQuick) {
  DispatchQueue queue({.workers = 3});
  for (std::uint64_t task = 1; task <= 4; ++task) queue.Push(task, milliseconds(100 * task));
  queue.Push(10, milliseconds(1));
  EXPECT_EQ(queue.Pop()->task, 4u);
  EXPECT_EQ(queue.Pop()->task, 3u);
  EXPECT_EQ(queue.Pop()->task, 10u) << "two slow ones run, the third worker is for quick ones";
  EXPECT_EQ(queue.Pop()->task, 2u) << "no quick one waits";
  queue.Done(true);
  EXPECT_EQ(queue.slow_running(), 2u);
}

TEST(DispatchQueueTest, ACheapOneIsNotPassedOverForEver) {
  DispatchQueue queue({.workers = 1});
  queue.Push(1, nanoseconds(1));
  std::uint64_t next = 2;
  for (int turn = 0; turn < 16; ++turn) {
    queue.Push(next++, milliseconds(10));
    if (queue.Pop()->task == 1) return;
  }
  FAIL() << "dearer ones that keep coming starve it";
}

// The time in which `workers` end all `costs` that were known when the first was begun.
double Makespan(const std::vector<double>& costs, const std::vector<double>& expected, std::size_t workers) {
  DispatchQueue queue({.workers = workers});
  for (std::size_t i = 0; i < costs.size(); ++i) queue.Push(i, nanoseconds(static_cast<std::int64_t>(expected[i])));
  struct Running {
    double end;
    bool slow;
    bool operator<(const Running& other) const { return end > other.end; }
  };
  std::priority_queue<Running> running;
  double now = 0;
  while (queue.size() != 0 || !running.empty()) {
    while (running.size() < workers) {
      const auto next = queue.Pop();
      if (!next) break;
      running.push({now + costs[next->task], next->slow});
    }
    now = running.top().end;
    queue.Done(running.top().slow);
    running.pop();
  }
  return now;
}

// Costs as measured on trees of files: most take a fraction of a millisecond, few take seconds.
std::vector<double> HeavyTail(std::mt19937_64& random, std::size_t tasks, double tail) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> out(tasks);
  for (double& cost : out) cost = 1e5 * std::pow(1 - uniform(random), -1 / tail);
  return out;
}

TEST(DispatchQueueTest, SpeedUpOfEightWorkers) {
  constexpr std::size_t kWorkers = 8;
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  std::normal_distribution<double> error(0, 0.5);
  for (const double tail : {0.6, 0.9, 1.2, 2.0, 5.0}) {
    for (int round = 0; round < 20; ++round) {
      const std::vector<double> costs = HeavyTail(random, 2000, tail);
      std::vector<double> guesses = costs;
      if (round % 2 == 1) {
        for (double& guess : guesses) guess *= std::exp(error(random));
      }
      double sum = 0;
      double max = 0;
      for (const double cost : costs) {
        sum += cost;
        max = std::max(max, cost);
      }
      const double speed_up = sum / Makespan(costs, guesses, kWorkers);
      EXPECT_GE(speed_up, 0.9 * std::min<double>(kWorkers, sum / max))
          << "tail " << tail << (round % 2 == 1 ? ", guesses off by half" : "") << ", seed " << seed;
    }
  }
}

TEST(DispatchQueueTest, WithoutOrderTheSpeedUpIsLost) {
  // The same test can fail: begun as they came, one long task at the end waits for nothing and all wait for it.
  std::vector<double> costs(800, 1e6);
  costs.push_back(1e8);
  const std::vector<double> blind(costs.size(), 1e6);
  const double sum = 9e8;
  EXPECT_LT(sum / Makespan(costs, blind, 8), 0.9 * 8);
  EXPECT_GE(sum / Makespan(costs, costs, 8), 0.9 * 8);
}

}  // namespace
}  // namespace cairn
