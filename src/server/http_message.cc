#include "server/http_message.h"

#include <fmt/format.h>

#include <boost/beast/http/status.hpp>

#include "base/json.h"

namespace cairn {

std::size_t ServerResponse::BodyBytes() const {
  std::size_t bytes = body.size();
  for (const BodyInset& inset : insets) bytes += inset.bytes.size();
  return bytes;
}

std::vector<std::string_view> ServerResponse::BodyPieces() const {
  std::vector<std::string_view> pieces;
  pieces.reserve(2 * insets.size() + 1);
  std::size_t at = 0;
  const auto add = [&](std::string_view piece) {
    if (!piece.empty()) pieces.push_back(piece);
  };
  for (const BodyInset& inset : insets) {
    add(std::string_view(body).substr(at, inset.at - at));
    add(inset.bytes);
    at = inset.at;
  }
  add(std::string_view(body).substr(at));
  return pieces;
}

void ServerResponse::Flatten() {
  if (insets.empty()) return;
  std::string whole;
  whole.reserve(BodyBytes());
  for (const std::string_view piece : BodyPieces()) whole += piece;
  body = std::move(whole);
  insets.clear();
}

std::string_view HttpReason(int status) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {reason.data(), reason.size()};
}

int HttpStatusOf(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return 200;
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
      return 400;
    case StatusCode::kUnauthenticated:
      return 401;
    case StatusCode::kPermissionDenied:
      return 403;
    case StatusCode::kNotFound:
      return 404;
    case StatusCode::kAlreadyExists:
    case StatusCode::kAborted:
    case StatusCode::kFailedPrecondition:
      return 409;
    case StatusCode::kUnimplemented:
      return 501;
    case StatusCode::kResourceExhausted:
    case StatusCode::kUnavailable:
      return 503;
    case StatusCode::kDeadlineExceeded:
      return 504;
    case StatusCode::kCancelled:
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
    case StatusCode::kDataLoss:
      return 500;
  }
  return 500;
}

ServerResponse HttpFailure(int http_status, std::string_view code, std::string_view message) {
  ServerResponse response;
  response.status = http_status;
  response.body = fmt::format("{{\"error\":{{\"code\":{},\"message\":{}}}}}", JsonString(code), JsonString(message));
  return response;
}

ServerResponse HttpFailure(const Status& status) {
  return HttpFailure(HttpStatusOf(status.code()), StatusCodeName(status.code()), status.message());
}

}  // namespace cairn
