#pragma once

#include "produce/worker_limits.h"
#include "produce/worker_signs.h"

namespace cairn {

/// What a worker does from its beginning to its end: enters the sandbox, then runs what comes through `socket` until
/// that closes.
[[noreturn]] void RunWorker(int socket, const WorkerJob& job, const WorkerLimits& limits, WorkerSigns& signs);

}  // namespace cairn
