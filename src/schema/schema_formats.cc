#include "schema/schema_formats.h"

#include <algorithm>

namespace cairn {
namespace {

bool AreDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int Digits(std::string_view text) {
  int out = 0;
  for (const char c : text) out = out * 10 + (c - '0');
  return out;
}

/// RFC 3339, 5.6: full-date.
bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (!AreDigits(text.substr(0, 4)) || !AreDigits(text.substr(5, 2)) || !AreDigits(text.substr(8, 2))) return false;
  const int year = Digits(text.substr(0, 4));
  const int month = Digits(text.substr(5, 2));
  const int day = Digits(text.substr(8, 2));
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day <= kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

bool IsTwoDigits(std::string_view text, int most) {
  return text.size() == 2 && AreDigits(text) && Digits(text) <= most;
}

/// The same: full-time.
bool IsTime(std::string_view text) {
  if (text.size() < 9 || text[2] != ':' || text[5] != ':') return false;
  if (!IsTwoDigits(text.substr(0, 2), 23) || !IsTwoDigits(text.substr(3, 2), 59) || !IsTwoDigits(text.substr(6, 2), 60))
    return false;
  text.remove_prefix(8);
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  if (text == "Z" || text == "z") return true;
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
         IsTwoDigits(text.substr(1, 2), 23) && IsTwoDigits(text.substr(4, 2), 59);
}

}  // namespace

bool HasFormat(std::string_view text, SchemaFormat format) {
  if (format == SchemaFormat::kDate) return IsDate(text);
  if (format == SchemaFormat::kTime) return IsTime(text);
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && IsDate(text.substr(0, 10)) &&
         IsTime(text.substr(11));
}

std::string_view FormatName(SchemaFormat format) {
  if (format == SchemaFormat::kDate) return "a date (2026-01-10)";
  if (format == SchemaFormat::kTime) return "a time (05:00:00Z)";
  return "a date and time (2026-01-10T05:00:00Z)";
}

}  // namespace cairn
