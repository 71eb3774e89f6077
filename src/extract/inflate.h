#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// A zlib stream (RFC 1950) unpacked; nothing where it is damaged or longer than `bytes_max`.
std::optional<std::string> InflateZlib(std::string_view packed, std::size_t bytes_max);

}  // namespace cairn
