#include "cli/color.h"

#include <array>
#include <cstdlib>

namespace cairn {

std::string Painter::operator()(Style style, std::string_view text) const {
  static constexpr std::array<std::string_view, 7> kCodes = {"", "1", "2", "31", "32", "33", "36"};
  if (!on_ || style == Style::kPlain || text.empty()) return std::string(text);
  std::string out = "\x1b[";
  out += kCodes[static_cast<std::size_t>(style)];
  out += 'm';
  out += text;
  out += "\x1b[0m";
  return out;
}

bool WantsColor(std::string_view choice, bool terminal) {
  if (choice != "auto") return choice == "always";
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return terminal && (term == nullptr || std::string_view(term) != "dumb");
}

}  // namespace cairn
