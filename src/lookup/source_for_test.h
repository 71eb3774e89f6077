#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "lookup/http_source.h"
#include "lookup/waiter.h"

namespace cairn {

/// Time that passes only where someone waits.
class ManualWaiter : public Waiter {
 public:
  std::chrono::nanoseconds Now() override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  bool Wait(std::chrono::nanoseconds time, std::stop_token stop) override {
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested()) return false;
    now_ += time;
    waits_.push_back(time);
    return true;
  }
  [[nodiscard]] std::vector<std::chrono::nanoseconds> waits() const {
    const std::lock_guard lock(mutex_);
    return waits_;
  }

 private:
  mutable std::mutex mutex_;
  std::chrono::nanoseconds now_{std::chrono::hours(1)};
  std::vector<std::chrono::nanoseconds> waits_;
};

class FixedClock : public Clock {
 public:
  Timestamp Now() override { return {1'445'412'480'000'000'000}; }  // Wed, 21 Oct 2015 07:28:00 GMT
};

/// Passes requests on and counts them.
class CountingTransport : public HttpTransport {
 public:
  explicit CountingTransport(HttpTransport& real) : real_(real) {}
  Result<HttpResponse> Send(const HttpRequest& request) override {
    ++requests;
    return real_.Send(request);
  }
  std::atomic<std::uint64_t> requests{0};

 private:
  HttpTransport& real_;
};

}  // namespace cairn
