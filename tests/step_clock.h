#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace cairn {

/// A clock of the test's own: each look is a millisecond later. Any thread may call it.
class StepClock final : public Clock {
 public:
  explicit StepClock(Timestamp start = {1'768'000'000'000'000'000}) : now_ns_(start.ns) {}
  Timestamp Now() override { return {now_ns_.fetch_add(1'000'000)}; }

 private:
  std::atomic<std::int64_t> now_ns_;
};

}  // namespace cairn
