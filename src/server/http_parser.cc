#include "server/http_parser.h"

#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

namespace cairn {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct HttpParser::Parser : http::request_parser<http::string_body> {};

HttpParser::HttpParser(const HttpLimits& limits) : parser_(std::make_unique<Parser>()), limits_(limits) {
  parser_->eager(true);
  parser_->header_limit(static_cast<std::uint32_t>(
      std::min<std::size_t>(limits.header_bytes_max, std::numeric_limits<std::uint32_t>::max())));
  parser_->body_limit(limits.body_bytes_max);
}

HttpParser::~HttpParser() = default;

std::size_t HttpParser::Feed(std::string_view bytes) {
  if (has_failed() || is_done()) return 0;
  // Beast asserts that a last chunk of which it has seen the begin comes with all of its line. No body in chunks ends
  // with less, so that less can wait.
  if (has_head() && parser_->chunked() && bytes.size() < kLastChunkBytes) return 0;
  boost::beast::error_code error;
  const std::size_t used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (!error || error == http::error::need_more) return used;
  if (error == http::error::body_limit) {
    Fail(413, fmt::format("the body is longer than {} bytes", limits_.body_bytes_max));
  } else if (error == http::error::header_limit) {
    Fail(431, fmt::format("the head of the request is longer than {} bytes", limits_.header_bytes_max));
  } else if (error == http::error::bad_version) {
    Fail(505, "HTTP/1.0 and HTTP/1.1 are spoken here");
  } else if (error == http::error::bad_transfer_encoding) {
    Fail(400, "a body has a length or comes in chunks, not both and nothing else");
  } else {
    Fail(400, "this is no HTTP/1.1 request: " + error.message());
  }
  return used;
}

void HttpParser::Fail(int status, std::string message) {
  failure_status_ = status;
  failure_message_ = std::move(message);
}

ServerResponse HttpParser::failure() const {
  const auto code =
      failure_status_ == 413 || failure_status_ == 431 ? StatusCode::kResourceExhausted : StatusCode::kInvalidArgument;
  return HttpFailure(failure_status_, StatusCodeName(code), failure_message_);
}

bool HttpParser::has_head() const { return parser_->is_header_done(); }
bool HttpParser::is_done() const { return parser_->is_done(); }
std::string_view HttpParser::method() const { return View(parser_->get().method_string()); }
std::string_view HttpParser::target() const { return View(parser_->get().target()); }

std::string_view HttpParser::Header(std::string_view name) const {
  const auto& fields = parser_->get();
  const auto at = fields.find(boost::beast::string_view(name.data(), name.size()));
  return at == fields.end() ? std::string_view() : View(at->value());
}

std::string_view HttpParser::body() const { return parser_->get().body(); }
bool HttpParser::takes_chunks() const { return parser_->get().version() >= 11; }

bool HttpParser::keep_alive() const { return parser_->keep_alive(); }

bool HttpParser::expects_continue() const {
  return parser_->get().version() >= 11 && boost::beast::iequals(parser_->get()[http::field::expect], "100-continue");
}

std::uint64_t HttpParser::body_remaining() const {
  const auto remaining = parser_->content_length_remaining();
  return remaining ? *remaining : 0;
}

void HttpParser::ReplaceBody(std::string body) { parser_->get().body() = std::move(body); }

}  // namespace cairn
