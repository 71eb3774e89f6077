#pragma once

#include <functional>

namespace cairn {

/// Runs `work` to its end in a thread of its own that gets a tenth of a processor which others want whole: ten steps of
/// nice behind them. What it throws is thrown here. `work` must hold nothing that those others wait for.
void RunAtLowPriority(const std::function<void()>& work);

}  // namespace cairn
