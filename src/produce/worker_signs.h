#pragma once

#include <atomic>
#include <cstdint>

namespace cairn {

/// What a worker lets its broker see of itself, in memory that both have.
struct WorkerSigns {
  std::atomic<std::uint64_t> progress;  ///< Goes up now and then.
  std::atomic<std::uint64_t> begun;     ///< Tasks, that which is under way included.
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "shared between processes");

}  // namespace cairn
