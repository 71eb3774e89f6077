#pragma once

#include <cstdint>

#include "cairn/status.h"

namespace cairn {

/// Gives up, for good, all rights of this process but to compute, to read and write descriptors that it holds or is
/// handed, and to ask the kernel for memory, up to `memory_bytes` beyond what it has. It can open neither file nor
/// socket, nor start a program or a process, nor signal another: such calls fail with EPERM.
/// Returns FAILED_PRECONDITION where the kernel has no such filter.
Status EnterSandbox(std::uint64_t memory_bytes);

}  // namespace cairn
