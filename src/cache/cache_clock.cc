#include <ctime>

#include "base/clock.h"
#include "cairn/cache_options.h"

namespace cairn {
namespace {

class SystemCacheClock final : public CacheClock {
 public:
  Timestamp Now() override { return Clock::Default()->Now(); }
  std::int64_t SteadyNs() override {
    // Unlike CLOCK_MONOTONIC it counts while the machine sleeps, as TTLs must.
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
  }
};

}  // namespace

CacheClock* CacheClock::Default() {
  static SystemCacheClock clock;
  return &clock;
}

}  // namespace cairn
