#pragma once

#include <cstdint>

namespace cairn {

/// A number of the thread's own generator (xoshiro256**, seeded by the system): for jitter, chance and stamps, not for
/// secrets.
std::uint64_t FastRandom();

}  // namespace cairn
