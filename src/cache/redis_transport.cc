#include "cache/redis_transport.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "cache/redis_socket.h"
#include "cache/redis_tls.h"

namespace cairn {
namespace {

class PlainTransport : public RedisTransport {
 public:
  explicit PlainTransport(RedisSocket socket) : socket_(std::move(socket)) {}

  Status Send(std::string_view bytes, RedisDeadline deadline) override {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        if (Status ready = socket_.Wait(POLLOUT, deadline); !ready.ok()) return ready;
      } else if (errno != EINTR) {
        return {StatusCode::kUnavailable, std::generic_category().message(errno)};
      }
    }
    return Status::Ok();
  }

  Result<std::size_t> Receive(char* out, std::size_t size, RedisDeadline deadline) override {
    return socket_.Receive(out, size, deadline);
  }

  void Interrupt() override { socket_.Shutdown(); }

 private:
  RedisSocket socket_;
};

}  // namespace

Result<std::unique_ptr<RedisTransport>> RedisTransport::Connect(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                                RedisDeadline deadline) {
  auto socket = ConnectRedisSocket(endpoint, deadline);
  if (!socket) return socket.error();
  if (url.tls) return ConnectRedisTls(url, endpoint, std::move(*socket), deadline);
  return std::unique_ptr<RedisTransport>(std::make_unique<PlainTransport>(std::move(*socket)));
}

}  // namespace cairn
