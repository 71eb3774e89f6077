#pragma once

#include <cstdint>
#include <string>

namespace cairn {

/// `850 B`, `12.3 kB`, `4.5 MB`, `1.25 GB`.
std::string SizeText(std::uint64_t bytes);

}  // namespace cairn
