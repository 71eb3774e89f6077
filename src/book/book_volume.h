#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// `01` is `1`, `1.50` is `1.5`; nothing for what is no decimal number of at most six digits before and three behind
/// the point.
std::optional<std::string> PlainVolume(std::string_view text);

/// A volume that says so: `vol_01`, `Vol. 1.5`, `Volume 2`, `Book 3`, `Band 4`, `Bd. 5`, `#6`.
std::optional<std::string> ReadVolume(std::string_view text);

struct VolumeSplit {
  std::string_view before;
  std::string volume;
};
/// A text that ends in ` - vol_01`, `, Book 3` or ` #4`: what stands before, and the volume.
std::optional<VolumeSplit> SplitVolume(std::string_view text);

}  // namespace cairn
