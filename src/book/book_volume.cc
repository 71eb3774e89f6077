#include "book/book_volume.h"

#include <algorithm>
#include <array>

#include "extract/text.h"

namespace cairn {
namespace {

// The longer ones first.
constexpr std::array<std::string_view, 10> kWords = {"volume", "volumen", "band", "book", "buch",
                                                     "part",   "teil",    "tome", "vol",  "bd"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::string> PlainVolume(std::string_view text) {
  constexpr std::size_t kDigitsMax = 6;
  constexpr std::size_t kDecimalsMax = 3;
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  const bool digits =
      std::all_of(whole.begin(), whole.end(), IsDigit) && std::all_of(decimals.begin(), decimals.end(), IsDigit);
  if (!digits || whole.empty() || whole.size() > kDigitsMax || decimals.size() > kDecimalsMax) return std::nullopt;
  if (point < text.size() && decimals.empty()) return std::nullopt;
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  return std::string(whole) + (decimals.empty() ? "" : "." + std::string(decimals));
}

std::optional<std::string> ReadVolume(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('#')) return PlainVolume(text.substr(1));
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const auto word : kWords) {
    if (!small.starts_with(word)) continue;
    std::size_t at = word.size();
    while (at < text.size() && std::string_view("._ #").find(text[at]) != std::string_view::npos) ++at;
    if (auto volume = PlainVolume(text.substr(at))) return volume;
  }
  return std::nullopt;
}

std::optional<VolumeSplit> SplitVolume(std::string_view text) {
  for (const std::string_view mark : {" - ", ", ", " #"}) {
    const std::size_t at = text.rfind(mark);
    if (at == std::string_view::npos) continue;
    const std::size_t from = mark == " #" ? at + 1 : at + mark.size();
    if (auto volume = ReadVolume(text.substr(from))) return VolumeSplit{TrimEnd(text.substr(0, at)), *volume};
  }
  return std::nullopt;
}

}  // namespace cairn
