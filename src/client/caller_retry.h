#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "client/http_caller.h"

namespace cairn {

/// How the time passes for what tries again.
struct RetryTime {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::nanoseconds)> sleep;
  std::function<std::uint64_t()> random;

  static RetryTime Default();
};

/// Asks until there is an answer. Tried again is what may pass: no connection, an answer cut off, 502 and 504, and 503
/// where it says `Retry-After` or is not our service's. An error of the repository is an answer.
class RetryingCaller {
 public:
  RetryingCaller(HttpCaller& caller, std::string where, std::chrono::milliseconds backoff_max, RetryTime time)
      : caller_(caller), where_(std::move(where)), backoff_max_(backoff_max), time_(std::move(time)) {}

  /// Returns the error that the service answered with, in our terms (where it is none of ours, what its number means),
  /// or what `HttpCaller::Call` said, of the last try that `patience` leaves time for.
  Result<HttpReply> Call(const HttpCall& call, std::chrono::milliseconds patience);

 private:
  HttpCaller& caller_;
  const std::string where_;
  const std::chrono::milliseconds backoff_max_;
  const RetryTime time_;
};

}  // namespace cairn
