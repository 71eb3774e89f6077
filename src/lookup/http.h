#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// One request: a GET, or a POST where it has a body.
struct HttpRequest {
  std::string url;
  std::optional<std::string_view> post;  ///< Stays until the answer is there.
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};
  std::size_t body_bytes_max = std::size_t{8} << 20;  ///< After decompression.
  bool keeps_body = true;                             ///< Off: the answer's body is read and dropped, however long.
  std::string proxy = "none";                         ///< `environment` as curl reads it, `none`, or a proxy's URL.
  std::stop_token stop;                               ///< Ends the request early.
};

/// An answer, whatever its status.
struct HttpResponse {
  int status = 0;
  std::string body;
  std::string content_type;
  std::string etag;
  std::string last_modified;
  std::string retry_after;
  std::string location;  ///< Of a redirect: where to, absolute. Redirects are not followed here.
};

/// What makes requests. Any thread may call it.
class HttpTransport {
 public:
  HttpTransport() = default;
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;
  virtual ~HttpTransport() = default;

  /// Returns UNAVAILABLE where no whole answer came (no such host, no connection, cut in the middle),
  /// DEADLINE_EXCEEDED after a timeout, RESOURCE_EXHAUSTED for a body above its bound, CANCELLED,
  /// INVALID_ARGUMENT for what is no http or https URL.
  virtual Result<HttpResponse> Send(const HttpRequest& request) = 0;
};

/// `http` or `https` in small letters; empty for any other URL.
std::string HttpScheme(std::string_view url);

/// Scheme, host and port of a URL, in small letters, as far as the path: `https://api.audnex.us`.
std::string HttpOrigin(std::string_view url);

}  // namespace cairn
