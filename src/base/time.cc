#include "cairn/time.h"

#include <array>
#include <cstring>

namespace cairn {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr int kYearMin = 1678;
constexpr int kYearMax = 2261;

// Days since 1970-01-01 of a proleptic Gregorian date; Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr std::int64_t DaysFromCivil(int year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 719468;
}

struct Civil {
  int year, month, day;
};

constexpr Civil CivilFromDays(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int day_of_era = static_cast<int>(days - era * 146097);
  const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int shifted = (5 * day_of_year + 2) / 153;
  const int month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

constexpr int DaysInMonth(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// Reads digits off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  bool Take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool Number(std::size_t digits, int* out) {
    if (text_.size() - at_ < digits) return false;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    at_ += digits;
    *out = value;
    return true;
  }
  [[nodiscard]] bool AtDigit() const { return peek() >= '0' && peek() <= '9'; }
  char Next() { return text_[at_++]; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

Status NoTime(std::string_view text) {
  return {StatusCode::kInvalidArgument,
          "not a time: \"" + std::string(text.substr(0, 64)) + "\"; write it like 2026-01-10T05:00:00.123Z"};
}

bool ReadFraction(Scanner& in, std::int64_t* ns) {
  if (!in.AtDigit()) return false;
  std::int64_t scale = kNsPerSecond / 10;
  while (in.AtDigit()) {
    *ns += (in.Next() - '0') * scale;
    scale /= 10;
  }
  return true;
}

// The offset from UTC in seconds; absent means UTC.
bool ReadZone(Scanner& in, int* offset) {
  if (in.done() || in.Take('Z') || in.Take('z')) return in.done();
  const bool west = in.peek() == '-';
  if (!in.Take('+') && !in.Take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.Number(2, &hours)) return false;
  if (!in.done()) {
    in.Take(':');
    if (!in.Number(2, &minutes)) return false;
  }
  if (hours > 23 || minutes > 59) return false;
  *offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
  return in.done();
}

// Two digits; above 99 where there is something else.
unsigned Pair(const char* text) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

// `YYYY-MM-DDTHH:MM:SSZ`, perhaps with milliseconds: what nearly all senders write, at a quarter of
// the cost.
bool ReadUsual(std::string_view text, Timestamp* out) {
  const char* t = text.data();
  if (text.size() != 20 && !(text.size() == 24 && t[19] == '.')) return false;
  if (t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':' || text.back() != 'Z') return false;
  const unsigned century = Pair(t);
  const unsigned year = century * 100 + Pair(t + 2);
  const unsigned month = Pair(t + 5);
  const unsigned day = Pair(t + 8);
  const unsigned hour = Pair(t + 11);
  const unsigned minute = Pair(t + 14);
  const unsigned second = Pair(t + 17);
  if (year < 1700 || year > 2200 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return false;
  if (day < 1 || day > static_cast<unsigned>(DaysInMonth(static_cast<int>(year), static_cast<int>(month))))
    return false;
  std::int64_t ns = 0;
  if (text.size() == 24) {
    const unsigned hundredths = Pair(t + 20);
    const unsigned thousandth = static_cast<unsigned char>(t[22]) - unsigned{'0'};
    if (hundredths > 99 || thousandth > 9) return false;
    ns = (hundredths * 10 + thousandth) * std::int64_t{1'000'000};
  }
  const std::int64_t days = DaysFromCivil(static_cast<int>(year), static_cast<int>(month), static_cast<int>(day));
  out->ns = (days * 86400 + hour * 3600 + minute * 60 + second) * kNsPerSecond + ns;
  return true;
}

void TwoDigits(char* out, int value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

// Writes `YYYY-MM-DDTHH:MM:SS` and gives back the nanoseconds left over.
std::int64_t WriteSeconds(Timestamp time, char* out) {
  std::int64_t seconds = time.ns / kNsPerSecond;
  std::int64_t ns = time.ns % kNsPerSecond;
  if (ns < 0) {
    ns += kNsPerSecond;
    --seconds;
  }
  std::int64_t days = seconds / 86400;
  int rest = static_cast<int>(seconds % 86400);
  if (rest < 0) {
    rest += 86400;
    --days;
  }
  const Civil date = CivilFromDays(days);
  std::memcpy(out, "0000-00-00T00:00:00", 19);
  TwoDigits(out, date.year / 100);
  TwoDigits(out + 2, date.year % 100);
  TwoDigits(out + 5, date.month);
  TwoDigits(out + 8, date.day);
  TwoDigits(out + 11, rest / 3600);
  TwoDigits(out + 14, rest / 60 % 60);
  TwoDigits(out + 17, rest % 60);
  return ns;
}

void WriteNanoseconds(char* out, std::int64_t ns) {
  for (int i = 8; i >= 0; --i) {
    out[i] = static_cast<char>('0' + ns % 10);
    ns /= 10;
  }
}

}  // namespace

Result<Timestamp> ParseTimestamp(std::string_view text) {
  Timestamp usual;
  if (ReadUsual(text, &usual)) return usual;
  // The name of a zone says no more than the offset before it.
  const std::size_t name = text.ends_with(']') ? text.find('[') : std::string_view::npos;
  Scanner in(text.substr(0, name));
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int offset = 0;
  std::int64_t ns = 0;
  if (!in.Number(4, &year) || !in.Take('-') || !in.Number(2, &month) || !in.Take('-') || !in.Number(2, &day)) {
    return NoTime(text);
  }
  if (!in.done()) {
    if (!in.Take('T') && !in.Take('t') && !in.Take(' ')) return NoTime(text);
    if (!in.Number(2, &hour) || !in.Take(':') || !in.Number(2, &minute)) return NoTime(text);
    if (in.Take(':')) {
      if (!in.Number(2, &second)) return NoTime(text);
      if ((in.Take('.') || in.Take(',')) && !ReadFraction(in, &ns)) return NoTime(text);
    }
    if (in.done() && name != std::string_view::npos) return NoTime(text);
    if (!ReadZone(in, &offset)) return NoTime(text);
  } else if (name != std::string_view::npos) {
    return NoTime(text);
  }
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return NoTime(text);
  // A leap second counts as the first instant after it, as POSIX time has it.
  if (hour > 23 || minute > 59 || second > 60) return NoTime(text);
  if (year < kYearMin || year > kYearMax) {
    return Status(StatusCode::kOutOfRange, "year out of range: \"" + std::string(text.substr(0, 64)) +
                                               "\"; years from " + std::to_string(kYearMin) + " to " +
                                               std::to_string(kYearMax) + " can be kept");
  }
  const std::int64_t seconds = DaysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
  return Timestamp{seconds * kNsPerSecond + ns};
}

std::string FormatTimestamp(Timestamp time) {
  char text[kFixedTimestampBytes];
  const std::int64_t ns = WriteSeconds(time, text);
  std::size_t size = 19;
  if (ns != 0) {
    text[19] = '.';
    WriteNanoseconds(text + 20, ns);
    size = ns % 1'000'000 == 0 ? 23 : ns % 1'000 == 0 ? 26 : 29;
  }
  text[size] = 'Z';
  return {text, size + 1};
}

std::string FormatTimestampFixed(Timestamp time) {
  char text[kFixedTimestampBytes];
  const std::int64_t ns = WriteSeconds(time, text);
  text[19] = '.';
  WriteNanoseconds(text + 20, ns);
  text[29] = 'Z';
  return {text, kFixedTimestampBytes};
}

}  // namespace cairn
