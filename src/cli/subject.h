#pragma once

#include <string>
#include <vector>

#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// What the first argument of a command is that several things can be asked of by one word (`diff`, `why`).
/// This is the one place that tells them apart; a command that knows files asks it before it opens a store.
enum class Subject : std::uint8_t {
  kInstant,  ///< As `ParseTimestamp` reads them: `2026-01-10`, `2026-01-10T05:00:00Z`.
  kFile,     ///< A path that says so: it begins with `/`, `./`, `../` or `~/`.
  kNode,     ///< All else: a node id or a part of its name.
};
Subject SubjectOf(const std::string& argument);

/// The instant that an argument names. Returns INVALID_ARGUMENT, saying what the argument is instead, where it is none.
Result<Timestamp> InstantOf(const std::string& argument);
/// `argument`, which names a node; of the path of a file the id of its node. Relative paths are from the current
/// folder.
std::string NodeOf(const std::string& argument);
std::vector<std::string> NodesOf(const std::vector<std::string>& arguments);

}  // namespace cairn
