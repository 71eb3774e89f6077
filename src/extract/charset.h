#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// Text as UTF-8, of a charset that goes by that label in documents: WHATWG Encoding Standard, section 4.2, and
/// `ibm437` of archives. What stands for nothing is U+FFFD. None for a label of no other charset than UTF-8, UTF-16 and
/// Windows-1252.
std::optional<std::string> DecodeCharset(std::string_view bytes, std::string_view label);

}  // namespace cairn
