#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A request as it came, its body unpacked. Stays as it is until it has been answered.
class ServerRequest {
 public:
  ServerRequest() = default;
  ServerRequest(const ServerRequest&) = delete;
  ServerRequest& operator=(const ServerRequest&) = delete;
  virtual ~ServerRequest() = default;

  [[nodiscard]] virtual std::string_view method() const = 0;
  /// Path and query, percent-escaped as they came.
  [[nodiscard]] virtual std::string_view target() const = 0;
  /// Empty where there is none. Names are compared without case.
  [[nodiscard]] virtual std::string_view Header(std::string_view name) const = 0;
  [[nodiscard]] virtual std::string_view body() const = 0;
};

struct ServerResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Further ones.

  void Set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

/// `Not Found` and so on, as RFC 9110 names them.
std::string_view HttpReason(int status);

/// How a status of ours is told over HTTP.
int HttpStatusOf(StatusCode code);

/// `{"error":{"code":"NOT_FOUND","message":"..."}}` with that HTTP status.
ServerResponse HttpFailure(int http_status, std::string_view code, std::string_view message);
ServerResponse HttpFailure(const Status& status);

}  // namespace cairn
