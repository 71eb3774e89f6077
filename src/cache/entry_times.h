#pragma once

#include <cstdint>

namespace cairn {

/// Until when an entry is good, on this process's steady clock.
struct EntryTimes {
  std::int64_t created_ns = 0;
  std::int64_t fresh_until_ns = 0;
  std::int64_t stale_until_ns = 0;
};

}  // namespace cairn
