#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// Undoes percent-escapes (RFC 3986, 2.1): `%3A` is `:`. Nothing where a `%` is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(std::string_view text);

}  // namespace cairn
