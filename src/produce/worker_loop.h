#pragma once

#include <atomic>
#include <cstdint>

#include "produce/worker_limits.h"

namespace cairn {

/// What a worker does from its beginning to its end: enters the sandbox, then runs what comes through `socket` until
/// that closes. Counts progress in `progress`.
[[noreturn]] void RunWorker(int socket, const WorkerJob& job, const WorkerLimits& limits,
                            std::atomic<std::uint64_t>& progress);

}  // namespace cairn
