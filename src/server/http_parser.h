#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/http_message.h"

namespace cairn {

/// Bounds of one request.
struct HttpLimits {
  std::size_t header_bytes_max = std::size_t{16} << 10;  ///< First line and headers together.
  std::size_t body_bytes_max = std::size_t{32} << 20;    ///< As sent, and again when unpacked.
};

/// Reads one HTTP/1.1 request after the other out of bytes as they come (RFC 9112; the grammar is Boost.Beast's). One
/// thread at a time.
class HttpParser final : public ServerRequest {
 public:
  explicit HttpParser(const HttpLimits& limits);
  ~HttpParser() override;

  /// Forgets the request; what comes is the next. Keeps some memory for it.
  void Reset();

  /// Takes some of the bytes and says how many. 0 with a request that is not done yet: more have to stand behind them.
  /// After a failure the connection cannot go on: `failure` tells the peer why.
  std::size_t Feed(std::string_view bytes);
  [[nodiscard]] bool has_head() const;
  [[nodiscard]] bool is_done() const;
  [[nodiscard]] bool has_failed() const { return failure_status_ != 0; }
  [[nodiscard]] ServerResponse failure() const;

  [[nodiscard]] std::string_view method() const override;
  [[nodiscard]] std::string_view target() const override;
  [[nodiscard]] std::string_view Header(std::string_view name) const override;
  [[nodiscard]] std::string_view body() const override;
  /// Whether the peer goes on after the answer.
  [[nodiscard]] bool keep_alive() const;
  /// Whether it understands an answer in chunks.
  [[nodiscard]] bool takes_chunks() const;
  /// Whether the peer waits for a word before it sends the body.
  [[nodiscard]] bool expects_continue() const;
  /// Bytes of the body that are still to come, as far as the head says so; 0 where it does not.
  [[nodiscard]] std::uint64_t body_remaining() const;
  void ReplaceBody(std::string body);

 private:
  struct Impl;
  void CheckHead();
  void TakeAbsoluteTarget();
  void CheckCoding();
  void Fail(int status, std::string message);

  const std::unique_ptr<Impl> impl_;
  const HttpLimits limits_;
  int failure_status_ = 0;
  std::string failure_message_;
};

}  // namespace cairn
