#include "server/http_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>
#include <memory_resource>
#include <optional>
#include <tuple>

namespace cairn {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct HttpParser::Impl {
  using Parser = http::request_parser<http::string_body, std::pmr::polymorphic_allocator<char>>;
  // The head of most requests fits.
  static constexpr std::size_t kHeadBytes = 1024;

  std::array<std::byte, kHeadBytes> room;
  std::pmr::monotonic_buffer_resource memory{room.data(), room.size()};
  std::optional<Parser> parser;
};

HttpParser::HttpParser(const HttpLimits& limits) : impl_(std::make_unique<Impl>()), limits_(limits) { Reset(); }

void HttpParser::Reset() {
  impl_->parser.reset();
  impl_->memory.release();
  Impl::Parser& parser = impl_->parser.emplace(std::piecewise_construct, std::make_tuple(),
                                               std::make_tuple(std::pmr::polymorphic_allocator<char>(&impl_->memory)));
  parser.eager(true);
  parser.header_limit(static_cast<std::uint32_t>(
      std::min<std::size_t>(limits_.header_bytes_max, std::numeric_limits<std::uint32_t>::max())));
  parser.body_limit(limits_.body_bytes_max);
  failure_status_ = 0;
  failure_message_.clear();
}

HttpParser::~HttpParser() = default;

std::size_t HttpParser::Feed(std::string_view bytes) {
  if (has_failed() || is_done()) return 0;
  // Beast asserts that a last chunk of which it has seen the begin comes with all of its line. No body in chunks ends
  // with less, so that less can wait.
  if (has_head() && impl_->parser->chunked() && bytes.size() < kLastChunkBytes) return 0;
  boost::beast::error_code error;
  const bool had_head = has_head();
  const std::size_t used = impl_->parser->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (!error || error == http::error::need_more) {
    if (!had_head && has_head()) CheckHead();
    return used;
  }
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

void HttpParser::CheckHead() {
  const auto& fields = impl_->parser->get();
  if (fields.version() >= 11 && fields.count(http::field::host) != 1) {
    Fail(400, "Host: a request of HTTP/1.1 has one (RFC 9112, 3.2)");
    return;
  }
  TakeAbsoluteTarget();
  CheckCoding();
}

// `http://host/path`, as it is sent to proxies: the same as `/path` of that host, whatever `Host` says (RFC 9112,
// 3.2.2).
void HttpParser::TakeAbsoluteTarget() {
  const std::string target(this->target());
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string::npos) return;
  const std::string_view name = std::string_view(target).substr(0, scheme);
  if (!boost::beast::iequals(name, "http") && !boost::beast::iequals(name, "https")) return;
  const std::string_view rest = std::string_view(target).substr(scheme + 3);
  const std::size_t authority = std::min(rest.find_first_of("/?"), rest.size());
  const std::string path(rest.substr(authority));
  auto& fields = impl_->parser->get();
  fields.set(http::field::host, rest.substr(0, authority));
  fields.target(path.starts_with('/') ? path : "/" + path);
}

// Where the body ends would be anybody's guess: Beast takes what it does not know for no body at all, and what follows
// for the next request (RFC 9112, 6.3).
void HttpParser::CheckCoding() {
  const auto& fields = impl_->parser->get();
  const auto [begin, end] = fields.equal_range(http::field::transfer_encoding);
  if (begin == end) return;
  if (std::next(begin) != end || !impl_->parser->chunked()) {
    Fail(400, "Transfer-Encoding: the last coding is chunked, and stands once");
  } else if (!boost::beast::iequals(begin->value(), "chunked")) {
    Fail(501, "Transfer-Encoding: chunked is all that is known here; a body is packed by Content-Encoding");
  }
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

bool HttpParser::has_head() const { return impl_->parser->is_header_done(); }
bool HttpParser::is_done() const { return impl_->parser->is_done(); }
std::string_view HttpParser::method() const { return View(impl_->parser->get().method_string()); }
std::string_view HttpParser::target() const { return View(impl_->parser->get().target()); }

std::string_view HttpParser::Header(std::string_view name) const {
  const auto& fields = impl_->parser->get();
  const auto at = fields.find(boost::beast::string_view(name.data(), name.size()));
  return at == fields.end() ? std::string_view() : View(at->value());
}

std::string_view HttpParser::body() const { return impl_->parser->get().body(); }
bool HttpParser::takes_chunks() const { return impl_->parser->get().version() >= 11; }

bool HttpParser::keep_alive() const { return impl_->parser->keep_alive(); }

bool HttpParser::expects_continue() const {
  return impl_->parser->get().version() >= 11 &&
         boost::beast::iequals(impl_->parser->get()[http::field::expect], "100-continue");
}

std::uint64_t HttpParser::body_remaining() const {
  const auto remaining = impl_->parser->content_length_remaining();
  return remaining ? *remaining : 0;
}

void HttpParser::ReplaceBody(std::string body) { impl_->parser->get().body() = std::move(body); }

}  // namespace cairn
