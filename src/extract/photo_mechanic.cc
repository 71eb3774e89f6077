#include "extract/photo_mechanic.h"

#include <fmt/format.h>

#include <array>

#include "extract/text.h"

namespace cairn {

std::string PhotoMechanicText(std::string_view text) {
  std::array<std::string_view, 3> parts;
  std::string_view rest = text;
  for (auto& part : parts) {
    const std::size_t end = rest.find(':');
    if (end == std::string_view::npos) return std::string(text);
    part = Trim(rest.substr(0, end));
    if (part.empty() || part.find_first_not_of("0123456789") != std::string_view::npos) return std::string(text);
    rest.remove_prefix(end + 1);
  }
  return fmt::format("Tagged:{}, ColorClass:{}, Rating:{}, FrameNum:{}", parts[0], parts[1], parts[2], Trim(rest));
}

}  // namespace cairn
