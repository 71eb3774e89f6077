#pragma once

#include <cstddef>
#include <functional>
#include <memory>
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

/// Where an answer is written that comes in pieces.
class BodyWriter {
 public:
  BodyWriter() = default;
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;
  virtual ~BodyWriter() = default;
  /// Sends the piece, and waits without holding a thread while the peer takes it. False where the peer is gone or the
  /// server stops: then nothing more is to be written.
  virtual bool Write(std::string_view piece) = 0;
};

struct HttpRoute;

/// Bytes that stand elsewhere and belong into a body: nobody copies them before the kernel does.
struct BodyInset {
  std::size_t at = 0;  ///< Behind so many bytes of the body's own.
  std::string_view bytes;
  std::shared_ptr<const void> pin;  ///< Keeps them in place.
};

struct ServerResponse {
  int status = 200;
  std::string_view content_type = "application/json";  ///< A constant: it is not kept.
  std::string body;
  std::vector<BodyInset> insets;                             ///< In their order.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Further ones.
  /// Instead of `body`: writes it piece by piece, once the head has gone, and returns at its end.
  std::function<void(BodyWriter&)> stream;
  const HttpRoute* route = nullptr;  ///< What answered, for those who count; null: nothing.
  std::string token_id;              ///< Whose token asked, for the log.

  void Set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
  /// Of the body with its insets.
  [[nodiscard]] std::size_t BodyBytes() const;
  /// The same as one string or view after the other.
  [[nodiscard]] std::vector<std::string_view> BodyPieces() const;
  /// Copies the insets into the body.
  void Flatten();
};

/// `Not Found` and so on, as RFC 9110 names them.
std::string_view HttpReason(int status);

/// How a status of ours is told over HTTP.
int HttpStatusOf(StatusCode code);

/// `{"error":{"code":"NOT_FOUND","message":"..."}}` with that HTTP status.
ServerResponse HttpFailure(int http_status, std::string_view code, std::string_view message);
ServerResponse HttpFailure(const Status& status);

}  // namespace cairn
