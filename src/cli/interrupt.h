#pragma once

#include <atomic>

namespace cairn {

/// From here on Ctrl-C, a polite kill and the end of the terminal set the flag that is returned, once; a second one
/// ends the program at once.
const std::atomic<bool>& CatchInterrupt();

}  // namespace cairn
