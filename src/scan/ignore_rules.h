#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scan/ignore_pattern.h"

namespace cairn {

/// The ignore files that hold in a folder: its own and those above it. A deeper file goes before, a later line too.
/// Immutable, shared between folders and threads.
class IgnoreRules {
 public:
  /// `text` is the ignore file of the folder at `depth` slashes below the root: `a/b/` is the prefix of what it means.
  static std::shared_ptr<const IgnoreRules> Make(std::shared_ptr<const IgnoreRules> above, std::string_view text,
                                                 std::string_view folder);

  /// Whether what is at `path`, given from the root, is ignored. `rules` may be null.
  static bool Ignores(const IgnoreRules* rules, std::string_view path, bool is_folder);

 private:
  std::shared_ptr<const IgnoreRules> above_;
  std::string prefix_;  // Of the folder, with a slash at the end, or empty.
  std::vector<IgnorePattern> patterns_;
};

/// What is taken at all: `include` and `exclude` of the command line, in the syntax of ignore files.
class PathFilter {
 public:
  PathFilter() = default;
  PathFilter(const std::vector<std::string>& include, const std::vector<std::string>& exclude);
  /// Folders are left out by `exclude` alone: what is included may stand below them.
  [[nodiscard]] bool Takes(std::string_view path, bool is_folder) const;

 private:
  std::vector<IgnorePattern> include_;
  std::vector<IgnorePattern> exclude_;
};

}  // namespace cairn
