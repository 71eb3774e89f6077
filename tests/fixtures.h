#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace cairn {

/// The folder of third-party inputs: `CAIRN_FIXTURES`, else `../shared/fixtures` beside the project; none where it is
/// absent.
inline std::optional<std::string> FixturesDir() {
  const char* given = std::getenv("CAIRN_FIXTURES");
  const std::string dir = given != nullptr ? given : std::string(CAIRN_SOURCE_DIR "/../shared/fixtures");
  if (!std::filesystem::is_directory(dir)) return std::nullopt;
  return dir;
}

}  // namespace cairn

/// Leaves the test, counted as skipped, where the fixtures are absent.
#define CAIRN_NEED_FIXTURES(variable)                                       \
  const auto variable##_found = cairn::FixturesDir();                       \
  if (!variable##_found) GTEST_SKIP() << "no fixtures: set CAIRN_FIXTURES"; \
  const std::string& variable = *variable##_found
