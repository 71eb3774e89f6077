#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace cairn {

/// The test binary started anew in a role other than running tests. Declare one at namespace scope:
///   const ChildRole kRole("writer", [](const std::vector<std::string>& args, int out) { ...; return 0; });
/// It runs when all of the program is initialised, and its result is the exit code; `out` is the pipe to the parent.
class ChildRole {
 public:
  using Run = int (*)(const std::vector<std::string>& args, int out);
  ChildRole(const char* name, Run run);
};

/// A started role. Killed on destruction, and when its parent ends, if it still runs.
class ChildProcess {
 public:
  ChildProcess(const std::string& role, const std::vector<std::string>& args);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  /// Takes the lines that the child writes until `until`, or the end of its output (false then).
  bool ReadLines(std::chrono::steady_clock::time_point until, const std::function<void(const std::string&)>& line);
  /// `kill -9`, and waits until it is gone. What it had written can still be read.
  void Kill();
  /// Waits for its end; its exit code, or -1 where a signal ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  std::string rest_;
};

}  // namespace cairn
