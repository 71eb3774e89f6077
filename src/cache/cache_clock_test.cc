#include <gtest/gtest.h>

#include "cairn/cache_options.h"

namespace cairn {
namespace {

TEST(CacheClock, TheRecentTimeIsBehindTheSteadyOneByLittle) {
  CacheClock& clock = *CacheClock::Default();
  std::int64_t last = clock.RecentNs();
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t before = clock.SteadyNs();
    const std::int64_t recent = clock.RecentNs();
    ASSERT_GE(recent, before - CacheClock::kRecentNsMax);
    ASSERT_LE(recent, clock.SteadyNs());
    ASSERT_GE(recent, last);
    last = recent;
  }
}

}  // namespace
}  // namespace cairn
