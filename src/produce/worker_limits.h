#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// What workers do, and how they are held.
struct WorkerLimits {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< Address space beyond what the worker begins with.
  std::uint64_t tasks_max = 10'000;                     ///< Then it is replaced, so that what leaks does not add up.
  std::uint64_t answer_bytes_max = std::uint64_t{64} << 20;
  /// Without a sign of progress for so long it is killed.
  std::chrono::nanoseconds stall{std::chrono::seconds(10)};
  /// Whatever it says, no longer than this.
  std::chrono::nanoseconds total{std::chrono::seconds(60)};
  /// How long it may take to make a worker, or to end one: then what makes them is killed.
  std::chrono::milliseconds patience{std::chrono::seconds(30)};
};

/// Runs in the worker: reads the file behind `fd` as `request` says. `keep_going` is to be called now and then.
using WorkerJob =
    std::function<Result<std::string>(int fd, std::string_view request, const std::function<Status()>& keep_going)>;

}  // namespace cairn
