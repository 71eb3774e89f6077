#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

/// The name of a wave format tag (`wFormatTag`); empty where it has none.
std::string_view WaveEncoding(std::uint16_t tag);

}  // namespace cairn
