#include "base/low_priority.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <stdexcept>

namespace cairn {
namespace {

int Nice() { return getpriority(PRIO_PROCESS, 0); }

TEST(LowPriority, IsOfTheWorkAlone) {
  const int before = Nice();
  int within = before;
  RunAtLowPriority([&] { within = Nice(); });
  EXPECT_EQ(within, std::min(before + 10, 19));
  EXPECT_EQ(Nice(), before);
}

TEST(LowPriority, WhatTheWorkThrowsIsThrown) {
  EXPECT_THROW(RunAtLowPriority([] { throw std::runtime_error("no"); }), std::runtime_error);
}

}  // namespace
}  // namespace cairn
