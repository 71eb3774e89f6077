#include "record/wide_integers.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace cairn {
namespace {

bool IsOfNumber(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

template <class Integer>
bool Holds(std::string_view digits) {
  Integer value = 0;
  return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
}

bool IsWideInteger(std::string_view number) {
  constexpr std::size_t kAlwaysHeld = 18;
  if (number.size() <= kAlwaysHeld) return false;
  const std::string_view digits = number.front() == '-' ? number.substr(1) : number;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  return !(number.front() == '-' ? Holds<std::int64_t>(number) : Holds<std::uint64_t>(number));
}

}  // namespace

std::optional<std::string> WidenIntegers(std::string_view json) {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      for (++at; at < json.size() && json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
      ++at;
    } else if (IsOfNumber(json[at])) {
      const std::size_t begin = at;
      while (at < json.size() && IsOfNumber(json[at])) ++at;
      if (!IsWideInteger(json.substr(begin, at - begin))) continue;
      out += json.substr(copied, at - copied);
      out += ".0";
      copied = at;
    } else {
      ++at;
    }
  }
  if (copied == 0) return std::nullopt;
  out += json.substr(copied);
  return out;
}

}  // namespace cairn
