#include "lookup/warm_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr Timestamp kNow{1'700'000'000'000'000'000};

Timestamp In(std::chrono::nanoseconds time) { return {kNow.ns + time.count()}; }

// Asked for every minute until just now, about to expire.
CacheAccess Busy(std::string key) {
  return {
      .key = std::move(key), .count = 10, .last = kNow, .mean_interval = 1min, .load_time = 1s, .expires = In(1min)};
}

std::vector<std::string> Plan(const std::vector<CacheAccess>& accesses, const WarmConfig& config = {}) {
  std::vector<std::string> out;
  for (const WarmCandidate& candidate :
       PlanWarming(accesses, kNow, config, [](std::string_view key) -> std::optional<std::chrono::nanoseconds> {
         if (key == "unknown") return std::nullopt;
         return 10min;
       })) {
    out.push_back(candidate.key);
  }
  return out;
}

TEST(WarmPlan, WhatIsInUseAndAboutToExpireIsRefreshed) {
  CacheAccess later = Busy("later");
  later.expires = In(1h);
  CacheAccess over = Busy("over");
  over.expires = In(-1min);
  EXPECT_THAT(Plan({Busy("soon"), later, over, Busy("unknown")}), ElementsAre("over", "soon"));
}

TEST(WarmPlan, WhatWasAskedForOnceOrLongAgoIsNot) {
  CacheAccess once = Busy("once");
  once.count = 1;
  once.mean_interval = 0s;
  CacheAccess cold = Busy("cold");
  cold.last = In(-1h);
  CacheAccess seldom = Busy("seldom");
  seldom.mean_interval = 2h;
  EXPECT_THAT(Plan({once, cold, seldom}), ElementsAre());
}

TEST(WarmPlan, TheBudgetGoesToWhatSavesMost) {
  CacheAccess slow = Busy("slow");
  slow.load_time = 10s;
  CacheAccess rare = Busy("rare");
  rare.mean_interval = 8min;
  WarmConfig config;
  config.loads_max = 2;
  EXPECT_THAT(Plan({rare, Busy("usual"), slow}, config), ElementsAre("slow", "usual"));
  config.loads_max = 10;
  EXPECT_THAT(Plan({rare, Busy("usual"), slow}, config), ElementsAre("slow", "usual", "rare"));
  config.gain_min = 0.9;
  EXPECT_THAT(Plan({rare, Busy("usual"), slow}, config), ElementsAre("slow", "usual"));
}

TEST(WarmPlan, TheChanceIsThatOfAPoissonProcess) {
  const auto plan =
      PlanWarming({Busy("a")}, kNow, {}, [](std::string_view) { return std::optional(1ns * 60'000'000'000); });
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_NEAR(plan[0].chance, 0.632, 0.001);
}

}  // namespace
}  // namespace cairn
