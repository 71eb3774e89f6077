#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A file, and how long it took to be read last.
struct SlowFile {
  std::string path;
  std::chrono::microseconds took{};
  std::uint64_t bytes = 0;
};

/// Those below all roots that took longest, the slowest first, at most `limit`. Returns NOT_FOUND where there was no
/// scan.
Result<std::vector<SlowFile>> SlowestFiles(const std::string& state_folder, std::size_t limit);

/// `{"path","seconds","bytes"}`
std::string SlowFileJson(const SlowFile& file);

}  // namespace cairn
