#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cairn/status.h"
#include "lookup/gate.h"
#include "lookup/http.h"
#include "lookup/waiter.h"
#include "obs/settings.h"
#include "obs/source_config.h"
#include "produce/retry.h"
#include "produce/token_bucket.h"

namespace cairn {

/// What a source answered to one question.
struct Fetched {
  enum class Kind : std::uint8_t {
    kBody,
    kUnchanged,  ///< What the validator stands for is still right.
    kNotFound,   ///< The source says that there is no such thing.
    kDown,       ///< It could not answer, or not in a way to be believed; `status` says why.
  };
  Kind kind = Kind::kDown;
  std::string body;
  std::string validator;  ///< For the next conditional request; empty: the source gave none.
  Status status;
  std::chrono::nanoseconds retry_after{};  ///< Of kDown: how long the source is to be left alone.
  int http_status = 0;                     ///< Of the last answer; 0: none came.
  std::uint32_t requests = 0;              ///< That were made, redirects and retries counted.
};

/// What a source is reached with. Not owned; each outlives the source.
struct HttpSourceTools {
  HttpTransport* transport = nullptr;
  Waiter* waiter = nullptr;
  Clock* clock = nullptr;
  std::function<std::uint64_t()> random;  ///< Called by any thread.
  Environment environment;                ///< For `${NAME}` in headers.
};

/// A declared source as it is asked: within its rate and concurrency, again after a failure that may pass, with the
/// redirects it gives. Any thread may call it.
class HttpSource {
 public:
  /// Returns INVALID_ARGUMENT for a header whose `${NAME}` the environment does not have.
  static Result<std::unique_ptr<HttpSource>> Make(const SourceConfig& config, HttpSourceTools tools,
                                                  std::unique_ptr<TokenBucket> bucket);

  /// Asks. Waits for its turn, for answers and between attempts; `stop` ends any of it.
  Fetched Fetch(const OperationConfig& operation, const std::string& url, const std::string& validator,
                const std::stop_token& stop);

 private:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  HttpSource(const SourceConfig& config, HttpSourceTools tools, std::unique_ptr<TokenBucket> bucket);

  /// Waits for a token. Returns RESOURCE_EXHAUSTED where there is none in time, with the time until there is one in
  /// `retry_after`.
  Status AwaitToken(const std::stop_token& stop, std::chrono::nanoseconds& retry_after);
  /// One attempt, redirects followed.
  Fetched Try(const OperationConfig& operation, const std::string& url, const std::string& validator,
              const std::stop_token& stop);
  Fetched Judge(const OperationConfig& operation, const HttpResponse& response, bool was_conditional) const;

  const SourceConfig config_;
  const HttpSourceTools tools_;
  const RetryPolicy retry_;
  const std::unique_ptr<TokenBucket> bucket_;  // Null: no limit.
  Headers headers_;
  Gate gate_;
};

}  // namespace cairn
