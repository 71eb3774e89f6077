#include "base/low_priority.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>

namespace cairn {
namespace {

int Nice() { return getpriority(PRIO_PROCESS, 0); }

TEST(LowPriority, IsOfTheWorkAlone) {
  const int before = Nice();
  int within = before;
  RunAtLowPriority(Share::kTenth, [&] { within = Nice(); });
  EXPECT_EQ(within, std::min(before + 10, 19));
  EXPECT_EQ(Nice(), before);
  int policy = SCHED_OTHER;
  RunAtLowPriority(Share::kLeftOver, [&] { policy = sched_getscheduler(0); });
  EXPECT_EQ(policy, SCHED_IDLE);
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
}

TEST(LowPriority, TheCallerMayCallItOff) {
  std::atomic<bool> is_off = false;
  RunAtLowPriority(
      Share::kTenth,
      [&] {
        while (!is_off) std::this_thread::yield();
      },
      [&] { is_off = true; });
}

TEST(LowPriority, WhatTheWorkThrowsIsThrown) {
  EXPECT_THROW(RunAtLowPriority(Share::kTenth, [] { throw std::runtime_error("no"); }), std::runtime_error);
}

}  // namespace
}  // namespace cairn
