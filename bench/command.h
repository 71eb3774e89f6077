#pragma once

#include <string>
#include <vector>

namespace cairn::bench {

/// What a program took.
struct CommandCost {
  double seconds = 0;
  double cpu_seconds = 0;  ///< With its children that it waited for.
  double peak_mb = 0;      ///< Of its largest process.
};

/// Runs a program to its end, its output thrown away. Ends this process where it cannot be started; what it says of its
/// own success is not looked at, since rivals fail on single files.
CommandCost RunCommand(const std::vector<std::string>& words, const std::string& folder = "");

/// Whether a program is there.
bool HasCommand(const std::string& name);

}  // namespace cairn::bench
