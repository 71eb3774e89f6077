#include "server/http_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <vector>

namespace cairn {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp::socket;

template <typename Socket>
class PlainStream : public HttpStream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {
    Error error;
    socket_.non_blocking(true, error);  // Where that fails, so does the first write.
  }

  Error Begin(Yield& /*yield*/) override { return {}; }
  std::size_t Read(char* out, std::size_t size, Yield& yield) override {
    Error error;
    const std::size_t got = socket_.async_read_some(asio::buffer(out, size), yield[error]);
    return error ? 0 : got;
  }
  bool Write(std::string_view head, std::string_view body, Yield& yield) override {
    std::array<asio::const_buffer, 2> buffers{asio::buffer(head.data(), head.size()),
                                              asio::buffer(body.data(), body.size())};
    return WriteAll(buffers, yield);
  }
  bool Write(std::span<const std::string_view> pieces, Yield& yield) override {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(pieces.size());
    for (const std::string_view piece : pieces) buffers.push_back(asio::buffer(piece.data(), piece.size()));
    return WriteAll(buffers, yield);
  }
  void End(Yield& /*yield*/) override {
    Error error;
    socket_.shutdown(Socket::shutdown_send, error);
  }
  void Close() override {
    Error error;
    socket_.close(error);
  }
  [[nodiscard]] std::string Peer() const override {
    if constexpr (std::is_same_v<Socket, Tcp>) {
      Error error;
      const auto peer = socket_.remote_endpoint(error);
      return error ? "gone" : fmt::format("{}:{}", peer.address().to_string(), peer.port());
    }
    return "unix";
  }

 private:
  // Most answers fit into what the system takes at once; only the rest is waited for.
  bool WriteAll(std::span<asio::const_buffer> buffers, Yield& yield) {
    Error error;
    std::size_t sent = socket_.write_some(buffers, error);
    if (error && error != asio::error::would_block) return false;
    for (asio::const_buffer& buffer : buffers) {
      const std::size_t own = std::min(sent, buffer.size());
      buffer += own;
      sent -= own;
    }
    // Others that can go on do so before this one looks for what its client sends next, which has mostly come by then.
    if (asio::buffer_size(buffers) == 0) {
      asio::post(yield);
      return true;
    }
    asio::async_write(socket_, buffers, yield[error]);
    return !error;
  }

  Socket socket_;
};

class TlsStream final : public HttpStream {
 public:
  TlsStream(Tcp socket, asio::ssl::context& tls) : stream_(std::move(socket), tls) {}

  Error Begin(Yield& yield) override {
    Error error;
    stream_.async_handshake(asio::ssl::stream_base::server, yield[error]);
    return error;
  }
  std::size_t Read(char* out, std::size_t size, Yield& yield) override {
    Error error;
    const std::size_t got = stream_.async_read_some(asio::buffer(out, size), yield[error]);
    return error ? 0 : got;
  }
  bool Write(std::string_view head, std::string_view body, Yield& yield) override {
    const std::array<std::string_view, 2> pieces{head, body};
    return Write(pieces, yield);
  }
  bool Write(std::span<const std::string_view> pieces, Yield& yield) override {
    // One record of TLS for what fits into one.
    constexpr std::size_t kTogether = 8192;
    Error error;
    std::string together;
    const auto write = [&](std::string_view bytes) {
      if (!error && !bytes.empty()) asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), yield[error]);
    };
    for (const std::string_view piece : pieces) {
      if (together.size() + piece.size() <= kTogether) {
        together += piece;
        continue;
      }
      write(together);
      together.clear();
      if (piece.size() <= kTogether) {
        together = piece;
      } else {
        write(piece);
      }
    }
    write(together);
    return !error;
  }
  void End(Yield& yield) override {
    Error error;
    stream_.async_shutdown(yield[error]);
  }
  void Close() override {
    Error error;
    stream_.next_layer().close(error);
  }
  [[nodiscard]] std::string Peer() const override {
    Error error;
    const auto peer = stream_.next_layer().remote_endpoint(error);
    return error ? "gone" : fmt::format("{}:{}", peer.address().to_string(), peer.port());
  }

 private:
  asio::ssl::stream<Tcp> stream_;
};

}  // namespace

std::unique_ptr<HttpStream> MakeHttpStream(Tcp socket) { return std::make_unique<PlainStream<Tcp>>(std::move(socket)); }
std::unique_ptr<HttpStream> MakeHttpStream(Tcp socket, asio::ssl::context& tls) {
  return std::make_unique<TlsStream>(std::move(socket), tls);
}
std::unique_ptr<HttpStream> MakeHttpStream(asio::local::stream_protocol::socket socket) {
  return std::make_unique<PlainStream<asio::local::stream_protocol::socket>>(std::move(socket));
}

}  // namespace cairn
