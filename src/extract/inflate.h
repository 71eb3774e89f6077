#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// A zlib stream (RFC 1950) unpacked; nothing where it is damaged or longer than `bytes_max`.
std::optional<std::string> InflateZlib(std::string_view packed, std::size_t bytes_max);

/// What could be unpacked of a stream, and how it ended.
struct Inflated {
  std::string bytes;
  bool whole = false;     ///< The stream's end was reached.
  bool too_long = false;  ///< It goes on beyond the bound.
};

/// A zlib stream: at most `bytes_max` bytes of it.
Inflated InflateZlibPart(std::string_view packed, std::size_t bytes_max);

/// A DEFLATE stream (RFC 1951), as members of zip archives are: at most `bytes_max` bytes of it.
Inflated InflateRaw(std::string_view packed, std::size_t bytes_max);

}  // namespace cairn
