#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn {

/// What stands before the text of a Markdown file between lines `---` (YAML) or `+++` (TOML): the keys at its left edge
/// whose values are plain, quoted, lists or blocks of text. What is nested deeper is passed over.
struct FrontMatter {
  std::vector<std::pair<std::string, std::vector<std::string>>> values;  ///< A single value is a list of one.
  std::size_t bytes = 0;                                                 ///< Where the text begins; 0 without any.
};

FrontMatter ReadFrontMatter(std::string_view text);

}  // namespace cairn
