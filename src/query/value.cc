#include "query/value.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace cairn {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

std::partial_ordering CompareIntDouble(std::int64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwo63) return std::partial_ordering::less;
  if (b < -kTwo63) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto integer = static_cast<std::int64_t>(whole);
  if (a != integer) return a <=> integer;
  return 0.0 <=> b - whole;
}

std::partial_ordering CompareUintDouble(std::uint64_t a, double b) {
  if (std::isnan(b)) return std::partial_ordering::unordered;
  if (b >= kTwo64) return std::partial_ordering::less;
  if (b < 0) return std::partial_ordering::greater;
  const double whole = std::trunc(b);
  const auto natural = static_cast<std::uint64_t>(whole);
  if (a != natural) return a <=> natural;
  return 0.0 <=> b - whole;
}

std::partial_ordering Reverse(std::partial_ordering order) { return 0 <=> order; }

bool IsDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
bool ContinuesNumber(char c) { return IsDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-'; }

}  // namespace

double Value::AsDouble() const {
  if (type == Type::kInt) return static_cast<double>(integer);
  if (type == Type::kUint) return static_cast<double>(natural);
  return real;
}

std::partial_ordering CompareNumbers(const Value& a, const Value& b) {
  using enum Value::Type;
  if (a.type == kDouble) return b.type == kDouble ? a.real <=> b.real : Reverse(CompareNumbers(b, a));
  if (b.type == kDouble) {
    return a.type == kInt ? CompareIntDouble(a.integer, b.real) : CompareUintDouble(a.natural, b.real);
  }
  // A kUint is beyond every kInt.
  if (a.type != b.type) return a.type == kInt ? std::partial_ordering::less : std::partial_ordering::greater;
  if (a.type == kInt) return a.integer <=> b.integer;
  return a.natural <=> b.natural;
}

const char* ReadNumber(const char* p, Value& value) {
  const char* const begin = p;
  const bool negative = *p == '-';
  if (negative) ++p;
  const char* const digits = p;
  std::uint64_t sum = 0;
  while (IsDigit(*p)) sum = sum * 10 + static_cast<std::uint64_t>(*p++ - '0');
  const auto count = p - digits;
  const bool whole = *p != '.' && *p != 'e' && *p != 'E';
  // 20 digits overflowed unless they begin with 1 and the sum stayed at or above 10^19.
  const bool fits = count < 20 || (count == 20 && *digits == '1' && sum >= 10'000'000'000'000'000'000ULL);
  constexpr auto kIntMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (whole && fits) {
    if (negative && sum <= kIntMax + 1) {
      value.type = Value::Type::kInt;
      value.integer = static_cast<std::int64_t>(0 - sum);
      return p;
    }
    if (!negative) {
      value.type = sum <= kIntMax ? Value::Type::kInt : Value::Type::kUint;
      value.natural = sum;
      return p;
    }
  }
  while (ContinuesNumber(*p)) ++p;
  value.type = Value::Type::kDouble;
  value.real = 0;
  if (std::from_chars(begin, p, value.real).ec == std::errc::result_out_of_range) {
    // Too small is nothing; too large is beyond every double. The exponent's sign tells them apart.
    bool small = false;
    for (const char* q = begin; q + 1 < p; ++q) small |= (*q == 'e' || *q == 'E') && q[1] == '-';
    value.real = small ? 0 : std::numeric_limits<double>::infinity();
    if (negative) value.real = -value.real;
  }
  return p;
}

}  // namespace cairn
