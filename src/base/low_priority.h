#pragma once

#include <cstdint>
#include <functional>

namespace cairn {

/// What work gets of a processor that others want whole.
enum class Share : std::uint8_t {
  kTenth,     ///< Ten steps of nice behind them.
  kLeftOver,  ///< What nobody else wants.
};

/// Runs `work` to its end in a thread of its own, and `meanwhile` (may be empty) in this one some fifty times a second.
/// What `work` throws is thrown here; it must hold nothing that those others wait for.
void RunAtLowPriority(Share share, const std::function<void()>& work, const std::function<void()>& meanwhile = {});

}  // namespace cairn
