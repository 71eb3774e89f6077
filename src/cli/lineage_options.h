#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cairn/lineage.h"
#include "cairn/status.h"

namespace cairn {

/// What the commands about lineage have in common.
struct LineageOptions {
  LineageFilter filter;
  std::string level = "auto";
  std::string format = "tree";

  /// Fills what was given as a word.
  void Read();
};

/// Options that say which part of the graph counts.
void AddFilter(CLI::App& command, LineageOptions& options, bool with_time = true);
/// `--format tree|json|dot|mermaid`.
void AddFormat(CLI::App& command, LineageOptions& options);

}  // namespace cairn
