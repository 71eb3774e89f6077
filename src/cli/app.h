#pragma once

namespace cairn {

/// The command `cairn`: reads its arguments, runs the command they name, and returns the exit code.
int RunCli(int argc, char** argv);

}  // namespace cairn
