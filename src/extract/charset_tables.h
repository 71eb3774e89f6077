#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cairn {

/// Charsets as the build took them from iconv(3), by their names in the WHATWG Encoding Standard, or iconv's. Codes are
/// of Unicode's first plane; 0: the bytes stand for nothing.
struct SingleByteTable {
  std::string_view name;
  std::uint16_t codes[128];  ///< Of the bytes from 0x80 on; those below are ASCII.
};
struct DoubleByteTable {
  std::string_view name;
  std::uint8_t lead_first;
  std::uint8_t lead_last;
  std::uint8_t trail_first;
  std::uint8_t trail_last;
  const std::uint16_t* codes;  ///< By lead and trail.

  [[nodiscard]] std::uint16_t Code(std::uint8_t lead, std::uint8_t trail) const {
    if (lead < lead_first || lead > lead_last || trail < trail_first || trail > trail_last) return 0;
    return codes[(lead - lead_first) * (trail_last - trail_first + 1) + trail - trail_first];
  }
};

std::span<const SingleByteTable> SingleByteTables();
std::span<const DoubleByteTable> DoubleByteTables();

}  // namespace cairn
