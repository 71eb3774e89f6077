#include "cli/size_text.h"

#include <fmt/format.h>

namespace cairn {

std::string SizeText(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  const auto value = static_cast<double>(bytes);
  return bytes < 1'000'000       ? fmt::format("{:.1f} kB", value / 1e3)
         : bytes < 1'000'000'000 ? fmt::format("{:.1f} MB", value / 1e6)
                                 : fmt::format("{:.2f} GB", value / 1e9);
}

}  // namespace cairn
