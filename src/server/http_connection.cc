#include "server/http_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "server/body_coding.h"
#include "server/request_id.h"

namespace cairn {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kIdleBufferBytes = 4096;
constexpr std::chrono::milliseconds kEndingTime{1000};
constexpr std::size_t kBodyBufferBytes = std::size_t{256} << 10;

ServerResponse Overloaded() {
  ServerResponse response = HttpFailure(503, "UNAVAILABLE", "too many large requests at once; send it again");
  response.Set("Retry-After", "1");
  return response;
}

void AppendHeader(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  head += value;
  head += "\r\n";
}

/// The beginning of an answer's head, with room for the rest of it.
std::string StatusLine(int status) {
  constexpr std::size_t kHeadBytes = 256;
  std::string head;
  head.reserve(kHeadBytes);
  head += "HTTP/1.1 ";
  head += fmt::format_int(status).c_str();
  head += ' ';
  head += HttpReason(status);
  head += "\r\n";
  return head;
}

/// A coroutine that waits.
template <typename Handler>
class ParkedHandler final : public Parked {
 public:
  explicit ParkedHandler(Handler handler) : handler_(std::move(handler)) {}
  void GoOn() override { std::move(handler_)(); }

 private:
  Handler handler_;
};

}  // namespace

HttpConnection::HttpConnection(HttpShared& shared, ResumeQueue& resumes, std::unique_ptr<HttpStream> stream)
    : shared_(shared), resumes_(resumes), stream_(std::move(stream)), peer_(stream_->Peer()) {
  ++shared_.connections;
  ++shared_.connections_all;
}

HttpConnection::~HttpConnection() {
  --shared_.connections;
  shared_.bodies_bytes -= body_bytes_;
}

void HttpConnection::Enter(Phase phase, std::uint64_t bytes) {
  phase_ = phase;
  const HttpServerOptions& options = shared_.options;
  const auto now = Clock::now();
  switch (phase) {
    case Phase::kIdle:
      deadline_ = now + options.idle_timeout;
      break;
    case Phase::kHead:
      deadline_ = now + options.head_timeout;
      break;
    case Phase::kBody:
    case Phase::kWriting:
      deadline_ =
          now + options.body_timeout +
          std::chrono::milliseconds(bytes * 1000 / std::max<std::uint64_t>(1, options.body_bytes_per_second_min));
      break;
    case Phase::kEnding:
      deadline_ = now + kEndingTime;
      break;
    case Phase::kAnswering:
      deadline_ = Clock::time_point::max();
      break;
  }
}

void HttpConnection::Look(Clock::time_point now) {
  if (now >= deadline_ || (shared_.is_stopping && (phase_ == Phase::kIdle || phase_ == Phase::kEnding)))
    stream_->Close();
}

void HttpConnection::Run(asio::yield_context yield) {
  yield_ = &yield;
  Enter(Phase::kHead);
  if (stream_->Begin(yield)) return;
  ServeAll(yield);
  End(yield);
}

// What the last request holds is gone before the connection ends, which may take a while.
void HttpConnection::ServeAll(asio::yield_context& yield) {
  HttpParser parser(shared_.options.limits);
  for (bool goes_on = true; goes_on; parser.Reset()) {
    Enter(Phase::kIdle);
    if (!ReadRequest(parser, yield)) break;
    const bool is_head = parser.method() == "HEAD";
    ++shared_.in_flight;
    const ServerResponse response = Answer(parser);
    goes_on = parser.keep_alive() && !shared_.is_stopping;
    goes_on = WriteResponse(response, is_head, goes_on, yield) && goes_on;
    --shared_.in_flight;
    shared_.bodies_bytes -= std::exchange(body_bytes_, 0);
  }
}

void HttpConnection::End(asio::yield_context& yield) {
  Enter(Phase::kEnding);
  shared_.bodies_bytes -= std::exchange(body_bytes_, 0);
  stream_->End(yield);
  if (buffer_.size() < kIdleBufferBytes) buffer_.resize(kIdleBufferBytes);
  for (std::size_t dropped = 0; dropped < shared_.options.limits.body_bytes_max;) {
    const std::size_t got = stream_->Read(buffer_.data(), buffer_.size(), yield);
    if (got == 0) break;
    dropped += got;
  }
}

bool HttpConnection::CountBody(const HttpParser& parser) {
  const std::uint64_t bytes = parser.body().size();
  if (bytes == body_bytes_) return true;
  const std::uint64_t all = shared_.bodies_bytes += bytes - body_bytes_;
  body_bytes_ = bytes;
  return all <= shared_.options.bodies_bytes_max;
}

bool HttpConnection::ReadMore(asio::yield_context& yield) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() < kIdleBufferBytes) buffer_.resize(kIdleBufferBytes);
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const std::size_t got = stream_->Read(buffer_.data() + end_, buffer_.size() - end_, yield);
  end_ += got;
  return got > 0;
}

bool HttpConnection::ReadRequest(HttpParser& parser, asio::yield_context& yield) {
  bool knows_head = false;
  for (;;) {
    if (begin_ < end_) {
      if (phase_ == Phase::kIdle) Enter(Phase::kHead);
      begin_ += parser.Feed(std::string_view(buffer_).substr(begin_, end_ - begin_));
    }
    if (parser.has_head() && !knows_head && !parser.has_failed()) {
      knows_head = true;
      const std::uint64_t to_come = parser.body_remaining();
      // In chunks nobody knows how much will come.
      Enter(Phase::kBody, to_come != 0 ? to_come : shared_.options.limits.body_bytes_max);
      if (shared_.bodies_bytes + to_come > shared_.options.bodies_bytes_max) {
        (void)WriteResponse(Overloaded(), false, false, yield);
        return false;
      }
      if (to_come > buffer_.size()) buffer_.resize(std::min<std::uint64_t>(kBodyBufferBytes, to_come));
      if (!parser.is_done() && parser.expects_continue() &&
          !stream_->Write("HTTP/1.1 100 Continue\r\n\r\n", {}, yield)) {
        return false;
      }
    }
    if (parser.has_failed()) {
      (void)WriteResponse(parser.failure(), false, false, yield);
      return false;
    }
    if (!CountBody(parser)) {
      (void)WriteResponse(Overloaded(), false, false, yield);
      return false;
    }
    if (parser.is_done()) break;
    if (!ReadMore(yield)) return false;
  }
  if (begin_ == end_ && buffer_.size() > kIdleBufferBytes) {
    buffer_ = {};
    begin_ = end_ = 0;
  }
  return true;
}

void HttpConnection::AppendHeaders(const ServerResponse& response, bool keep_alive, std::string& head) {
  for (const auto& [name, value] : response.headers) AppendHeader(head, name, value);
  if (!keep_alive) AppendHeader(head, "Connection", "close");
  head += "\r\n";
}

ServerResponse HttpConnection::Answer(HttpParser& parser) {
  Enter(Phase::kAnswering);
  const auto began = Clock::now();
  const std::string request_id = RequestIdOf(parser);
  ServerResponse response;
  if (Status status = UnpackBody(parser, shared_.options.limits.body_bytes_max); status.ok()) {
    response = CountBody(parser) ? shared_.handler(parser, request_id, *this) : Overloaded();
  } else {
    const bool is_unknown = status.code() == StatusCode::kUnimplemented;
    const bool is_large = status.code() == StatusCode::kResourceExhausted;
    response = HttpFailure(is_unknown ? 415 : is_large ? 413 : 400, StatusCodeName(status.code()), status.message());
  }
  if (response.stream && !parser.takes_chunks()) {
    response = HttpFailure(505, "UNIMPLEMENTED", "this answer comes in pieces, which HTTP/1.0 does not know");
  }
  PackBody(parser.Header("Accept-Encoding"), response);
  response.Set("X-Request-Id", request_id);
  if (shared_.observer) shared_.observer({parser, response, request_id, peer_, Clock::now() - began});
  return response;
}

bool HttpConnection::WriteResponse(const ServerResponse& response, bool is_head, bool keep_alive,
                                   asio::yield_context& yield) {
  const std::size_t body_bytes = response.BodyBytes();
  Enter(Phase::kWriting, body_bytes);
  if (response.stream && !is_head) return WriteStream(response, keep_alive, yield);
  std::string head = StatusLine(response.status);
  if (response.status != 204 && response.status != 304) {
    AppendHeader(head, "Content-Type", response.content_type);
    AppendHeader(head, "Content-Length", fmt::format_int(body_bytes).c_str());
  }
  AppendHeaders(response, keep_alive, head);
  if (is_head || response.insets.empty()) {
    return stream_->Write(head, is_head ? std::string_view() : std::string_view(response.body), yield);
  }
  std::vector<std::string_view> pieces = response.BodyPieces();
  pieces.insert(pieces.begin(), head);
  return stream_->Write(pieces, yield);
}

/// Pieces as chunks (RFC 9112, 7.1).
class HttpConnection::ChunkWriter final : public BodyWriter {
 public:
  ChunkWriter(HttpConnection& connection, asio::yield_context& yield) : connection_(connection), yield_(yield) {}
  bool Write(std::string_view piece) override {
    if (piece.empty()) return is_open_;
    is_open_ = is_open_ && !connection_.shared_.is_stopping;
    if (!is_open_) return false;
    connection_.Enter(Phase::kWriting, piece.size());
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    is_open_ = connection_.stream_->Write(chunk, {}, yield_);
    connection_.Enter(Phase::kAnswering);
    return is_open_;
  }
  [[nodiscard]] bool is_open() const { return is_open_; }

 private:
  HttpConnection& connection_;
  asio::yield_context& yield_;
  bool is_open_ = true;
};

bool HttpConnection::WriteStream(const ServerResponse& response, bool keep_alive, asio::yield_context& yield) {
  std::string head = StatusLine(response.status);
  AppendHeader(head, "Content-Type", response.content_type);
  AppendHeader(head, "Transfer-Encoding", "chunked");
  AppendHeaders(response, keep_alive, head);
  if (!stream_->Write(head, {}, yield)) return false;
  Enter(Phase::kAnswering);
  ChunkWriter writer(*this, yield);
  response.stream(writer);
  if (!writer.is_open()) return false;
  Enter(Phase::kWriting);
  return stream_->Write("0\r\n\r\n", {}, yield);
}

void HttpConnection::Suspend(const std::function<void(Resume resume)>& start) {
  asio::async_initiate<asio::yield_context, void()>(
      [&](auto handler) {
        Parked* const parked = new ParkedHandler<decltype(handler)>(std::move(handler));
        start([&resumes = resumes_, parked] { resumes.Add(std::unique_ptr<Parked>(parked)); });
      },
      *yield_);
}

void HttpConnection::Later(std::function<void()> call) { asio::post(yield_->get_executor(), std::move(call)); }

}  // namespace cairn
