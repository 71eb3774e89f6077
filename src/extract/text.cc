#include "extract/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/json.h"
#include "cairn/time.h"

namespace cairn {
namespace {

// What Windows-1252 has at 0x80 to 0x9f; 0 where it has nothing.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                                        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                                        0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                                        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

// Mac OS Roman from 0x80 on: unicode.org, MAPPINGS/VENDORS/APPLE/ROMAN.TXT.
constexpr std::array<std::uint16_t, 128> kMacRoman = {
    0xc4,   0xc5,   0xc7,   0xc9,   0xd1,   0xd6,   0xdc,   0xe1,   0xe0,   0xe2,   0xe4, 0xe3,   0xe5,
    0xe7,   0xe9,   0xe8,   0xea,   0xeb,   0xed,   0xec,   0xee,   0xef,   0xf1,   0xf3, 0xf2,   0xf4,
    0xf6,   0xf5,   0xfa,   0xf9,   0xfb,   0xfc,   0x2020, 0xb0,   0xa2,   0xa3,   0xa7, 0x2022, 0xb6,
    0xdf,   0xae,   0xa9,   0x2122, 0xb4,   0xa8,   0x2260, 0xc6,   0xd8,   0x221e, 0xb1, 0x2264, 0x2265,
    0xa5,   0xb5,   0x2202, 0x2211, 0x220f, 0x3c0,  0x222b, 0xaa,   0xba,   0x3a9,  0xe6, 0xf8,   0xbf,
    0xa1,   0xac,   0x221a, 0x192,  0x2248, 0x2206, 0xab,   0xbb,   0x2026, 0xa0,   0xc0, 0xc3,   0xd5,
    0x152,  0x153,  0x2013, 0x2014, 0x201c, 0x201d, 0x2018, 0x2019, 0xf7,   0x25ca, 0xff, 0x178,  0x2044,
    0x20ac, 0x2039, 0x203a, 0xfb01, 0xfb02, 0x2021, 0xb7,   0x201a, 0x201e, 0x2030, 0xc2, 0xca,   0xc1,
    0xcb,   0xc8,   0xcd,   0xce,   0xcf,   0xcc,   0xd3,   0xd4,   0xf8ff, 0xd2,   0xda, 0xdb,   0xd9,
    0x131,  0x2c6,  0x2dc,  0xaf,   0x2d8,  0x2d9,  0x2da,  0xb8,   0x2dd,  0x2db,  0x2c7};

bool AllDigits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return false;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return true;
}

}  // namespace

void AppendUtf8(std::string& out, std::uint32_t code) {
  if (code >= 0x110000 || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 63));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
}

std::string FromLatin1(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool windows = byte >= 0x80 && byte < 0xa0 && kWindows1252[byte - 0x80U] != 0;
    AppendUtf8(out, windows ? kWindows1252[byte - 0x80U] : byte);
  }
  return out;
}

std::string FromMacRoman(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    AppendUtf8(out, byte < 0x80 ? byte : kMacRoman[byte - 0x80U]);
  }
  return out;
}

std::string FromUtf16(std::string_view text, bool big_endian) {
  if (text.substr(0, 2) == "\xff\xfe" || text.substr(0, 2) == "\xfe\xff") {
    big_endian = text[0] == '\xfe';
    text.remove_prefix(2);
  }
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto second = static_cast<unsigned char>(text[at + 1]);
    return big_endian ? static_cast<std::uint32_t>(first << 8 | second)
                      : static_cast<std::uint32_t>(second << 8 | first);
  };
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    std::uint32_t code = unit(i);
    if (code >= 0xd800 && code < 0xdc00 && i + 3 < text.size() && (unit(i + 2) & 0xfc00) == 0xdc00) {
      code = 0x10000 + ((code & 0x3ff) << 10) + (unit(i + 2) & 0x3ff);
      i += 2;
    }
    AppendUtf8(out, code);
  }
  return out;
}

std::string ToUtf8(std::string_view text) { return IsUtf8(text) ? std::string(text) : FromLatin1(text); }

std::string_view BeforeNul(std::string_view text) { return text.substr(0, text.find('\0')); }

std::string_view TrimEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ' || (text.back() >= '\t' && text.back() <= '\r'))) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view Trim(std::string_view text) {
  text = TrimEnd(text);
  while (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')))
    text.remove_prefix(1);
  return text;
}

std::string CutText(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80) --bytes_max;
  text.resize(bytes_max);
  return text;
}

std::string_view CutBytes(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && bytes_max - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, static_cast<unsigned char>(text[end]) >= 0xc0 ? end : bytes_max);
}

std::string BinaryText(std::uint64_t bytes) { return fmt::format("(Binary data {} bytes)", bytes); }

std::string General(double value, int digits) {
  if (std::isnan(value)) return "undef";
  if (std::isinf(value)) return "inf";
  std::array<char, 40> text;
  const int size = std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::int64_t Whole(double value) {
  constexpr double kEdge = 9.2e18;
  if (std::isnan(value)) return 0;
  return static_cast<std::int64_t>(std::min(std::max(value, -kEdge), kEdge));
}

std::optional<std::int64_t> BitRate(std::uint64_t bytes, double seconds) {
  if (!(seconds > 0.001)) return std::nullopt;
  return Whole(static_cast<double>(bytes) * 8 / seconds);
}

FieldValue NumberValue(double value, int digits) {
  if (!std::isfinite(value)) return General(value, digits);
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return std::strtod(General(value, digits).c_str(), nullptr);
}

FieldValue TextOrNumber(std::string text) {
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  if (text.size() <= sign || text.size() > 18 || !AllDigits(text, sign, 1)) return text;
  if (text[sign] == '0' && text.size() > sign + 1 && text[sign + 1] != '.') return text;
  std::int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (auto [at, error] = std::from_chars(text.data(), end, integer); error == std::errc() && at == end) return integer;
  double real = 0;
  if (auto [at, error] = std::from_chars(text.data(), end, real); error == std::errc() && at == end) return real;
  return text;
}

std::string ExifTime(std::int64_t seconds_since_1970) {
  if (seconds_since_1970 < -9'200'000'000 || seconds_since_1970 > 9'200'000'000) return "0000:00:00 00:00:00";
  std::string text = FormatTimestamp({seconds_since_1970 * 1'000'000'000}).substr(0, 19);
  text[4] = text[7] = ':';
  text[10] = ' ';
  return text;
}

std::string IsoTime(std::string_view exif_time) {
  std::string text(Trim(exif_time));
  if (!AllDigits(text, 0, 4) || text.starts_with("0000")) return {};
  if (text.size() == 4) return text;
  if ((text[4] != ':' && text[4] != '-') || !AllDigits(text, 5, 2)) return {};
  text[4] = '-';
  if (text.size() == 7) return text;
  if ((text[7] != ':' && text[7] != '-') || !AllDigits(text, 8, 2)) return {};
  text[7] = '-';
  if (text.size() == 10) return text;
  if ((text[10] != ' ' && text[10] != 'T') || !AllDigits(text, 11, 2) || text.size() < 16) return text.substr(0, 10);
  text[10] = 'T';
  return text;
}

std::string ColonTime(std::string iso_time) {
  constexpr std::size_t kDayBytes = 10;
  if (IsoTime(iso_time).size() < kDayBytes) return iso_time;
  iso_time[4] = iso_time[7] = ':';
  if (iso_time.size() > kDayBytes) iso_time[kDayBytes] = ' ';
  return iso_time;
}

std::string DurationText(double seconds) {
  if (seconds == 0) return "0 s";
  if (seconds < 0) return "-" + DurationText(-seconds);
  if (seconds < 30) return fmt::format("{:.2f} s", seconds);
  if (!(seconds < 1e12)) return General(seconds, 15);
  auto whole = static_cast<std::int64_t>(seconds + 0.5);
  const std::int64_t hours = whole / 3600;
  whole %= 3600;
  if (hours > 24) return fmt::format("{} days {}:{:02}:{:02}", hours / 24, hours % 24, whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", hours, whole / 60, whole % 60);
}

const Code* FindCode(std::span<const Code> codes, std::int64_t value) {
  const auto found = std::find_if(codes.begin(), codes.end(), [&](const Code& code) { return code.value == value; });
  return found == codes.end() ? nullptr : &*found;
}

std::string CodeText(std::span<const Code> codes, std::int64_t value) {
  const Code* code = FindCode(codes, value);
  return code == nullptr ? fmt::format("Unknown ({})", value) : std::string(code->text);
}

}  // namespace cairn
