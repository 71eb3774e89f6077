#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// The files behind what a user named.
struct Inputs {
  std::vector<std::string> files;  ///< In the order named; those of a folder sorted. `-` is standard input.
  std::uint64_t passed_over = 0;   ///< Files of folders that are no input by their name.
  std::vector<std::pair<std::string, Status>> unreadable;  ///< Folders that could not be listed, and why.
};

/// Lists the inputs behind `paths`. A folder stands for its files, however deep, that end in .json, .jsonl, .ndjson,
/// .gz or .zst; not for a store that stands in it, nor for a rejects file, nor for what a symbolic link to a folder
/// points at. A file that is named stands for itself whatever it is called. Returns NOT_FOUND for a path that does not
/// exist.
Result<Inputs> ListInputs(const std::vector<std::string>& paths);

/// How the names of rejects files begin.
inline constexpr std::string_view kRejectsPrefix = "cairn-rejects-";

}  // namespace cairn
