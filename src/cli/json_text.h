#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// JSON on several lines, indented by two blanks a level beyond `indent`; short arrays and objects stay on one line.
/// The text is not checked: whatever it is, its bytes come out with nothing but white space put between.
std::string PrettyJson(std::string_view json, std::size_t indent = 0);

}  // namespace cairn
