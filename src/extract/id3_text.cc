#include "extract/id3_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

bool Digits(std::string_view text) {
  return !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string GenreOf(std::string_view code) {
  std::uint32_t number = 0;
  std::from_chars(code.data(), code.data() + code.size(), number);
  if (number == 255) return "None";
  const std::string_view name = GenreName(number);
  return name.empty() ? fmt::format("Unknown ({})", number) : std::string(name);
}

// One genre: a number, or numbers in brackets with a refinement behind; a doubled bracket is one of the text.
std::string OneGenre(std::string_view text) {
  if (Digits(text)) return GenreOf(text);
  std::string codes;
  std::size_t count = 0;
  std::string only;
  std::string_view rest = text;
  while (rest.starts_with('(')) {
    const std::size_t end = rest.find(')');
    const std::string_view code = rest.substr(1, end == std::string_view::npos ? end : end - 1);
    if (end == std::string_view::npos || (!Digits(code) && code != "RX" && code != "CR")) break;
    only = Digits(code) ? GenreOf(code) : std::string(code);
    codes += "(" + only + ")";
    ++count;
    rest.remove_prefix(end + 1);
  }
  if (rest.starts_with("((")) rest.remove_prefix(1);
  if (count == 0) return std::string(rest);
  const bool known = !only.starts_with("Unknown");
  if (count == 1 && known && (rest.empty() || rest == only)) return only;
  return codes + std::string(rest);
}

bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

std::uint32_t Id3Synchsafe(ByteView view, std::uint64_t at) {
  return (view.U8(at) & 127U) << 21 | (view.U8(at + 1) & 127U) << 14 | (view.U8(at + 2) & 127U) << 7 |
         (view.U8(at + 3) & 127U);
}

std::string Id3Decode(std::uint8_t encoding, std::string_view text) {
  if (encoding != 1) return encoding == 2 ? FromUtf16(text, true) : encoding == 3 ? ToUtf8(text) : FromLatin1(text);
  // Each text of a list may have a mark of its own.
  const std::string marked = FromUtf16(text, false);
  constexpr std::string_view kMark("\0\xef\xbb\xbf", 4);
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = marked.find(kMark); at != std::string::npos; at = marked.find(kMark, begin)) {
    out.append(marked, begin, at + 1 - begin);
    begin = at + kMark.size();
  }
  return out.append(marked, begin);
}

std::string_view Id3TakeText(std::uint8_t encoding, std::string_view* rest, bool* found) {
  const bool wide = encoding == 1 || encoding == 2;
  std::size_t end = wide ? 0 : rest->find('\0');
  if (wide) {
    while (end + 1 < rest->size() && ((*rest)[end] != 0 || (*rest)[end + 1] != 0)) end += 2;
  }
  if (found != nullptr) *found = end < rest->size();
  const std::string_view text = rest->substr(0, std::min(end, rest->size()));
  rest->remove_prefix(std::min(rest->size(), text.size() + (wide ? 2 : 1)));
  return text;
}

std::string Id3Genre(const std::string& text) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(std::string_view("\0/", 2)), rest.size());
    out += (out.empty() ? "" : "/") + OneGenre(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return out;
}

std::string Id3Date(std::string text) {
  const auto pattern = [&](std::size_t at, std::string_view form) {
    if (text.size() < at + form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
      const char c = text[at + i];
      if (form[i] == '0' ? c < '0' || c > '9' : c != form[i]) return false;
    }
    return true;
  };
  if (!pattern(0, "0000-00")) return text;
  text[4] = ':';
  if (!pattern(7, "-00")) return text;
  text[7] = ':';
  if (pattern(10, "T00:00")) text[10] = ' ';
  return text;
}

std::string Id3LanguageName(std::string_view name, std::string_view language) {
  if (language == "eng" || language.size() != 3 || !std::all_of(language.begin(), language.end(), Letter))
    return std::string(name);
  std::string out = std::string(name) + "-";
  for (const char c : language) out += static_cast<char>(c | 0x20);
  return out;
}

}  // namespace cairn
