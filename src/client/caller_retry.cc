#include "client/caller_retry.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <limits>
#include <thread>

#include "base/clock.h"
#include "cache/random.h"
#include "client/read_answers.h"
#include "produce/retry.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kBackoff{50};
constexpr std::chrono::seconds kRetryAfterMax{60};

struct ServiceError {
  bool is_ours = false;
  Status status;
};

StatusCode CodeOfHttp(int status) {
  switch (status) {
    case 400:
      return StatusCode::kInvalidArgument;
    case 401:
      return StatusCode::kUnauthenticated;
    case 403:
      return StatusCode::kPermissionDenied;
    case 413:
    case 429:
      return StatusCode::kResourceExhausted;
    case 404:
    case 405:
      return StatusCode::kUnimplemented;
    default:
      return status >= 500 ? StatusCode::kUnavailable : StatusCode::kInternal;
  }
}

ServiceError ErrorOf(const HttpReply& reply, const std::string& where) {
  if (reply.status >= 200 && reply.status < 300) return {};
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  std::string_view code;
  std::string_view message;
  if (parser.parse(*reply.body).get(document) == simdjson::SUCCESS &&
      document["error"]["code"].get(code) == simdjson::SUCCESS &&
      document["error"]["message"].get(message) == simdjson::SUCCESS) {
    return {true, {StatusCodeNamed(code), std::string(message)}};
  }
  return {false,
          {CodeOfHttp(reply.status),
           fmt::format("{} answers with status {} and nothing that the service says: is it `cairn serve`?", where,
                       reply.status)}};
}

// A full disk is told with 503 too, and does not pass.
bool MayPass(const HttpReply& reply, const ServiceError& error) {
  if (reply.status == 502 || reply.status == 504) return !error.is_ours;
  return reply.status == 503 && (!error.is_ours || !reply.retry_after.empty());
}

}  // namespace

RetryTime RetryTime::Default() {
  return {[] { return std::chrono::steady_clock::now(); },
          [](std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }, [] { return FastRandom(); }};
}

Result<HttpReply> RetryingCaller::Call(const HttpCall& call, std::chrono::milliseconds patience) {
  const auto until = time_.now() + patience;
  RetryPolicy policy;
  policy.attempts = std::numeric_limits<std::uint32_t>::max();
  policy.backoff = std::min<std::chrono::nanoseconds>(kBackoff, backoff_max_);
  policy.backoff_max = backoff_max_;
  policy.retry_after_max = kRetryAfterMax;
  for (std::uint32_t failed = 1;; ++failed) {
    auto reply = caller_.Call(call);
    std::chrono::nanoseconds retry_after{0};
    Status status = reply.status();
    if (reply) {
      ServiceError error = ErrorOf(*reply, where_);
      if (error.status.ok()) return reply;
      status = std::move(error.status);
      if (!MayPass(*reply, error)) return status;
      retry_after = ParseRetryAfter(reply->retry_after, Clock::Default()->Now());
    } else if (status.code() != StatusCode::kUnavailable) {
      return status;
    }
    const auto wait = NextRetry(policy, failed, retry_after, time_.random());
    if (!wait || time_.now() + *wait >= until) return status;
    time_.sleep(*wait);
  }
}

}  // namespace cairn
