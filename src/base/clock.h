#pragma once

#include "cairn/time.h"

namespace cairn {

/// The time of day. Any thread may call it.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp Now() = 0;

  /// The system's. Lives as long as the process.
  static Clock* Default();
};

}  // namespace cairn
