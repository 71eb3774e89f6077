#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// How a program is started.
struct ProgramStart {
  std::vector<std::string> args;
  std::string input;                               ///< Its standard input.
  std::map<std::string, std::string> environment;  ///< Beyond what the test has; CAIRN_STORE is taken out.
  std::string folder;                              ///< Where it stands; empty for the test's.
};

struct ProgramEnd {
  int code = -1;  ///< -1 where a signal ended it.
  std::string out;
  std::string err;
};

/// Runs the program at `path` to its end.
ProgramEnd RunProgram(const std::string& path, const ProgramStart& start);

}  // namespace cairn
