#include "rival_bento.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <sstream>
#include <utility>

#include "command.h"

namespace cairn::bench {
namespace {

// Once for a run.
const std::string& Installed(Lab& lab) {
  static std::string folder;
  static bool is_tried = false;
  if (std::exchange(is_tried, true)) return folder;
  const std::string fresh = lab.NewFolder();
  for (const char* name : {"package.json", "package-lock.json", "measure.mjs"}) {
    std::filesystem::copy_file(std::string(CAIRN_BENCH_DIR "/bentocache/") + name, fresh + "/" + name);
  }
  const ShellAnswer installed = RunShell("cd '" + fresh + "' && npm ci --ignore-scripts --no-audit --no-fund 2>&1");
  if (installed.exit_code == 0) {
    folder = fresh;
  } else {
    fmt::print(stderr, "cairn_bench: BentoCache is not measured, npm ci failed:\n{}\n", installed.output);
  }
  return folder;
}

}  // namespace

std::vector<std::vector<double>> MeasureBento(Lab& lab, const std::string& arguments) {
  const std::string& folder = Installed(lab);
  if (folder.empty()) return {};
  const ShellAnswer answer = RunShell("cd '" + folder + "' && node measure.mjs " + arguments);
  if (answer.exit_code != 0) {
    fmt::print(stderr, "cairn_bench: BentoCache is not measured, node measure.mjs {} failed\n", arguments);
    return {};
  }
  std::vector<std::vector<double>> passes;
  std::istringstream lines(answer.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream numbers(line);
    std::vector<double>& pass = passes.emplace_back();
    for (double number = 0; numbers >> number;) pass.push_back(number);
  }
  return passes;
}

std::optional<Spread> SpreadOfColumn(const std::vector<std::vector<double>>& passes, std::size_t column) {
  std::vector<double> values;
  for (const std::vector<double>& pass : passes) values.push_back(pass.at(column));
  if (values.empty()) return std::nullopt;
  return SpreadOf(std::move(values));
}

}  // namespace cairn::bench
