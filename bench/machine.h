#pragma once

#include <string>

namespace cairn::bench {

/// One line: processor, cores, memory, kernel, file system and device under `path`. A figure without it says nothing.
std::string DescribeMachine(const std::string& path);

}  // namespace cairn::bench
