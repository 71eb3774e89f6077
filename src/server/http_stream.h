#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cairn {

/// Bytes from and to a peer, over TCP, TLS or a unix socket. Used by one thread at a time.
class HttpStream {
 public:
  HttpStream() = default;
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;
  virtual ~HttpStream() = default;

  using Error = boost::system::error_code;
  using Yield = boost::asio::yield_context;
  /// Before anything else.
  virtual Error Begin(Yield& yield) = 0;
  /// Bytes read; 0 with an error or at the end.
  virtual std::size_t Read(char* out, std::size_t size, Yield& yield) = 0;
  /// False where not all could be written.
  virtual bool Write(std::string_view head, std::string_view body, Yield& yield) = 0;
  /// The same of any number of pieces.
  virtual bool Write(std::span<const std::string_view> pieces, Yield& yield) = 0;
  /// Tells the peer that nothing follows.
  virtual void End(Yield& yield) = 0;
  /// Whoever reads or writes ends with an error.
  virtual void Close() = 0;
  /// Address and port, or `unix`.
  [[nodiscard]] virtual std::string Peer() const = 0;
};

std::unique_ptr<HttpStream> MakeHttpStream(boost::asio::ip::tcp::socket socket);
std::unique_ptr<HttpStream> MakeHttpStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls);
std::unique_ptr<HttpStream> MakeHttpStream(boost::asio::local::stream_protocol::socket socket);

}  // namespace cairn
