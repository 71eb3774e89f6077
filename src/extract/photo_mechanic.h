#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// Photo Mechanic's preferences, in IPTC and XMP alike: `0:3:2:-00001` is `Tagged:0, ColorClass:3, Rating:2,
/// FrameNum:-00001`. The text itself where it is none.
std::string PhotoMechanicText(std::string_view text);

}  // namespace cairn
