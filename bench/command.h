#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cairn::bench {

/// What a program took.
struct CommandCost {
  double seconds = 0;
  double cpu_seconds = 0;  ///< With its children that it waited for.
};

struct PeakCost : CommandCost {
  double peak_mb = 0;  ///< Of its largest process.
};

/// Runs a program to its end, its output thrown away. Ends this process where it cannot be started; what it says of its
/// own success is not looked at, since rivals fail on single files.
CommandCost RunCommand(const std::vector<std::string>& words, const std::string& folder = "");
/// The same with its memory, which the kernel counts with what this process holds itself at the time: never too little,
/// and too much where that is more, as behind workloads that hold their data. Begun otherwise the most that this process
/// ever held would count. Its time includes copying the page tables of this process.
PeakCost RunCommandForPeak(const std::vector<std::string>& words);

/// What a command of the shell printed.
struct ShellAnswer {
  int exit_code = -1;
  std::string output;
};
ShellAnswer RunShell(const std::string& command);
/// The last number that a command of the shell prints at the beginning of a line; none where it prints none.
std::optional<double> NumberOf(const std::string& command);

/// In a process that was just forked: signals end it, which this program waits for in a thread of its own.
void HearSignals();

/// Goes on as another program in this process, which has just been forked: no signal held back, nothing read or
/// printed.
[[noreturn]] void BecomeProgram(const std::vector<std::string>& words);

/// Whether a program is there.
bool HasCommand(const std::string& name);

}  // namespace cairn::bench
