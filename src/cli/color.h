#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

enum class Style : std::uint8_t { kPlain, kBold, kDim, kRed, kGreen, kYellow, kCyan };

/// Colours text for a terminal, or leaves it as it is.
class Painter {
 public:
  explicit Painter(bool on) : on_(on) {}
  [[nodiscard]] std::string operator()(Style style, std::string_view text) const;

 private:
  bool on_;
};

/// Whether to colour: `always`, `never`, or `auto`: on a terminal, unless the environment has NO_COLOR or a dumb TERM.
bool WantsColor(std::string_view choice, bool terminal);

}  // namespace cairn
