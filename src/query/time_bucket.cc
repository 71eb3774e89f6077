#include "query/time_bucket.h"

#include <chrono>

namespace cairn {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

constexpr std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// With a divisor that the compiler knows, so that it divides by multiplying.
template <std::int64_t kUnit>
Timestamp Floor(Timestamp time) {
  return {FloorDivide(time.ns, kUnit) * kUnit};
}

}  // namespace

bool IsTimeBucket(GroupBy::Key key) {
  return key == GroupBy::Key::kMinute || key == GroupBy::Key::kHour || key == GroupBy::Key::kDay ||
         key == GroupBy::Key::kWeek || key == GroupBy::Key::kMonth;
}

Timestamp BucketStart(GroupBy::Key key, Timestamp time) {
  switch (key) {
    case GroupBy::Key::kMinute:
      return Floor<kMinute>(time);
    case GroupBy::Key::kHour:
      return Floor<kHour>(time);
    case GroupBy::Key::kWeek: {
      constexpr std::int64_t kThursday = 3;  // 1970-01-01 was one: three days after Monday.
      return {(FloorDivide(FloorDivide(time.ns, kDay) + kThursday, 7) * 7 - kThursday) * kDay};
    }
    case GroupBy::Key::kMonth: {
      using std::chrono::sys_days;
      using std::chrono::year_month_day;
      const year_month_day date{sys_days{std::chrono::days{FloorDivide(time.ns, kDay)}}};
      return {sys_days{date.year() / date.month() / 1}.time_since_epoch().count() * kDay};
    }
    default:
      return Floor<kDay>(time);
  }
}

}  // namespace cairn
