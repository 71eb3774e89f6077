#pragma once

#include <string_view>

namespace cairn {

/// A name of XML without its prefix.
inline std::string_view LocalName(std::string_view name) { return name.substr(name.find(':') + 1); }

}  // namespace cairn
