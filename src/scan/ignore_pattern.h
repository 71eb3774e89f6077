#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// One line of an ignore file, as git reads it (gitignore(5)).
struct IgnorePattern {
  std::vector<std::string> segments;  ///< Between slashes; `**` stands for any number of folders.
  bool negated = false;               ///< `!`: what it means is not ignored after all.
  bool folders_only = false;          ///< It ended in a slash.
  bool anchored = false;              ///< It has a slash before its end: it means paths from the file's folder.
};

/// None for an empty line and a comment.
std::optional<IgnorePattern> ParseIgnorePattern(std::string_view line);

/// Whether it means `path`, given from the folder of the ignore file, without slashes at its ends.
bool PatternMeans(const IgnorePattern& pattern, std::string_view path, bool is_folder);

/// Whether one segment of a pattern means a name: `*`, `?`, `[a-z]`, `[!a]`, `[[:alpha:]]`, `\` before a character that
/// means itself. Takes at most |pattern| * |name| steps.
bool SegmentMeans(std::string_view pattern, std::string_view name);

}  // namespace cairn
