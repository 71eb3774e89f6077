#pragma once

#include <cstdint>

#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// Reads an APE tag (APEv1, APEv2) whose footer ends at `end`, and returns how many bytes it takes with its header; 0
/// where there is none.
std::uint64_t ReadApeTag(Window& from, std::uint64_t end, const ExtractContext& context, Extracted& to);

}  // namespace cairn
