#pragma once

#include <string>

namespace cairn::bench {

/// What a process does that `open_10m` starts: opens the sealed store in `path`, asks for one latest record, prints
/// "SECONDS ANONYMOUS_BYTES RECORDS", and returns the exit code.
int OpenAsChild(const std::string& path);

}  // namespace cairn::bench
