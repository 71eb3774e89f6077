#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace cairn::bench {

/// What several passes of one measurement gave.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// Requires `values` not to be empty.
Spread SpreadOf(std::vector<double> values);

/// The middle of `values`, which it reorders. Requires them not to be empty.
double Median(std::vector<double>& values);

class Stopwatch {
 public:
  [[nodiscard]] double Seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

/// The median time of one call of `call(i)` in seconds, i from 0 to `calls`. The clock is read once every
/// `calls_per_reading`, because reading it costs 30 ns.
template <typename Call>
double MedianCallSeconds(std::size_t calls, std::size_t calls_per_reading, Call&& call) {
  std::vector<double> seconds;
  seconds.reserve(calls / calls_per_reading + 1);
  for (std::size_t i = 0; i < calls;) {
    const std::size_t end = i + calls_per_reading;
    const Stopwatch watch;
    for (; i < end; ++i) call(i);
    seconds.push_back(watch.Seconds() / static_cast<double>(calls_per_reading));
  }
  return Median(seconds);
}

/// Makes the program load `value`, a byte or a number, and keep it.
template <typename T>
inline void Keep(T value) {
  asm volatile("" : : "r"(value));
}

}  // namespace cairn::bench
