#include "extract/pdf_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/json.h"
#include "extract/text.h"

namespace cairn {
namespace {

// PDFDocEncoding at 0x18 to 0x1f and 0x80 to 0xa0, where it is not Latin-1: ISO 32000-2, annex D.3.
constexpr std::array<std::uint16_t, 8> kAccents = {0x2d8, 0x2c7, 0x2c6, 0x2d9, 0x2dd, 0x2db, 0x2da, 0x2dc};
constexpr std::array<std::uint16_t, 33> kHigh = {0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x192,  0x2044, 0x2039,
                                                 0x203a, 0x2212, 0x2030, 0x201e, 0x201c, 0x201d, 0x2018, 0x2019, 0x201a,
                                                 0x2122, 0xfb01, 0xfb02, 0x141,  0x152,  0x160,  0x178,  0x17d,  0x131,
                                                 0x142,  0x153,  0x161,  0x17e,  0xfffd, 0x20ac};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Decoded(std::string_view bytes) {
  if (bytes.starts_with("\xfe\xff") || bytes.starts_with("\xff\xfe")) return FromUtf16(bytes, true);
  if (bytes.starts_with("\xef\xbb\xbf")) return ToUtf8(bytes.substr(3));
  // Many programs write UTF-8 without its mark; no text of another encoding looks like it by chance.
  if (IsUtf8(bytes)) return std::string(bytes);
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool accent = byte >= 0x18 && byte < 0x20;
    const bool high = byte >= 0x80 && byte <= 0xa0;
    AppendUtf8(out, accent ? kAccents[byte - 0x18U] : high ? kHigh[byte - 0x80U] : byte);
  }
  return out;
}

}  // namespace

std::string PdfText(std::string_view bytes) {
  std::string text = Decoded(bytes);
  std::erase(text, '\0');
  return text;
}

std::string PdfDate(std::string_view date) {
  std::string digits(date.starts_with("D:") ? date.substr(2) : date);
  constexpr std::string_view kRest = "00000101000000";
  if (digits.size() < kRest.size()) digits += kRest.substr(digits.size());
  for (std::size_t i = 0; i < kRest.size(); ++i) {
    if (!IsDigit(digits[i])) return digits;
  }
  std::string out = digits.substr(0, 4) + ":" + digits.substr(4, 2) + ":" + digits.substr(6, 2) + " " +
                    digits.substr(8, 2) + ":" + digits.substr(10, 2) + ":" + digits.substr(12, 2);
  const std::string_view zone = Trim(std::string_view(digits).substr(kRest.size()));
  if (zone.empty()) return out;
  if (zone[0] == 'Z' || zone[0] == 'z') return out + "Z";
  if (zone[0] != '+' && zone[0] != '-') return out;
  std::size_t at = zone.find_first_not_of(' ', 1);
  std::string hours;
  while (at < zone.size() && IsDigit(zone[at])) hours += zone[at++];
  const std::size_t gap = at;
  while (at < zone.size() && (zone[at] == '\'' || zone[at] == ':' || zone[at] == ' ')) ++at;
  if (hours.empty() || at == gap) return out;
  std::string minutes;
  while (at < zone.size() && IsDigit(zone[at])) minutes += zone[at++];
  return out + zone[0] + hours + ":" + (minutes.empty() ? "00" : minutes);
}

std::vector<std::string> SplitPdfKeywords(std::string_view text) {
  const bool commas = text.find(',') != std::string_view::npos;
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(commas ? "," : " \t\r\n"), text.size());
    std::string_view word = text.substr(0, end);
    while (!word.empty() && (word[0] == ' ' || word[0] == '\t' || word[0] == '\r' || word[0] == '\n'))
      word.remove_prefix(1);
    if (!word.empty()) out.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string PdfFieldName(std::string_view key) {
  std::string name;
  for (const char c : key) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '-' || c == '_';
    if (word || name.empty() || name.back() != '_') name += word ? c : '_';
  }
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool small = name[i] >= 'a' && name[i] <= 'z';
    const bool begins = i == 0 || name[i - 1] == '_';
    if (small && begins) {
      if (i > 0) out.pop_back();
      out += static_cast<char>(name[i] - 32);
    } else {
      out += name[i];
    }
  }
  return out;
}

}  // namespace cairn
