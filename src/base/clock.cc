#include "base/clock.h"

#include <chrono>

namespace cairn {
namespace {

class SystemClock : public Clock {
 public:
  Timestamp Now() override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
  }
};

}  // namespace

Clock* Clock::Default() {
  static SystemClock clock;
  return &clock;
}

}  // namespace cairn
